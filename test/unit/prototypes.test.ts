import { describe, expect, it } from 'vitest';
import { volume } from '../../src/core/cell.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { buildPrototype, crystal, type PrototypeName, prototypeSchema } from '../../src/core/prototypes.ts';
import { atomCount, type Structure, symbolsOf } from '../../src/core/structure.ts';

/** Neighbours within `reach` of each atom. */
function coordination(s: Structure, reach: number): number[] {
  const { offsets } = buildNeighbours(s, reach);
  return Array.from({ length: atomCount(s) }, (_, i) => offsets[i + 1] - offsets[i]);
}

const build = (config: unknown) => buildPrototype(prototypeSchema.parse(config));
const copper = { prototype: 'fcc', element: 'Cu', a: '3.615 Å' };

describe('crystals', () => {
  // Nearest-neighbour distance in units of a, and how many there are of any kind.
  const shells: [PrototypeName, string[], number, number][] = [
    ['sc', ['Po'], 1, 6],
    ['fcc', ['Cu'], Math.SQRT1_2, 12],
    ['bcc', ['Fe'], Math.sqrt(3) / 2, 8],
    ['hcp', ['Ti'], 1, 12],
    ['diamond', ['Si'], Math.sqrt(3) / 4, 4],
    ['zincblende', ['Ga', 'As'], Math.sqrt(3) / 4, 4],
    ['rocksalt', ['Na', 'Cl'], 0.5, 6],
    ['B2', ['Ni', 'Al'], Math.sqrt(3) / 2, 8],
    ['L1_2', ['Ni', 'Al'], Math.SQRT1_2, 12],
  ];
  it.each(shells)('%s has its first shell', (name, elements, distance, count) => {
    const s = crystal(name, elements, 4);
    expect(coordination(s, 4 * distance * 1.001)).toEqual(Array(atomCount(s)).fill(count));
    expect(coordination(s, 4 * distance * 0.999)).toEqual(Array(atomCount(s)).fill(0));
  });

  it('turned, they are the same crystals along other axes', () => {
    const orientation = [
      [1, -1, 0],
      [1, 1, -2],
      [1, 1, 1],
    ];
    const s = build({ ...copper, orientation });
    expect(atomCount(s)).toBe(24);
    expect(volume(s.cell)).toBeCloseTo(6 * 3.615 ** 3, 9);
    expect([0, 4, 8].map((k) => s.cell[k] / 3.615)).toEqual(
      [2, 6, 3].map((n) => expect.closeTo(Math.sqrt(n), 12)),
    );
    expect(coordination(s, 3.615 * 0.72)).toEqual(Array(24).fill(12));
    // Close-packed planes lie across z, a/√3 apart.
    const planes = new Set(
      Array.from({ length: 24 }, (_, i) => ((s.positions[3 * i + 2] * Math.sqrt(3)) / 3.615).toFixed(6)),
    );
    expect([...planes].sort()).toEqual(['0.000000', '1.000000', '2.000000']);
    const pyramids = build({
      prototype: 'B2',
      elements: ['Ni', 'Al'],
      a: '2.9 Å',
      orientation: [
        [1, 1, 0],
        [-1, 1, 0],
        [0, 0, 1],
      ],
    });
    expect(symbolsOf(pyramids).filter((e) => e === 'Ni')).toHaveLength(2);
    expect(coordination(pyramids, 2.9 * 0.9)).toEqual([8, 8, 8, 8]);
    const wrong = (directions: number[][]) => () => build({ ...copper, orientation: directions });
    expect(
      wrong([
        [1, 0, 0],
        [1, 1, 0],
        [0, 0, 1],
      ]),
    ).toThrow('right angles');
    expect(
      wrong([
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ]),
    ).toThrow('right-handed');
    expect(
      wrong([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
      ]),
    ).toThrow('right angles');
    expect(() => build({ ...copper, orientation, surface: { plane: '111' } })).toThrow('leave one out');
  });

  it('rutile TiO2 has Ti in octahedra and O in triangles', () => {
    const s = build({ prototype: 'rutile', elements: ['Ti', 'O'], a: '4.594 Å', c: '2.959 Å' });
    const expected = symbolsOf(s).map((e) => (e === 'Ti' ? 6 : 3));
    expect(coordination(s, 2.1)).toEqual(expected);
    expect(symbolsOf(s).filter((e) => e === 'O')).toHaveLength(4);
  });

  it('L1_2 lists the majority first', () => {
    const symbols = symbolsOf(crystal('L1_2', ['Ni', 'Al'], 3.57));
    expect(symbols.filter((e) => e === 'Ni')).toHaveLength(3);
  });

  it('says what is missing', () => {
    expect(() => build({ prototype: 'B2', element: 'Ni', a: '2.9 Å' })).toThrow(/needs 2.*elements: \[/);
    expect(() => build({ ...copper, adatoms: [{ at: [0, 0] }] })).toThrow(/surface/);
    expect(prototypeSchema.safeParse({ ...copper, a: 3.6 }).success).toBe(false);
    expect(prototypeSchema.safeParse({ ...copper, rep: [1, 1, 1] }).success).toBe(false);
  });
});

describe('slabs', () => {
  const a = 4;
  // Area per surface atom and layer spacing in units of a; spacing is the mean over a bilayer for diamond (111).
  const faces: [string, string, number, number][] = [
    ['fcc', '100', 1 / 2, 1 / 2],
    ['fcc', '110', Math.SQRT1_2, Math.SQRT2 / 4],
    ['fcc', '111', Math.sqrt(3) / 4, 1 / Math.sqrt(3)],
    ['bcc', '100', 1, 1 / 2],
    ['bcc', '110', Math.SQRT1_2, Math.SQRT1_2],
    ['bcc', '111', Math.sqrt(3), Math.sqrt(3) / 6],
    ['diamond', '100', 1 / 2, 1 / 4],
    ['diamond', '110', Math.SQRT1_2 / 2, Math.SQRT2 / 4],
    ['diamond', '111', Math.sqrt(3) / 4, Math.sqrt(3) / 6],
  ];
  it.each(faces)('%s (%s)', (prototype, plane, area, spacing) => {
    const s = build({
      prototype,
      element: 'Fe',
      a: `${a} Å`,
      repeat: [3, 2, 6],
      surface: { plane, vacuum: '20 Å' },
    });
    const planes = [
      ...new Set(Array.from({ length: atomCount(s) }, (_, i) => s.positions[3 * i + 2].toFixed(4))),
    ];
    expect(planes).toHaveLength(6);
    const perLayer = (s.cell[0] * s.cell[4]) / (area * a * a);
    expect(atomCount(s)).toBe(Math.round(6 * perLayer));
    expect(s.periodic).toEqual([true, true, false]);
    const heights = planes.map(Number).sort((p, q) => p - q);
    const even = prototype === 'diamond' && plane === '111' ? 3 : 2;
    expect((heights[even + 2] - heights[even]) / 2).toBeCloseTo(spacing * a, 3);
    expect(s.cell[8]).toBeCloseTo(heights[5] - heights[0] + 20, 3);
    // Bulk density in the middle of the slab, whatever the orientation.
    const perAtom = (area * a * a * spacing * a) / a ** 3;
    const bulk = crystal(prototype as PrototypeName, ['Fe'], a);
    expect(perAtom).toBeCloseTo(volume(bulk.cell) / a ** 3 / atomCount(bulk), 12);
  });

  it('keeps the bilayers of diamond (111) whole: one dangling bond per surface atom', () => {
    const s = build({
      prototype: 'diamond',
      element: 'Si',
      a: '5.43 Å',
      repeat: [2, 2, 6],
      surface: { plane: '111' },
    });
    expect(Math.min(...coordination(s, 2.5))).toBe(3);
  });

  it('refuses what is not cubic', () => {
    expect(() => build({ prototype: 'hcp', element: 'Mg', a: '3.2 Å', surface: { plane: '100' } })).toThrow(
      /cubic/,
    );
  });
});

describe('point defects', () => {
  it('spreads vacancies and takes named ones', () => {
    const s = build({ ...copper, repeat: [3, 3, 3], vacancies: 2 });
    expect(atomCount(s)).toBe(106);
    expect(coordination(s, 2.7).filter((n) => n === 11)).toHaveLength(24);
    expect(atomCount(build({ ...copper, vacancies: [0, 3] }))).toBe(2);
    expect(() => build({ ...copper, vacancies: [4] })).toThrow(/must be below 4/);
    expect(() => build({ ...copper, vacancies: 4 })).toThrow(/must be below/);
  });

  it('an adatom rolls into the hollow: 4 neighbours on (100), 3 on (111)', () => {
    for (const [plane, bonds] of [
      ['100', 4],
      ['111', 3],
    ] as const) {
      const s = build({
        ...copper,
        repeat: [3, 3, 4],
        surface: { plane },
        adatoms: [{ element: 'Ag', at: [0.47, 0.53] }],
      });
      const adatom = symbolsOf(s).indexOf('Ag');
      expect(coordination(s, 3.615 * Math.SQRT1_2 + 1e-3)[adatom]).toBe(bonds);
      expect(coordination(s, 3.615 * Math.SQRT1_2 - 1e-3)[adatom]).toBe(0);
    }
  });
});
