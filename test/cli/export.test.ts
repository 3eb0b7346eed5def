import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { acePotential } from '../../potentials/ace/ace.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { exportCommand } from '../../src/cli/export.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential } from '../../src/core/potential.ts';
import { type Structure, structureFrom } from '../../src/core/structure.ts';
import { parseLammpsData } from '../../src/io/lammpsData.ts';
import { readStructureFile } from '../../src/io/readStructureFile.ts';
import { formatXyz } from '../../src/io/writeXyz.ts';
import { loadPotential } from '../../src/run/loadPotential.ts';
import { storeModel } from '../../src/run/modelFolder.ts';
import { runCommand, scratch } from './command.ts';

const path = scratch();
const run = (...args: string[]) => runCommand(exportCommand, ['export', ...args]);

const four = new Float64Array(4);
const draw = (length: number) =>
  Float64Array.from({ length }, (_, k) => 0.02 * normals(3, STREAM.select, 0, k, four)[0]);

/** A model of `elements` with random coefficients in a folder of its own. */
function stored(name: string, elements: readonly string[]) {
  const bare = createAce(
    aceRequestSchema.parse({ elements, cutoff: '4 Å', nradmax: [4, 2, 1], lmax: [0, 2, 1] }),
  );
  const mean = draw(bare.functionCount);
  const e0 = Float64Array.from(elements, (_, k) => -1.25 - k);
  const potential = bare.withParameters({ e0, mean, members: [mean] });
  const activeSet = potential.elements.map((element, a) => {
    const size = potential.functionOffsets[a + 1] - potential.functionOffsets[a];
    const inverse = Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 3 : 0));
    return { element, size, inverse, span: new Float64Array(0), rank: 0, scale: new Float64Array(size) };
  });
  storeModel(path(name), { potential, activeSet });
  return potential;
}

const energy = (p: Potential, s: Structure) => p.evaluate(s, buildNeighbours(s, p.cutoff), []).energy;

const POSITIONS = [0.1, 0, 0, 1.3, 0.4, 0, 0.2, 1.9, 1.1, 2.4, 2.2, 2.1];
/** Close pairs of every kind in a cell that LAMMPS has to turn. */
const alloy = structureFrom(['Ni', 'Al', 'Ni', 'Al'], POSITIONS, [0, 4, 1, 4.2, 0.3, 0, 0.4, 0, 4.1]);

describe('serendip export', () => {
  const potential = stored('alloy', ['Al', 'Ni']);
  writeFileSync(path('alloy.xyz'), formatXyz({ structure: alloy }));

  it('writes files that hold the model, and says what to expect', async () => {
    await run(path('alloy'), '--out', path('for-lammps'), '--structure', path('alloy.xyz'));
    expect(readdirSync(path('for-lammps')).sort()).toEqual([
      'in.lammps',
      'potential.asi',
      'potential.yace',
      'potential.yaml',
      'structure.data',
    ]);
    const data = readStructureFile(path('for-lammps/structure.data'), { elements: ['Al', 'Ni'] });
    const script = readFileSync(path('for-lammps/in.lammps'), 'utf8');
    const expected = (line: RegExp) => script.match(line)!.slice(1).map(Number);
    const [perAtom, total] = expected(/with potential\.yace +(\S+) eV\/atom \(pe = (\S+) eV/);
    const core = energy(coreOf(potential), data);
    expect(core).toBeGreaterThan(1);
    const { potential: yace } = loadPotential(path('for-lammps/potential.yace'), { tabulated: true });
    expect(total).toBeCloseTo(energy(yace, data) + core, 9);
    expect(perAtom).toBeCloseTo(total / 4, 9);
    const { potential: yaml } = loadPotential(path('for-lammps/potential.yaml'));
    const [, bare] = expected(/no E0 +(\S+) eV\/atom \(pe = (\S+) eV/);
    expect(bare).toBeCloseTo(energy(yaml, data) + core, 8);
    expect(total - bare).toBeCloseTo(2 * -1.25 + 2 * -2.25, 9);
    const e = potential.evaluate(alloy, buildNeighbours(alloy, potential.cutoff), ['projections']);
    const [grade] = expected(/largest extrapolation grade +(\S+)/);
    expect(grade).toBeCloseTo(3 * e.projections.reduce((most, b) => Math.max(most, Math.abs(b)), 0), 4);
    expect(script).toMatch(/Atom types: 1 Al, 2 Ni\./);
    expect(script).toMatch(/\npair_style hybrid\/overlay pace product zbl \S+ \S+ zbl \S+ \S+ zbl \S+ \S+\n/);
    expect(script).toContain('\npair_coeff * * pace potential.yace Al Ni\n');
  });

  it('without a structure leaves structure.data to the user', async () => {
    await run(path('alloy'), '--out', path('bare'));
    expect(readdirSync(path('bare'))).not.toContain('structure.data');
    expect(readFileSync(path('bare/in.lammps'), 'utf8')).toMatch(/Put your own structure\.data/);
  });

  it('refuses what is no model folder, and elements the model does not know', async () => {
    await expect(run(path('nowhere'), '--out', path('x'))).rejects.toThrow(/is missing; name a model folder/);
    const zirconium = formatXyz({ structure: structureFrom(['Zr'], [0, 0, 0]) });
    writeFileSync(path('zr.xyz'), zirconium);
    await expect(run(path('alloy'), '--out', path('x'), '--structure', path('zr.xyz'))).rejects.toThrow(
      /element Zr/,
    );
  });
});

/** The model without expansion and E₀: its core repulsion. */
function coreOf({ model }: ReturnType<typeof stored>) {
  const silent = model.centres.map((c) => ({
    ...c,
    e0: 0,
    functions: c.functions.map((f) => ({ ...f, coefficients: [0] })),
  }));
  return acePotential({ ...model, centres: silent });
}

const lmp = spawnSync('lmp', ['-h']).status === 0;
const noLammps = !lmp && !process.env.CI;
if (noLammps) console.warn('skipped: LAMMPS (lmp) is not installed');

/*
 * Distributions build LAMMPS without ML-PACE, so the lines of pace, pace/extrapolation and fix pair cannot be run here: they are
 * held to LAMMPS' documentation, and the energies of potential.yace to our own reader above. Everything else of the script
 * runs: reading the data, types, units, and the core repulsion.
 */
describe.skipIf(noLammps)('the exported script in LAMMPS, without its lines of pace', () => {
  it.each([
    ['three pairs, triclinic', ['Al', 'Ni'], alloy],
    ['one element, cluster', ['Ni'], structureFrom(['Ni', 'Ni', 'Ni'], POSITIONS.slice(0, 9))],
  ])('%s', async (name, elements, s) => {
    const potential = stored(`model ${name}`, elements);
    writeFileSync(path('start.xyz'), formatXyz({ structure: s }));
    await run(path(`model ${name}`), '--out', path(`out ${name}`), '--structure', path('start.xyz'));
    const script = readFileSync(path(`out ${name}/in.lammps`), 'utf8');
    const rest = script.replace('pace product ', '').replace(/\npair_coeff \* \* .*/, '');
    expect(rest.replace(/^#.*$/gm, '')).not.toMatch(/pace/);
    writeFileSync(path(`out ${name}/in.zbl`), `${rest}print "pe = $(pe:%.17g)"\n`);
    const { stdout } = spawnSync('lmp', ['-in', 'in.zbl', '-log', 'none'], {
      cwd: path(`out ${name}`),
      encoding: 'utf8',
    });
    const theirs = Number(/\npe = (\S+)/.exec(stdout)?.[1]);
    const text = readFileSync(path(`out ${name}/structure.data`), 'utf8');
    const ours = energy(coreOf(potential), parseLammpsData(text, 'structure.data', {}));
    expect(ours).toBeGreaterThan(1);
    expect(theirs / ours - 1, stdout).toBeCloseTo(-3.3e-8, 9);
  });
});
