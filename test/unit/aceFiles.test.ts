import { describe, expect, it } from 'vitest';
import { acePotential, type LearnableAce } from '../../potentials/ace/ace.ts';
import { activeSetKind, readActiveSets, writeActiveSets } from '../../potentials/ace/activeSetFile.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { aceToYaml, readLearnable, writeEnsemble } from '../../potentials/ace/ensembleFile.ts';
import type { AceModel } from '../../potentials/ace/model.ts';
import { readPacemaker } from '../../potentials/ace/pacemaker.ts';
import { writePacemaker } from '../../potentials/ace/pacemakerWrite.ts';
import { readPotentialFile } from '../../potentials/ace/potentialFile.ts';
import { readYace } from '../../potentials/ace/yace.ts';
import { writeYace } from '../../potentials/ace/yaceWrite.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';

const four = new Float64Array(4);
const normal = (seed: number, k: number) => normals(seed, STREAM.select, 0, k, four)[0];

function taught(): LearnableAce {
  const bare = createAce(
    aceRequestSchema.parse({
      elements: ['Ni', 'Al'],
      cutoff: '4.4 Å',
      nradmax: [4, 2, 2, 1, 1],
      lmax: [0, 3, 2, 1, 1],
    }),
  );
  const draw = (seed: number) =>
    Float64Array.from({ length: bare.functionCount }, (_, k) => 0.1 * normal(seed, k));
  return bare.withParameters({ e0: Float64Array.of(-1.1, -0.3), mean: draw(1), members: [draw(2), draw(3)] });
}

function alloy(): Structure {
  const a = 3.2;
  const cell = structureFrom(['Al', 'Ni'], [0, 0, 0, a / 2, a / 2, a / 2], [a, 0.2, 0, 0, a, 0.1, 0, 0, a]);
  const s = supercell(cell, [2, 2, 1]);
  return { ...s, positions: s.positions.map((x, k) => x + 0.2 * normal(5, k)) };
}

const WANT = ['forces', 'virial', 'projections', 'memberEnergies', 'memberForces'] as const;
const evaluate = (p: Potential, s: Structure) => p.evaluate(s, buildNeighbours(s, p.cutoff), WANT);

describe('a stored generation', () => {
  const potential = taught();

  it('comes back bit by bit from .yaml and ensemble.json', () => {
    const again = readLearnable(aceToYaml(potential), writeEnsemble(potential));
    expect(again.model).toEqual(potential.model);
    expect(again.parameters).toEqual(potential.parameters);
    expect(evaluate(again, alloy())).toEqual(evaluate(potential, alloy()));
  });

  it('refuses files of two generations, and damaged ones', () => {
    const other = potential.withParameters({
      ...potential.parameters,
      mean: potential.parameters.mean.map((c) => c + 1e-16 + c * 1e-15),
    });
    expect(() => readLearnable(aceToYaml(other), writeEnsemble(potential))).toThrow(/mean: differs/);
    expect(() => readLearnable(aceToYaml(potential), writeEnsemble(potential).slice(0, 500))).toThrow(
      /is not JSON/,
    );
    expect(() =>
      readLearnable(aceToYaml(potential), writeEnsemble(potential).replace('"version":1', '"version":9')),
    ).toThrow(/version/);
  });

  it('as .yace has the same energies and forces, core repulsion apart', () => {
    const { baseline: _, ...bare } = potential.model;
    const direct = evaluate(acePotential(bare), alloy());
    const converted = evaluate(acePotential(readYace(writeYace(bare))), alloy());
    for (const [k, E] of converted.energies.entries()) expect(E).toBeCloseTo(direct.energies[k], 11);
    for (const [k, f] of converted.forces.entries()) expect(f).toBeCloseTo(direct.forces[k], 10);
    expect(converted.projections.length).toBe(0);
  });

  it('of an untaught model still makes a .yace', () => {
    const zero = potential.withParameters({
      ...potential.parameters,
      mean: new Float64Array(potential.functionCount),
    });
    expect(readYace(writeYace(zero.model)).centres[0].functions.length).toBeGreaterThan(10);
  });
});

const NONLINEAR = `metadata:
  version: 2022.6.27
  note: "No"
auxdata:
  _string: {origin: here}
  _double_arr: {scale: [1, 2.5]}
global:
  DeltaSplineBins: 0.002
species:
  - speciesblock: Y
    ndensityi: 2
    npoti: FinnisSinclair
    parameters: [1, 1, -0.7, 0.5]
    rho_core_cut: 5
    drho_core_cut: 4
    nradmaxi: 2
    lmaxi: 1
    rcutij: 4.5
    dcutij: 0.3
    r_in: 1.5
    delta_in: 0.5
    inner_cutoff_type: distance
    nradbaseij: 3
    radbase: ChebPow
    radparameters: [2.5]
    # k slowest, l fastest
    radcoefficients: [1, 0.5, 0.2, 0.1, 0.3, 1, 1e-05, 0.4, -0.2, 0.1, 0, 1]
    core-repulsion: [4, 0.6]
    nbody:
      - {type: Y Y, nr: [3], nl: [0], c: [0.3, 0.2]}
      - {type: Y Y Y, nr: [2, 1], nl: [1, 1], c: [0.11, -0.2]}
      - {type: Y Y Y Y, nr: [1, 1, 2], nl: [1, 1, 0], lint: [0], c: [0.05, 0.04]}
      - {type: Y Y Y, nr: [2, 2], nl: [0, 0], c: [9, 9], skip: true}
`;

describe('the .yaml of pacemaker', () => {
  const model = readPacemaker(NONLINEAR);

  it('keeps strings strings and reads flat radial coefficients with k slowest', () => {
    expect(model.elements).toEqual(['Y']);
    expect(model.metadata.get('version')).toBe('2022.6.27');
    expect(model.metadata.get('note')).toBe('No');
    expect(model.bonds[0]!.radcoefficients).toEqual([
      [
        [1, 0.3, -0.2],
        [0.5, 1, 0.1],
      ],
      [
        [0.2, 1e-5, 0],
        [0.1, 0.4, 1],
      ],
    ]);
    expect(model.centres[0].functions.length).toBe(3);
  });

  it('is written so that it reads back the same', () => {
    const again: AceModel = readPacemaker(writePacemaker(model));
    expect(again).toEqual(model);
    expect(writePacemaker(again)).toBe(writePacemaker(model));
  });

  it('is a plain potential when nonlinear and can be taught when linear', () => {
    expect('withParameters' in readPotentialFile(NONLINEAR, 'y.yaml')).toBe(false);
    expect('withParameters' in readPotentialFile(aceToYaml(taught()), 'potential.yaml')).toBe(true);
    expect(readPotentialFile(writeYace(model), 'y.yace').elements).toEqual(['Y']);
    expect(() => readPotentialFile('', 'y.txt')).toThrow(/must end in/);
  });

  const swap = (from: string, to: string) => NONLINEAR.replace(from, to);
  it.each([
    ['l beyond the bond', swap('nl: [1, 1], c', 'nl: [2, 2], c'), /yaml:31 .*l = 2 must be 0 to 1/],
    ['n beyond the base', swap('nr: [3]', 'nr: [4]'), /:30 .*n = 4 must be 1 to 3/],
    ['odd sum of l', swap('nl: [1, 1, 0]', 'nl: [1, 1, 1]'), /:32 .*even/],
    ['a last coupling that cannot close', swap('lint: [0]', 'lint: [2]'), /:32 .*last coupling/],
    ['missing lint', swap(', lint: [0]', ''), /:32 .*needs 1 values of lint/],
    ['a coefficient too few', swap('[0.3, 0.2]', '[0.3]'), /:30 c: has 1 values, must have 2/],
    [
      'a strange embedding',
      swap('npoti: FinnisSinclair', 'npoti: EAM'),
      /:12 npoti: got 'EAM', must be one of/,
    ],
    ['a word for a number', swap('rcutij: 4.5', 'rcutij: wide'), /:18 rcutij: got 'wide', must be a number/],
    ['half a radial group', swap('    lmaxi: 1\n', ''), /stands without lmaxi/],
    ['a short flat list', swap('[1, 0.5, 0.2,', '[1, 0.5,'), /:27 radcoefficients: the flat list has 11/],
    ['a foreign neighbour', swap('type: Y Y,', 'type: Y Zr,'), /:30 type: .*Zr does not belong/],
    ['a strange centre', swap('type: Y Y,', 'type: Zr Y,'), /:30 type: .*must begin with the centre Y/],
    ['a block twice', `${NONLINEAR}  - speciesblock: Y Y\n`, /block Y occurs twice/],
    ['a pair before its centre', swap('speciesblock: Y', 'speciesblock: Y Zr'), /comes before the block Y/],
    ['no species', 'global: {}\n', /species: is missing/],
    ['no YAML', 'species: [', /potential.yaml:1: /],
  ])('is refused with %s', (_, text, rule) => {
    expect(() => readPacemaker(text)).toThrow(rule);
  });

  it('takes the parts of a pair block from its partner and refuses contradiction', () => {
    const radial = NONLINEAR.slice(NONLINEAR.indexOf('    nradmaxi'), NONLINEAR.indexOf('    nbody'));
    const zr = NONLINEAR.slice(NONLINEAR.indexOf('  - species')).replaceAll('Y', 'Zr');
    const two = `${NONLINEAR}${zr}  - speciesblock: Zr Y\n${radial}  - speciesblock: Y Zr\n`;
    const { bonds } = readPacemaker(two);
    expect(bonds[1]).toEqual(bonds[2]);
    const other = `${two}${radial.replace('rcutij: 4.5', 'rcutij: 4.4')}`;
    expect(() => readPacemaker(other)).toThrow(/bond Y Zr differs/);
    const mixed = `${NONLINEAR}${zr.replace('inner_cutoff_type: distance', 'inner_cutoff_type: zbl')}`;
    expect(() => readPacemaker(mixed)).toThrow(/inner_cutoff_type: must be distance/);
    const apart = acePotential(readPacemaker(NONLINEAR + zr));
    const s = structureFrom(['Y', 'Zr'], [0, 0, 0, 2.5, 0, 0]);
    expect(() => evaluate(apart, s)).toThrow(/pair Y Zr, for which the potential has no bond/);
  });
});

describe('the .yace of LAMMPS', () => {
  const text = writeYace(readPacemaker(NONLINEAR));
  it.each([
    ['a missing pair', text.replace('[0, 0]:', '[0, 7]:'), /key must be two species numbers/],
    [
      'tuples that do not add up',
      text.replace('ms_combs: [-1, 1', 'ms_combs: [-1, 0'),
      /must add up to zero/,
    ],
    ['a short list', text.replace('ns: [1, 2]', 'ns: [1]'), /ns: must have 2 values/],
    ['no functions', text.slice(0, text.indexOf('functions:')), /functions: is missing/],
  ])('is refused with %s', (_, broken, rule) => {
    expect(broken).not.toBe(text);
    expect(() => readYace(broken)).toThrow(rule);
  });
});

describe('a .yace with the polynomials of ACE.jl', () => {
  const set = (rcut: number) =>
    `rcut: ${rcut}, xl: ${(3.6 / (1 + rcut)) ** 2}, xr: 7, pl: 2, pr: 0, r0: 2.6, p: 2, maxn: 3, recursion_coefficients: {A: [1, 1.8, 1.7], B: [0, 0.2, -0.4], C: [0, 0, -0.6]}`;
  const text = `elements: [Si]
E0: [-1.5]
lmax: 1
embeddings:
  0: {ndensity: 1, FS_parameters: [1, 1], npoti: FinnisSinclairShiftedScaled, rho_core_cutoff: 100000, drho_core_cutoff: 250}
bonds:
  [0, 0]: {radbasename: ACE.jl.base, ${set(5)}}
functions:
  0:
    - {mu0: 0, rank: 2, ndensity: 1, num_ms_combs: 2, mus: [0, 0], ns: [1, 2], ls: [1, 1], ms_combs: [1, -1, 0, 0], ctildes: [0.2, -0.1]}
polypairpot:
  ${set(5.5).replace(/, (?=[a-z])/g, '\n  ')}
  coefficients:
    [0, 0]: [0.3, -0.2, 0.1]
reppot:
  coefficients:
    [0, 0]: {ri: 1.4, e0: -0.2, A: 3.5, B: 2}
`;
  const potential = acePotential(readYace(text));
  const dimer = (r: number) => evaluate(potential, structureFrom(['Si', 'Si'], [0, 0, 0, r, 0, 0]));

  it('adds the pair part, and the repulsion below its radius', () => {
    expect(potential.cutoff).toBe(5.5);
    const v = (r: number) => -0.2 + (2 * Math.exp(-3.5 * (r / 1.4 - 1)) * 1.4) / r;
    const far = dimer(1.2).energy - dimer(1.1).energy;
    const { model } = potential;
    const withoutPair = acePotential({
      ...model,
      bonds: model.bonds.map((b) => {
        const { pair: _, repulsion: __, ...rest } = b!.polynomial!;
        return { ...b!, polynomial: rest };
      }),
    });
    const bare = (r: number) => evaluate(withoutPair, structureFrom(['Si', 'Si'], [0, 0, 0, r, 0, 0])).energy;
    expect(far - (bare(1.2) - bare(1.1))).toBeCloseTo(v(1.2) - v(1.1), 10);
    expect(dimer(5.2).energy).not.toBe(dimer(5.6).energy);
    expect(dimer(5.6).energy).toBe(-3);
  });

  it('has forces that are derivatives of its energy', () => {
    for (const r of [1.1, 1.9, 3.2, 5.3]) {
      const slope = (h: number) => (dimer(r + h).energy - dimer(r - h).energy) / (2 * h);
      const error = (h: number) => Math.abs(slope(h) - dimer(r).forces[0]);
      expect(Math.abs(slope(1e-3))).toBeGreaterThan(1e-6);
      expect(error(1e-2) / error(5e-3)).toBeCloseTo(4, 0);
    }
  });
});

describe('.asi active sets', () => {
  const sets = new Map([
    ['Al', { size: 3, inverse: Float64Array.from({ length: 9 }, (_, k) => normal(8, k)) }],
    ['Ni', { size: 2, inverse: Float64Array.of(1, 1e-300, -0, Math.PI) }],
  ]);
  const bytes = writeActiveSets(sets);

  it('come back bit by bit, with data at multiples of 64', () => {
    expect(readActiveSets(bytes)).toEqual(sets);
  });

  it('are linear or full by their size', () => {
    const of = (al: number, ni: number, densities = 1) => [
      { symbol: 'Al', functions: al, densities },
      { symbol: 'Ni', functions: ni, densities },
    ];
    expect(activeSetKind(sets, of(3, 2))).toBe('linear');
    expect(
      activeSetKind(new Map([['Al', sets.get('Ni')!]]), [{ symbol: 'Al', functions: 1, densities: 2 }]),
    ).toBe('full');
    expect(() => activeSetKind(sets, of(4, 2))).toThrow(/neither a linear nor a full set/);
    expect(() => activeSetKind(sets, of(3, 2).slice(1))).toThrow(/must hold exactly Ni/);
  });

  it('are refused when cut short, damaged or of another shape', () => {
    expect(() => readActiveSets(bytes.slice(0, 200))).toThrow(/directory is missing/);
    const damaged = bytes.slice();
    damaged[200] ^= 1;
    expect(() => readActiveSets(damaged)).toThrow(/checksum/);
  });
});
