import { describe, expect, it } from 'vitest';
import { erfc } from '../../potentials/buckingham/erfc.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { ZHOU } from '../../potentials/eam/zhouParameters.ts';
import { potentials } from '../../potentials/registry.ts';
import { zblPair } from '../../potentials/zbl/zblPair.ts';
import type { Potential } from '../../src/core/potential.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { atomCount, type Structure, structureFrom } from '../../src/core/structure.ts';
import { BOLTZMANN, COULOMB } from '../../src/core/units.ts';
import { evaluate } from '../conformance/checks.ts';

const create = (options: object) => potentials.create(potentials.schema.parse(options));
const perAtom = (p: Potential, s: Structure) => evaluate(p, s, []).energy / atomCount(s);

/** Where f is least between `low` and `high`, by golden sections. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-6) {
    const a = high - golden * (high - low);
    const b = low + golden * (high - low);
    if (f(a) < f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

describe('metals of Zhou, Johnson and Wadley', () => {
  // Lattice constant (Å) and cohesive energy (eV) that the authors fitted.
  it.each([
    ['Cu', 'fcc', 3.615, 3.54],
    ['Ag', 'fcc', 4.09, 2.85],
    ['Au', 'fcc', 4.08, 3.93],
    ['Ni', 'fcc', 3.52, 4.45],
    ['Pd', 'fcc', 3.89, 3.91],
    ['Pt', 'fcc', 3.92, 5.77],
    ['Al', 'fcc', 4.05, 3.58],
    ['Pb', 'fcc', 4.95, 2.02],
    ['Fe', 'bcc', 2.866, 4.29],
    ['Mo', 'bcc', 3.15, 6.81],
    ['Ta', 'bcc', 3.303, 8.09],
    ['W', 'bcc', 3.165, 8.76],
  ] as const)('%s is %s with a = %d Å, bound by %d eV', (symbol, lattice, a, cohesion) => {
    const p = create({ kind: 'eam', set: 'zhou', elements: [symbol] });
    const energy = (x: number) => perAtom(p, crystal(lattice, [symbol], x));
    const found = minimum(energy, 0.96 * a, 1.04 * a);
    expect(Math.abs(found - a)).toBeLessThan(1.5e-3);
    expect(Math.abs(energy(found) + cohesion)).toBeLessThan(1e-3);
  });

  it.each([
    ['Mg', 3.2, 1.55],
    ['Co', 2.512, 4.41],
    ['Ti', 2.94, 4.87],
    ['Zr', 3.208, 6.36],
  ] as const)('%s is hcp with a = %d Å, bound by %d eV', (symbol, a, cohesion) => {
    const p = create({ kind: 'eam', set: 'zhou', elements: [symbol] });
    const energy = (x: number) => {
      const at = (c: number) => perAtom(p, crystal('hcp', [symbol], x, { c }));
      return at(minimum(at, 1.58 * x, 1.66 * x));
    };
    const found = minimum(energy, 0.98 * a, 1.02 * a);
    expect(Math.abs(found - a)).toBeLessThan(2e-3);
    expect(Math.abs(energy(found) + cohesion)).toBeLessThan(1e-3);
    expect(energy(found)).toBeLessThan(perAtom(p, crystal('fcc', [symbol], Math.SQRT2 * found)));
  });

  it('has embedding energies whose branches meet', () => {
    const [below, above] = [new Float64Array(2), new Float64Array(2)];
    for (const [symbol, { rhoE, lowEnd }] of ZHOU) {
      const [F] = zhou([symbol]).embedding;
      for (const seam of [lowEnd * rhoE, 1.15 * rhoE]) {
        F(seam * (1 - 1e-9), below);
        F(seam * (1 + 1e-9), above);
        expect(Math.abs(above[0] - below[0]), `${symbol} at ${seam}`).toBeLessThan(3e-5);
      }
    }
  });

  it('gives an element the same energy alone and in a list', () => {
    const s = crystal('fcc', ['Cu'], 3.6);
    const alone = create({ kind: 'eam', set: 'zhou', elements: ['Cu'], cutoff: '6 Å' });
    const listed = create({ kind: 'eam', set: 'zhou', elements: ['Al', 'Cu'], cutoff: '6 Å' });
    expect(perAtom(listed, s)).toBe(perAtom(alone, s));
  });
});

describe('covalent crystals', () => {
  it.each([
    ['Stillinger-Weber Si', { kind: 'stillingerWeber' }, 'Si', 5.431, 4.3366],
    ['Tersoff Si 1988', { kind: 'tersoff', set: 'Si1988', elements: ['Si'] }, 'Si', 5.431, 4.6304],
    ['Tersoff Si', { kind: 'tersoff', set: 'CSiGe1989', elements: ['Si'] }, 'Si', 5.432, 4.6296],
    ['Tersoff C', { kind: 'tersoff', set: 'CSiGe1989', elements: ['C'] }, 'C', 3.566, 7.3705],
    ['Tersoff Ge', { kind: 'tersoff', set: 'CSiGe1989', elements: ['Ge'] }, 'Ge', 5.657, 3.8506],
  ] as const)('%s', (_, options, symbol, a, cohesion) => {
    const p = create(options);
    const energy = (x: number) => perAtom(p, crystal('diamond', [symbol], x));
    const found = minimum(energy, 0.97 * a, 1.03 * a);
    expect(Math.abs(found - a)).toBeLessThan(1e-3);
    expect(Math.abs(energy(found) + cohesion)).toBeLessThan(1e-3);
  });

  it('Tersoff SiC is zincblende with a = 4.32 Å', () => {
    const p = create({ kind: 'tersoff', set: 'CSiGe1989', elements: ['C', 'Si'] });
    const found = minimum((x) => perAtom(p, crystal('zincblende', ['Si', 'C'], x)), 4.2, 4.45);
    expect(Math.abs(found - 4.32)).toBeLessThan(5e-3);
  });
});

it('Matsui and Akaogi’s rutile keeps their cell, a = 4.493 Å and c = 3.009 Å, at rest', () => {
  const p = create({ kind: 'buckingham', set: 'matsuiAkaogi' });
  const rutile = (a: number, c: number) => perAtom(p, crystal('rutile', ['Ti', 'O'], a, { c, u: 0.3033 }));
  let [a, c] = [4.6, 2.95];
  for (let round = 0; round < 3; round++) {
    a = minimum((x) => rutile(x, c), a - 0.2, a + 0.2);
    c = minimum((x) => rutile(a, x), c - 0.1, c + 0.1);
  }
  expect(Math.abs(a - 4.493)).toBeLessThan(5e-3);
  expect(Math.abs(c - 3.009)).toBeLessThan(5e-3);
});

it('a Lennard-Jones dimer sits at 2^(1/6) σ in a well of depth ε', () => {
  const p = create({ kind: 'lennardJones', set: 'argon' });
  const dimer = (r: number) => evaluate(p, structureFrom(['Ar', 'Ar'], [0, 0, 0, r, 0, 0]), []).energy;
  const found = minimum(dimer, 3, 5);
  expect(found).toBeCloseTo(2 ** (1 / 6) * 3.405, 5);
  expect(dimer(found) / (119.8 * BOLTZMANN)).toBeCloseTo(-1, 10);
});

it('nuclei that touch repel as bare charges', () => {
  const out = new Float64Array(2);
  zblPair(29, 29, 1, 2)(1e-5, out);
  expect((out[0] * 1e-5) / (COULOMB * 29 * 29)).toBeCloseTo(1, 3);
});

it('erfc agrees with tables', () => {
  // Abramowitz and Stegun, table 7.1, and its asymptotic neighbour at the seam of the two forms.
  expect(erfc(0)).toBe(1);
  expect(erfc(0.5)).toBeCloseTo(0.4795001221869535, 15);
  expect(erfc(1)).toBeCloseTo(0.15729920705028513, 15);
  expect(erfc(2)).toBeCloseTo(0.004677734981047266, 15);
  expect(erfc(4) / 1.541725790028002e-8).toBeCloseTo(1, 12);
  expect(erfc(3 - 1e-12) / erfc(3)).toBeCloseTo(1, 10);
});
