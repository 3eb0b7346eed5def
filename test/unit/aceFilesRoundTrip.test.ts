import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acePotential } from '../../potentials/ace/ace.ts';
import { readActiveSets, writeActiveSets } from '../../potentials/ace/activeSetFile.ts';
import type { AceModel } from '../../potentials/ace/model.ts';
import { readPacemaker } from '../../potentials/ace/pacemaker.ts';
import { writePacemaker } from '../../potentials/ace/pacemakerWrite.ts';
import { readYace } from '../../potentials/ace/yace.ts';
import { writeYace } from '../../potentials/ace/yaceWrite.ts';
import { UserError } from '../../src/core/errors.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { type Structure, structureFrom } from '../../src/core/structure.ts';
import {
  haveReference,
  referenceModel,
  referenceNumbers,
  referenceText,
  structureOf,
} from '../physics/aceReference.ts';
import { messageOf, mutation } from './ioFuzz.ts';

const YAML = `metadata: {version: 2022.6.27}
global:
  DeltaSplineBins: 0.01
species:
  - speciesblock: Al
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
    radcoefficients: [1, 0.5, 0.2, 0.1, 0.3, 1, 1e-05, 0.4, -0.2, 0.1, 0, 1]
    core-repulsion: [4, 0.6]
    nbody:
      - {type: Al Al, nr: [3], nl: [0], c: [0.3, 0.2]}
      - {type: Al Al Al, nr: [2, 1], nl: [1, 1], c: [0.11, -0.2]}
  - speciesblock: Ni
    ndensityi: 1
    npoti: FinnisSinclairShiftedScaled
    parameters: [1, 2]
    nradmaxi: 1
    lmaxi: 1
    rcutij: 4
    dcutij: 0.5
    inner_cutoff_type: distance
    nradbaseij: 2
    radbase: ChebExpCos
    radparameters: [5.25]
    radcoefficients: [[[1, 0.2], [0.1, 1]]]
    nbody:
      - {type: Ni Ni Ni Ni, nr: [1, 1, 1], nl: [1, 1, 0], lint: [0], c: 0.05}
  - speciesblock: Al Ni
    nradmaxi: 1
    lmaxi: 1
    rcutij: 4.2
    dcutij: 0.1
    inner_cutoff_type: distance
    nradbaseij: 2
    radbase: SBessel
    radparameters: [1]
    core-repulsion: [0, 0]
    radcoefficients: [[[1, 0.2], [0.1, 1]]]
    nbody:
      - {type: Al Al Ni, nr: [1, 1], nl: [1, 1], c: [0.4, 0.3]}
  - speciesblock: Ni Al
    nbody:
      - {type: Ni Al, nr: [2], nl: [0], c: [-0.4]}
      - {type: Ni Al Ni, nr: [1, 1], nl: [0, 0], c: [0.7], skip: false}
`;

const jl = (rcut: number) =>
  `rcut: ${rcut}, xl: ${(3.6 / (1 + rcut)) ** 2}, xr: 7, pl: 2, pr: 0, r0: 2.6, p: 2, maxn: 3, recursion_coefficients: {A: [1, 1.8, 1.7], B: [0, 0.2, -0.4], C: [0, 0, -0.6]}`;
const bonds = [0, 1].flatMap((a) =>
  [0, 1].map((b) => `  [${a}, ${b}]: {radbasename: ACE.jl.base, ${jl(5 - 0.3 * (a + b))}}\n`),
);
const embedding =
  '{ndensity: 1, FS_parameters: [0.9, 0.5], npoti: FinnisSinclair, rho_core_cutoff: 30, drho_core_cutoff: 20}';
/** Everything that ACE.jl files may hold: two elements, a pair part, repulsion, tuples of both signs. */
const ACE_JL = `elements: [Ni, Al]
E0: [-1.5, 0.25]
lmax: 1
embeddings:
  0: ${embedding}
  1: ${embedding}
bonds:
${bonds.join('')}functions:
  0:
    - {mu0: 0, rank: 1, ndensity: 1, num_ms_combs: 1, mus: [1], ns: [3], ls: [0], ms_combs: [0], ctildes: [0.3]}
    - {mu0: 0, rank: 2, ndensity: 1, num_ms_combs: 3, mus: [0, 1], ns: [1, 2], ls: [1, 1], ms_combs: [1, -1, 0, 0, -1, 1], ctildes: [0.2, -0.1, 0.15]}
  1: []
polypairpot:
  ${jl(5.5).replace(/, (?=[a-z])/g, '\n  ')}
  coefficients: {[0, 0]: [0.3, -0.2, 0.1], [0, 1]: [0.2, 0.4], [1, 0]: [0.2, 0.4], [1, 1]: [1, 0, 0.3]}
reppot:
  coefficients:
    [0, 0]: {ri: 2.0, e0: -0.2, A: 3.5, B: 2}
    [1, 1]: {ri: 1.4, e0: 0.1, A: 3.0, B: 1.5}
`;

const elements = ['Al', 'Ni'];
const small: Structure[] = [
  structureFrom(['Al', 'Ni', 'Al'], [0, 0, 0, 1.7, 0.3, 0, 0.2, 2.2, 0.6]),
  structureFrom(
    ['Al', 'Ni', 'Ni', 'Ni'],
    [0, 0, 0, 1.8, 1.9, 0.1, 0.1, 1.7, 1.8, 1.8, 0, 1.9],
    [3.6, 0, 0, 0.1, 3.7, 0, 0, 0, 3.5],
  ),
];

/** Energies per atom of all structures, one after the other. */
function energies(model: AceModel, structures: readonly Structure[]): number[] {
  const potential = acePotential(model);
  return structures.flatMap((s) =>
    Array.from(potential.evaluate(s, buildNeighbours(s, potential.cutoff), []).energies),
  );
}

/** The largest difference as a multiple of 1 + |E|. */
function difference(a: AceModel, b: AceModel, structures: readonly Structure[]): number {
  const [ours, theirs] = [a, b].map((model) => energies(model, structures));
  expect(Math.max(...theirs.map(Math.abs))).toBeGreaterThan(1e-3);
  return ours.reduce((most, E, k) => Math.max(most, Math.abs(E - theirs[k]) / (1 + Math.abs(theirs[k]))), 0);
}

describe('ACE files written and read again', () => {
  const yaml = readPacemaker(YAML);
  const polynomial = readYace(ACE_JL);

  it('keep the energies of a pair of elements with different densities', () => {
    expect(difference(readPacemaker(writePacemaker(yaml)), yaml, small)).toBe(0);
    expect(difference(readYace(writeYace(yaml)), yaml, small)).toBeLessThan(1e-13);
    expect(() => writePacemaker(readYace(writeYace(yaml)))).toThrow(/must have its couplings/);
  });

  it('keep all that ACE.jl puts into a .yace', () => {
    expect(polynomial.bonds.map((b) => b!.polynomial!.repulsion?.ri)).toEqual([2, undefined, undefined, 1.4]);
    expect(polynomial.bonds[1]!.polynomial!.pair!.coefficients).toEqual([0.2, 0.4]);
    const again = readYace(writeYace(polynomial));
    expect(again.bonds).toEqual(polynomial.bonds);
    expect(difference(again, polynomial, small)).toBeLessThan(1e-13);
  });

  it.each([
    [
      'a base that is not there',
      YAML.replace('ChebPow', 'ChebBow'),
      /:5 bond Al Al: .*'ChebBow' must be one of/,
    ],
    ['a stretch of zero', YAML.replace('[5.25]', '[0]'), /bond Ni Ni: ChebExpCos needs a lambda/],
    [
      'a cutoff of zero',
      YAML.replace('rcutij: 4.2', 'rcutij: 0'),
      /rcutij: got '0', must be greater than zero/,
    ],
    [
      'a negative width',
      YAML.replace('delta_in: 0.5', 'delta_in: -0.5'),
      /inner cutoff must be at least zero/,
    ],
    ['a fraction of a function', YAML.replace('nr: [2, 1]', 'nr: [1.5, 1]'), /n = 1.5 must be 1 to 2/],
    ['tables without spacing', YAML.replace('0.01', '0'), /:3 DeltaSplineBins: got '0'/],
    ['an exponent of zero', YAML.replace('[1, 2]', '[1, 0]'), /npoti: .*exponents 0 must be/],
    ['an alias that contains itself', YAML.replace('[1, 2]', '&x [*x]'), /more than 20 deep/],
  ])('.yaml is refused with %s', (_, text, rule) => {
    expect(text).not.toBe(YAML);
    expect(() => readPacemaker(text)).toThrow(rule);
  });

  it.each([
    [
      'a species that is not there',
      ACE_JL.replace('mus: [1]', 'mus: [2]'),
      /functions: species 2 must be 0 to 1/,
    ],
    ['half a species', ACE_JL.replace('mus: [1]', 'mus: [0.5]'), /species 0.5 must be/],
    ['half an m', ACE_JL.replace('ms_combs: [1, -1', 'ms_combs: [0.5, -0.5'), /whole numbers/],
    [
      'a single function of l = 1',
      ACE_JL.replace('ls: [0], ms_combs: [0]', 'ls: [1], ms_combs: [0]'),
      /l = 1 must be 0 to 0/,
    ],
    ['an element twice', ACE_JL.replace('[Ni, Al]', '[Ni, Ni]'), /must name each element once/],
    ['a bond twice', ACE_JL.replace('[1, 1]: {rad', '[1,0]: {rad'), /bond \[1, 0\]: occurs twice/],
    ['a centre in a wrong place', ACE_JL.replace('mu0: 0', 'mu0: 1'), /mu0: got '1', must be 0/],
    [
      'another number of densities',
      ACE_JL.replace('rank: 1, ndensity: 1', 'rank: 1, ndensity: 2'),
      /ndensity: got '2', must be 1/,
    ],
    ['a recursion cut short', ACE_JL.replace('A: [1, 1.8, 1.7]', 'A: [1, 1.8]'), /A: must have 3 numbers/],
    ['too many pair terms', ACE_JL.replace('[0.3, -0.2, 0.1]', '[1, 2, 3, 4]'), /at most 3 numbers/],
    [
      'an enormous lmax',
      ACE_JL.replace('lmax: 1', 'lmax: 99999999'),
      /lmax: got '99999999', must be at most/,
    ],
  ])('.yace is refused with %s', (_, text, rule) => {
    expect(text).not.toBe(ACE_JL);
    expect(() => readYace(text)).toThrow(rule);
  });
});

describe('ACE files that are damaged', () => {
  /** Reads and evaluates; whatever happens must be a number or a UserError with the place in the file. */
  function survive(read: (text: string) => AceModel, valid: string, runs: number): void {
    expect(energies(read(valid), small).every(Number.isFinite)).toBe(true);
    let refused = 0;
    let placed = 0;
    fc.assert(
      fc.property(mutation(valid), (text) => {
        try {
          const model = read(text);
          if (model.elements.join() === elements.join()) energies(model, small);
        } catch (error) {
          expect(
            error,
            messageOf(() => read(text)),
          ).toBeInstanceOf(UserError);
          refused++;
          if (/^f:\d+/.test((error as UserError).message)) placed++;
        }
      }),
      { numRuns: runs },
    );
    expect(refused).toBeGreaterThan(runs / 10);
    expect(placed / refused).toBeGreaterThan(0.9);
  }

  it('.yaml', () => survive((text) => readPacemaker(text, 'f'), YAML, 300));
  it('.yace', () => survive((text) => readYace(text, 'f'), writeYace(readPacemaker(YAML)), 300));
  it('.yace of ACE.jl', () => survive((text) => readYace(text, 'f'), ACE_JL, 300));

  it('.asi', () => {
    const set = (size: number) => ({
      size,
      inverse: Float64Array.from({ length: size * size }, (_, k) => k + 0.5),
    });
    const valid = writeActiveSets(new Map([['Al', set(2)], ['Ni', set(3)]])); // biome-ignore format: one line
    const edit = fc.record({ at: fc.nat(valid.length - 1), byte: fc.nat(255), length: fc.nat(valid.length) });
    let refused = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), fc.boolean(), (edits, cut) => {
        const bytes = valid.slice(0, cut ? edits[0].length : undefined);
        for (const { at, byte } of edits) if (at < bytes.length) bytes[at] = byte;
        try {
          readActiveSets(bytes, 'f');
        } catch (error) {
          expect(error, String(error)).toBeInstanceOf(UserError);
          refused++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});

describe.skipIf(!haveReference())('published ACE files written and read again', () => {
  // Sums of large terms of both signs leave 1e−11 eV in Cu.pbe.in, whose terms add up to 4e4.
  const FLOOR: Readonly<Record<string, number>> = { 'Cu.pbe.in': 1e-11 };
  const NAMES = [
    'Cu-I',
    'DFT10B-AgCu',
    'Cu.pbe.in',
    'ethanol',
    'syn_SBessel_rank6',
    'syn_ChebLinear_density',
    'syn_ZBL_AlNi',
  ];

  it.each(NAMES)('%s', (name) => {
    const { configs } = referenceNumbers(name);
    const floor = FLOOR[name] ?? 1e-12;
    const [yaml, yace] = [referenceModel(`${name}.yaml`), referenceModel(`${name}.yace`)];
    const some = configs.slice(0, 4).map((c) => structureOf(c, yaml.elements));
    expect(readPacemaker(writePacemaker(yaml))).toEqual(yaml);
    expect(difference(readYace(writeYace(yace)), yace, some)).toBeLessThanOrEqual(floor);
    expect(difference(readYace(writeYace(yaml)), yaml, some)).toBeLessThanOrEqual(floor);
    expect(yace.centres.map((c) => c.embedding)).toEqual(yaml.centres.map((c) => c.embedding));
  });

  it('syn_ACEjl_Si', () => {
    const model = readYace(referenceText('syn_ACEjl_Si.yace'));
    const some = referenceNumbers('syn_ACEjl_Si').configs.map((c) => structureOf(c, model.elements));
    expect(difference(readYace(writeYace(model)), model, some)).toBeLessThanOrEqual(1e-12);
  });
});
