import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readXyz } from '../../src/io/extxyz.ts';
import { CONFIG, call, filesIn, folderWith, serendip } from './program.ts';

const CRYSTALS = {
  'cell.xyz': `4
Lattice="3.61 0 0 0 3.61 0 0 0 3.61" Properties=species:S:1:pos:R:3 pbc="T T T"
Cu 0 0 0
Cu 0 1.805 1.805
Cu 1.805 0 1.805
Cu 1.805 1.805 0
`,
  POSCAR: `copper
1.0
3.61 0 0
0 3.61 0
0 0 3.61
Cu
4
Direct
0 0 0
0 0.5 0.5
0.5 0 0.5
0.5 0.5 0
`,
  'cell.cif': `data_Cu
_cell_length_a 3.61
_cell_length_b 3.61
_cell_length_c 3.61
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'P 1'
loop_
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Cu 0 0 0
Cu 0 0.5 0.5
Cu 0.5 0 0.5
Cu 0.5 0.5 0
`,
  'cell.data': `copper

4 atoms
1 atom types
0 3.61 xlo xhi
0 3.61 ylo yhi
0 3.61 zlo zhi

Masses

1 63.546 # Cu

Atoms # atomic

1 1 0 0 0
2 1 0 1.805 1.805
3 1 1.805 0 1.805
4 1 1.805 1.805 0
`,
};

const MD = `version: 1
title: tiny
structure: { prototype: fcc, element: Ar, a: 5.3 Å, repeat: [2, 2, 2] }
potential: { kind: lennardJones, set: argon }
md: { integrator: { kind: velocityVerlet, timestep: 5 fs }, startTemperature: 50 K, steps: 40 }
output: { checkpoint: 20 }
`;

const folder = folderWith({ 'run.yaml': CONFIG, 'md.yaml': MD, ...CRYSTALS });
const inRun = (...parts: string[]) => join(folder, 'run', ...parts);

beforeAll(async () => {
  expect(await serendip(folder, 'run', 'run.yaml')).toMatchObject({ code: 0, err: '' });
});

/** Calls, expects success, and returns what was printed. */
async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await call(folder, ...args);
  expect(err).toBe('');
  expect(code).toBe(0);
  return out;
}

describe('the command line', () => {
  const help = () => done();

  it('without words shows what there is', async () => {
    const text = await help();
    for (const name of ['init', 'doctor', 'validate', 'run', 'resume', 'status', 'explain', 'report'])
      expect(text).toMatch(new RegExp(`^  serendip ${name} `, 'm'));
  });

  it('gives every command an example', async () => {
    const names = Array.from((await help()).matchAll(/^ {2}serendip (\w+)/gm), (match) => match[1]);
    expect(names.length).toBeGreaterThan(11);
    for (const name of names) {
      const text = await done(name, '--help');
      expect(text, name).toMatch(new RegExp(`Examples:\n  serendip ${name} `));
    }
  });

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await serendip(folder, '--version')).out).toBe(`${version}\n`);
  });
});

describe('from a structure to a run', () => {
  it.each(Object.keys(CRYSTALS))(
    'init makes a config of %s that runs once it is said who labels',
    async (file) => {
      const name = `${file.replace('.', '-')}.yaml`;
      expect(await done('init', file, '-o', name)).toMatch(`wrote ${name}; say there who labels`);
      const scaffold = readFileSync(join(folder, name), 'utf8');
      expect((await call(folder, 'init', file, '-o', name)).err).toMatch(
        /is there already; name another file/,
      );
      expect(scaffold).toContain('title: Cu, 108 atoms');
      const filled = scaffold
        .replace(
          / {4}kind: command\n.*\n/,
          '    kind: potential\n    potential: {kind: eam, set: zhou, elements: [Cu]}\n',
        )
        .replace('repeat: [3, 3, 3]', 'repeat: [2, 2, 2]')
        .replace('functionsPerElement: 150', 'functionsPerElement: 20')
        .replace('steps: 20000', 'steps: 10')
        .replace('frames: 8', 'frames: 2')
        .replace('directory: run', `directory: of-${name}`);
      writeFileSync(join(folder, name), filled);
      const resolved = await done('validate', name);
      expect(parse(resolved)).toMatchObject({
        label: { calculator: { kind: 'potential' }, timeLimit: '2 h' },
        uncertainty: { measures: [{ select: 2, pause: 5 }, { kind: 'committeeEnergy' }] },
      });
      expect(resolved).toMatch(
        /^# 32 atoms, \d+ functions × 8 members\n# memory: about \d+ MiB\n# molecular dyn/m,
      );
      if (file !== 'cell.cif') return;
      expect(await done('doctor', name)).toMatch(/^label .* eV\/atom, largest force .* by 'potential'$/m);
      expect(await done('run', name)).toMatch(/^finished at step 10/m);
    },
  );

  it('a config that stands elsewhere finds its structure', async () => {
    const other = folderWith({ 'cell.xyz': CRYSTALS['cell.xyz'] });
    const out = join(other, 'run.yaml');
    expect(await done('init', join(other, 'cell.xyz'), '-o', out)).toContain('wrote');
    expect(readFileSync(out, 'utf8')).toContain('  file: cell.xyz');
  });

  it('validate --schema is a JSON Schema that knows the sections', async () => {
    const schema = JSON.parse(await done('validate', '--schema'));
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(schema.$schema).toMatch(/json-schema\.org/);
    expect(schema.required).toEqual(expect.arrayContaining(['structure', 'model', 'md', 'label', 'start']));
    expect(schema.properties.md.properties.steps).toMatchObject({ type: 'integer', exclusiveMinimum: 0 });
  });
});

describe('what a run leaves', () => {
  it('has both measures in thermo.csv and a report that shows them', () => {
    const [header, , row] = readFileSync(inRun('thermo.csv'), 'utf8').split('\n');
    expect(header).toMatch(/,labels,extrapolationGrade_max,committeeEnergy_max$/);
    const [grade, sigma] = row.split(',').slice(-2).map(Number);
    expect(grade).toBeGreaterThan(0.1);
    expect(sigma).toBeGreaterThan(1e-7);
    expect(readFileSync(inRun('report.html'), 'utf8')).toMatch(/σE max/);
  });

  it('status tells, for people and for programs', async () => {
    expect(await done('status', 'run')).toMatch(
      /^tiny: finished\nstep 50 of 50, \d+ pauses, \d+ of 100 labels, generation \d+\n/,
    );
    const status = JSON.parse(await done('status', 'run', '--json'));
    expect(status).toMatchObject({ title: 'tiny', state: 'finished', step: 50, steps: 50, labelBudget: 100 });
    expect(status.pauses).toBeGreaterThan(0);
    expect(status.forceRmse).toBeLessThan(0.5);
  });

  it('explain says why it paused and what came of it', async () => {
    const text = await done('explain', '1');
    expect(text).toMatch(
      /^pause 1 at step \d+ \(.*\): extrapolationGrade [\d.]+ at atom \d+, \d+ atoms flagged; back to step \d+\n {2}atom /,
    );
    expect(text).toMatch(/\n {2}cut: whole of 32 atoms, 32 learned\n {2}label \d+ .*\n/);
    expect(text).toMatch(/\nwent on from step \d+ with generation 2\nfiles: .*pauses\/0001\n$/);
    expect(filesIn(inRun('pauses', '0001'))).toEqual(
      expect.arrayContaining(['frame.xyz', 'label-1.xyz', 'patch-1.xyz']),
    );
  });

  it('report writes the page again', async () => {
    writeFileSync(inRun('report.html'), '');
    expect(await done('report', 'run')).toBe('report: run/report.html\n');
    expect(readFileSync(inRun('report.html'), 'utf8').length).toBeGreaterThan(1e4);
  });

  it('grade and eval read its models, fit makes another of its data', async () => {
    const graded = await done(
      'grade',
      '--model',
      'run/models/0002',
      '--structures',
      'run/dataset.xyz',
      '-o',
      'graded.xyz',
    );
    expect(graded).toMatch(
      /^frame +extrapolationGrade +subspaceResidual +committeeEnergy +committeeForce\n1 /,
    );
    const [frame] = readXyz(join(folder, 'graded.xyz'));
    expect(Math.max(...(frame.columns.extrapolationGrade as Float64Array))).toBeLessThan(1.01);
    await done(
      'eval',
      '--potential',
      'run/models/0002',
      '--structures',
      'run/dataset.xyz',
      '-o',
      'predicted.xyz',
    );
    const [{ info }] = readXyz(join(folder, 'predicted.xyz'));
    expect(Number(info.ace_energy)).toBeCloseTo(Number(info.REF_energy), 0);
    const fitted = await call(
      folder,
      'fit',
      'run.yaml',
      '--data',
      'run/dataset.xyz',
      '--test',
      'run/dataset.xyz',
    );
    expect(fitted.code).toBe(0);
    expect(fitted.err).toMatch(/^fit: 24 functions of Cu, cutoff 4 Å, 8 members, \d+ frames\nfit: λ = /);
    expect(fitted.out).toMatch(
      /^Errors on what was learned\n(.*\n)+\nErrors on the test set\n(.*\n)+\nmodel: model\n$/,
    );
    expect(existsSync(join(folder, 'model', 'potential.yace'))).toBe(true);
  });
});

describe('plain molecular dynamics', () => {
  it('runs, and resume has nothing left to do but to say so', async () => {
    expect(await done('md', 'md.yaml', '-d', 'plain')).toMatch(/^finished at step 40/m);
    expect(await done('resume', 'plain')).toMatch(
      /^tiny: going on at step 40 of 40, on wasm.*\nfinished at step 40/,
    );
    const rows = readFileSync(join(folder, 'plain', 'thermo.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['step', '0', '10', '20', '30', '40']);
    expect(await done('status', 'plain')).toMatch(/^tiny: finished\nstep 40 of 40/);
    expect(await done('validate', 'md.yaml')).toMatch(/^ {2}steps: 40$/m);
  });
});
