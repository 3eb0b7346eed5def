import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { writePacemaker } from '../../potentials/ace/pacemakerWrite.ts';
import { backends } from '../../src/backend/registry.ts';
import { evalCommand } from '../../src/cli/eval.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { structureFrom } from '../../src/core/structure.ts';
import { readXyz, type XyzFrame } from '../../src/io/extxyz.ts';
import { formatXyz } from '../../src/io/writeXyz.ts';
import { loadPotential } from '../../src/run/loadPotential.ts';
import {
  haveReference,
  type ReferenceConfig,
  referenceNumbers,
  referencePath,
} from '../physics/aceReference.ts';
import { runCommand, scratch } from './command.ts';

const path = scratch();
const run = (...args: string[]) => runCommand(evalCommand, ['eval', ...args]);
const numbers = (text: string) => text.split(' ').map(Number);

/** The frames that `eval` writes for `input`. */
async function evaluated(potential: string, input: string, ...more: string[]): Promise<XyzFrame[]> {
  writeFileSync(path('in.xyz'), input);
  await run('--potential', potential, '--structures', path('in.xyz'), '--out', path('out.xyz'), ...more);
  return readXyz(path('out.xyz'));
}

const copper = path('copper.yaml');
const bare = createAce(
  aceRequestSchema.parse({ elements: ['Cu'], cutoff: '4 Å', nradmax: [4, 2, 1], lmax: [0, 2, 1] }),
);
const four = new Float64Array(4);
const mean = Float64Array.from(
  { length: bare.functionCount },
  (_, k) => 0.1 * normals(1, STREAM.select, 0, k, four)[0],
);
writeFileSync(
  copper,
  writePacemaker(bare.withParameters({ e0: Float64Array.of(0), mean, members: [] }).model),
);

const POSITIONS = [0, 0, 0, 1.9, 0.3, -0.1, 0.4, 2.1, 1.7];
const CELL = [5, 0, 0, 0.3, 5.5, 0, 0, 0.2, 5];
const THREE = ['Cu', 'Cu', 'Cu'];
const crystal = structureFrom(THREE, POSITIONS, CELL);

describe('serendip eval', () => {
  it('writes what the potential says, bit by bit, and lets everything else pass', async () => {
    const tag = ['one', 'two', 'three'];
    const [frame] = await evaluated(
      copper,
      formatXyz({
        structure: crystal,
        label: { energy: -1.5, forces: new Float64Array(9).fill(0.25) },
        info: { name: 'a "quoted" name', ace_energy: 7, other: [1, 2] },
        columns: { tag, magmom: Float64Array.of(0.1, 1e-300, -0), ace_gamma: Float64Array.of(1, 2, 3) },
      }),
    );
    const { potential } = loadPotential(copper);
    const e = potential.evaluate(crystal, buildNeighbours(crystal, potential.cutoff), ['forces', 'virial']);
    expect(Math.max(...e.forces)).toBeGreaterThan(0.1);
    expect(Number(frame.info.ace_energy)).toBe(e.energy);
    expect(frame.columns.ace_energies).toEqual(e.energies);
    expect(frame.columns.ace_forces).toEqual(e.forces);
    expect(numbers(frame.info.ace_virial)).toEqual(Array.from(e.virial));
    const volume = 5 * 5.5 * 5;
    expect(numbers(frame.info.ace_stress)).toEqual(
      [0, 4, 8, 5, 2, 1].map((k) => expect.closeTo(-e.virial[k] / volume, 15)),
    );
    expect(frame.info).toMatchObject({ name: 'a "quoted" name', other: '1 2', REF_energy: '-1.5' });
    expect(frame.columns).toMatchObject({ tag, magmom: Float64Array.of(0.1, 1e-300, -0) });
    expect(frame.structure).toEqual(crystal);
    expect(frame.columns, 'a grade of an earlier evaluation').not.toHaveProperty('ace_gamma');
  });

  it('takes frames without a cell and with some directions open, which have no stress', async () => {
    const cluster = structureFrom(THREE, POSITIONS);
    const slab = structureFrom(THREE, POSITIONS, CELL, [true, true, false]);
    const frames = await evaluated(
      copper,
      [crystal, cluster, slab].map((s) => formatXyz({ structure: s })).join(''),
    );
    expect(frames.map((f) => 'ace_stress' in f.info)).toEqual([true, false, false]);
    expect(frames.map((f) => numbers(f.info.ace_virial).length)).toEqual([9, 9, 9]);
    expect(new Set(frames.map((f) => f.info.ace_energy)).size).toBe(3);
    expect(frames[2].structure.periodic).toEqual([true, true, false]);
  });

  it('rounds to the digits asked for, under the prefix asked for', async () => {
    const input = formatXyz({ structure: crystal });
    const [exact] = await evaluated(copper, input, '--prefix', 'p_');
    const [short] = await evaluated(copper, input, '--prefix', 'p_', '--digits', '5');
    expect(short.info.p_energy).toBe(String(Number(Number(exact.info.p_energy).toPrecision(5))));
    expect(short.info.p_energy.length).toBeLessThan(exact.info.p_energy.length);
    expect(short.structure).toEqual(exact.structure);
  });

  it('says the same with every backend that computes in f64', async () => {
    const slab = structureFrom(THREE, POSITIONS, CELL, [true, true, false]);
    const input = formatXyz({ structure: crystal }) + formatXyz({ structure: slab });
    const plain = await evaluated(copper, input);
    for (const { kind } of backends.entries.filter((e) => e.kind !== 'webgpu')) {
      const frames = await evaluated(copper, input, '--backend', kind);
      expect(frames.length).toBe(2);
      for (const [k, { columns }] of frames.entries())
        for (const name of ['ace_energies', 'ace_forces'])
          for (const [q, x] of (columns[name] as Float64Array).entries())
            expect(x, `${kind} ${name}`).toBeCloseTo((plain[k].columns[name] as Float64Array)[q], 10);
    }
  });

  it('names frame, atom and element that the potential does not know', async () => {
    const strange = structureFrom(['Cu', 'Zr'], [0, 0, 0, 2.5, 0, 0]);
    const input = [crystal, strange].map((s) => formatXyz({ structure: s })).join('');
    await expect(evaluated(copper, input)).rejects.toThrow(
      /in\.xyz:7 frame 2: .*element Zr \(atom 2\), must be one of Cu/,
    );
  });

  it.each([
    ['a digit too many', ['--digits', '18'], /--digits: got 18/],
    ['a prefix of two words', ['--prefix', 'a b'], /--prefix: got 'a b'/],
    ['an active set that is not there', ['--active-set', 'no.asi'], /'no\.asi' is not there/],
    ['a strange backend', ['--backend', 'abacus'], /backend.*abacus/s],
  ])('refuses %s', async (_, more, rule) => {
    await expect(evaluated(copper, formatXyz({ structure: crystal }), ...more)).rejects.toThrow(rule);
  });
});

const toXyz = (c: ReferenceConfig) =>
  formatXyz({
    structure: structureFrom(c.species, c.positions.flat(), c.cell?.flat(), c.pbc),
    info: { name: c.name },
  });

describe.skipIf(!haveReference())('serendip eval on published potentials', () => {
  it.each([
    ['Cu-I', 'Cu-I.asi', 'gamma'],
    ['Cu-I', 'Cu-I.asi.nonlinear', 'gamma_nonlinear'],
    ['DFT10B-AgCu', 'DFT10B-AgCu.asi', 'gamma'],
    ['syn_ZBL_AlNi', 'syn_ZBL_AlNi.asi', 'gamma'],
  ] as const)('%s with %s gives the reference numbers', async (name, set, key) => {
    const { configs } = referenceNumbers(name);
    const frames = await evaluated(
      referencePath(`${name}.yaml`),
      configs.map(toXyz).join(''),
      '--active-set',
      referencePath(set),
    );
    expect(frames.length).toBe(configs.length);
    for (const [k, { info, columns }] of frames.entries()) {
      const c = configs[k];
      expect(Math.abs(Number(info.ace_energy) - c.energy), c.name).toBeLessThanOrEqual(
        c.species.length * 1e-9 + 1e-10 * Math.abs(c.energy),
      );
      const noise = c[`${key}_roundoff`]!;
      const beyond = c[key]!.filter(
        (g, i) =>
          !(Math.abs((columns.ace_gamma as Float64Array)[i] - g) <= Math.max(1e-9 * g, 50 * noise[i])),
      );
      expect(beyond, c.name).toEqual([]);
      const cell = c.cell?.flat();
      if (!cell || !c.pbc.every(Boolean) || c.warning) continue;
      const theirs = [0, 4, 8, 5, 2, 1].map((q) => c.stress!.flat()[q]);
      for (const [q, x] of numbers(info.ace_stress).entries())
        expect(Math.abs(x - theirs[q]), c.name).toBeLessThan(1e-9 * (1 + Math.abs(theirs[q])));
    }
  });
});
