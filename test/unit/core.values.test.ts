import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { element, elementByNumber, isElement } from '../../src/core/elements.ts';
import { UserError } from '../../src/core/errors.ts';
import { positive, quantity } from '../../src/core/quantity.ts';
import { entry, registry } from '../../src/core/registry.ts';
import {
  atomCount,
  cloneStructure,
  structureFrom,
  subset,
  supercell,
  symbolsOf,
} from '../../src/core/structure.ts';
import { ACCELERATION, BOLTZMANN, COULOMB, GPA, UNITS } from '../../src/core/units.ts';

describe('quantity', () => {
  it.each([
    ['time', '2 fs', 2],
    ['time', '0.002 ps', 2],
    ['time', ' 1e-3  ns ', 1000],
    ['length', '.5 nm', 5],
    ['length', '1. Å', 1],
    ['pressure', '160.2176634 GPa', 1],
    ['pressure', '-1602.176634 kbar', -1],
    ['energy', '1 Ha', 27.211386245988],
    ['force', '5 meV/A', 0.005],
    ['wallTime', '90 min', 5400],
    ['temperature', 0, 0],
  ] as const)('reads %s %s', (dimension, text, value) => {
    expect(quantity(dimension).parse(text)).toBeCloseTo(value, 9);
  });

  it.each([
    ['time', '2', /a number and a unit are needed; write a number, a blank and one of: fs, ps, ns, s/],
    ['time', 2, /a number and a unit are needed/],
    ['time', '2fs', /a number and a unit are needed/],
    ['time', '2 eV', /unknown time unit 'eV'/],
    ['time', '2 toString', /unknown time unit/],
    ['length', 'one Å', /a number and a unit are needed/],
    ['length', '1e999 Å', /./],
    ['temperature', Number.NaN, /./],
    ['temperature', null, /./],
  ] as const)('refuses %s %s', (dimension, text, message) => {
    const result = quantity(dimension).safeParse(text);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0].message).toMatch(message);
  });

  it('can be asked to be positive', () => {
    expect(positive('time').parse('1 fs')).toBe(1);
    for (const value of ['0 fs', '-1 fs', 0])
      expect(positive('time').safeParse(value).error?.issues[0].message).toBe('must be greater than zero');
  });
});

describe('units', () => {
  it('agree with the CODATA 2018 constants in SI', () => {
    const [e, u, k] = [1.602176634e-19, 1.6605390666e-27, 1.380649e-23];
    expect(BOLTZMANN / (k / e)).toBeCloseTo(1, 9);
    expect(ACCELERATION / (((e / 1e-10 / u) * 1e10) / 1e30)).toBeCloseTo(1, 8);
    expect(GPA / (e / 1e-30 / 1e9)).toBeCloseTo(1, 12);
    expect(COULOMB / ((e / (4 * Math.PI * 8.8541878128e-12)) * 1e10)).toBeCloseTo(1, 9);
  });

  it('have exactly one unit of size 1 by name in each dimension', () => {
    for (const units of Object.values(UNITS)) expect(Object.values(units)).toContain(1);
  });
});

describe('elements', () => {
  it('are known by symbol and number, and ordered', () => {
    expect(element('Cu')).toMatchObject({ atomicNumber: 29, mass: 63.546 });
    for (let Z = 1; Z <= 96; Z++) expect(element(elementByNumber(Z).symbol).atomicNumber).toBe(Z);
    for (let Z = 1; Z <= 96; Z++) expect(elementByNumber(Z).mass).toBeGreaterThan(0);
    expect(isElement('cu')).toBe(false);
    expect(() => element('Xx')).toThrow(UserError);
    expect(() => elementByNumber(0)).toThrow(/must be 1 to 96/);
  });
});

describe('structure', () => {
  const s = structureFrom(['O', 'Cu', 'O'], [0, 0, 0, 1, 1, 1, 2, 2, 2], [4, 0, 0, 1, 5, 0, 0, 1, 6]);

  it('keeps symbols in the atoms’ order whatever the element list', () => {
    expect(s.elements).toEqual(['Cu', 'O']);
    expect(symbolsOf(s)).toEqual(['O', 'Cu', 'O']);
    expect(symbolsOf(subset(s, [2, 1]))).toEqual(['O', 'Cu']);
    expect([...subset(s, [2, 1]).positions]).toEqual([2, 2, 2, 1, 1, 1]);
    expect(() => structureFrom(['H'], [0, 0])).toThrow(/need 3 coordinates, got 2/);
    expect(structureFrom(['H'], [0, 0, 0]).periodic).toEqual([false, false, false]);
  });

  it('is cloned deeply', () => {
    const copy = cloneStructure(s);
    copy.positions[0] = 9;
    copy.cell[0] = 9;
    expect([s.positions[0], s.cell[0]]).toEqual([0, 4]);
  });

  it('repeats along its lattice vectors', () => {
    const big = supercell(s, [1, 2, 3]);
    expect(atomCount(big)).toBe(18);
    expect([...big.cell]).toEqual([4, 0, 0, 2, 10, 0, 0, 3, 18]);
    expect([...big.positions.slice(-9, -6)]).toEqual([1, 5 + 2, 12]);
  });
});

describe('registry', () => {
  const things = registry<string>('thing', [
    entry({ kind: 'a', schema: z.strictObject({ n: z.number().default(2) }), create: ({ n }) => `a${n}` }),
    entry({ kind: 'b', schema: z.strictObject({}), create: () => 'b' }),
  ]);

  it('parses and makes what its entries describe', () => {
    expect(things.create(things.schema.parse({ kind: 'a' }))).toBe('a2');
    expect(things.create(things.schema.parse({ kind: 'b' }))).toBe('b');
    expect(things.schema.safeParse({ kind: 'b', n: 1 }).success).toBe(false);
    expect(things.schema.safeParse({ kind: 'c' }).success).toBe(false);
    expect(() => things.create({ kind: 'c' })).toThrow("thing: got 'c', must be one of: a, b");
  });
});
