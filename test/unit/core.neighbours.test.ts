import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeCell, heights, inverse3, transformRows } from '../../src/core/cell.ts';
import { buildNeighbours, type NeighbourList } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { type Periodic, type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { verletList } from '../../src/core/verletList.ts';

/** One line a pair: i, j, shift. Written from the definition alone. */
function pairsByBruteForce(s: Structure, cutoff: number): string[] {
  const { positions: r, cell: c, periodic } = s;
  const n = s.species.length;
  const box = completeCell(c);
  const height = heights(box);
  const f = transformRows(r, inverse3(box), new Float64Array(3 * n));
  const found: string[] = [];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const range = [0, 1, 2].map((a) =>
        periodic[a] ? Math.ceil(cutoff / height[a] + Math.abs(f[3 * j + a] - f[3 * i + a])) + 1 : 0,
      );
      for (let a = -range[0]; a <= range[0]; a++)
        for (let b = -range[1]; b <= range[1]; b++)
          for (let d = -range[2]; d <= range[2]; d++) {
            if (i === j && a === 0 && b === 0 && d === 0) continue;
            const x = r[3 * j] - r[3 * i] + a * box[0] + b * box[3] + d * box[6];
            const y = r[3 * j + 1] - r[3 * i + 1] + a * box[1] + b * box[4] + d * box[7];
            const z = r[3 * j + 2] - r[3 * i + 2] + a * box[2] + b * box[5] + d * box[8];
            if (x * x + y * y + z * z < cutoff * cutoff) found.push(`${i} ${j} ${a} ${b} ${d}`);
          }
    }
  return found;
}

function pairsOf(list: NeighbourList): string[] {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < list.offsets.length; i++)
    for (let p = list.offsets[i]; p < list.offsets[i + 1]; p++)
      pairs.push(`${i} ${list.indices[p]} ${list.shifts.slice(3 * p, 3 * p + 3).join(' ')}`);
  return pairs;
}

const unit = fc.double({ min: -1, max: 1, noNaN: true });
const nine = fc.array(unit, { minLength: 9, maxLength: 9 });
const periodicity: fc.Arbitrary<Periodic> = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());

/** Sides of 1 to 8 Å, skewed, of either hand; atoms up to one and a half cells outside. */
const structure = fc
  .record({
    sides: fc.array(fc.double({ min: 1, max: 8, noNaN: true }), { minLength: 3, maxLength: 3 }),
    bend: nine,
    mirrored: fc.boolean(),
    atoms: fc.array(fc.tuple(unit, unit, unit), { minLength: 1, maxLength: 8 }),
    periodic: periodicity,
    box: fc.constantFrom('cell', 'open rows', 'cluster'),
  })
  .map(({ sides, bend, mirrored, atoms, periodic, box }) => {
    const cell = bend.map((x, k) => (k % 4 === 0 ? sides[k / 4] : 0.4 * x * sides[Math.floor(k / 3)]));
    if (mirrored) for (let x = 0; x < 3; x++) cell[x] = -cell[x];
    const positions = transformRows(
      atoms.flat().map((x) => 1.5 * x + 0.5),
      cell,
      new Float64Array(3 * atoms.length),
    );
    const kept = cell.map((x, k) => (box === 'open rows' && !periodic[Math.floor(k / 3)] ? 0 : x));
    const symbols = atoms.map(() => 'Cu');
    if (box === 'cluster') return structureFrom(symbols, positions);
    return structureFrom(symbols, positions, kept, periodic);
  })
  .filter((s) => Math.min(...heights(completeCell(s.cell))) > 0.5);

describe('buildNeighbours', () => {
  it('finds the pairs that all-pairs brute force finds, in sorted rows', () => {
    let pairs = 0;
    fc.assert(
      fc.property(structure, fc.double({ min: 0.5, max: 6, noNaN: true }), (s, cutoff) => {
        const found = pairsOf(buildNeighbours(s, cutoff));
        expect(found).toEqual(pairsByBruteForce(s, cutoff));
        pairs += found.length;
      }),
      { numRuns: 300 },
    );
    expect(pairs).toBeGreaterThan(1000);
  });

  it('sees each pair from both ends with opposite shifts', () => {
    fc.assert(
      fc.property(structure, (s) => {
        const pairs = new Set(pairsOf(buildNeighbours(s, 4)));
        for (const pair of pairs) {
          const [i, j, ...shift] = pair.split(' ').map(Number);
          expect(pairs).toContain([j, i, ...shift.map((k) => 0 - k)].join(' '));
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['one point', [0, 0, 0]],
    ['a line', [0, 0, 0, 1, 0, 0, 9, 0, 0]],
    ['a plane', [0, 0, 0, 1, 2, 0, 8, 3, 0, 4, 4, 0]],
    ['two far clusters', [0, 0, 0, 1, 1, 1, 1e4, 0, 0, 1e4, 1, 1]],
  ])('copes with a cluster without extent: %s', (_, positions) => {
    const s = structureFrom(Array(positions.length / 3).fill('Ar'), positions);
    for (const cutoff of [1.5, 5, 10.2])
      expect(pairsOf(buildNeighbours(s, cutoff))).toEqual(pairsByBruteForce(s, cutoff));
  });

  it('counts the shells of a crystal, whichever way it is cut into a cell', () => {
    const primitive = structureFrom(['Cu'], [0, 0, 0], [0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0]);
    for (const repeats of [
      [1, 1, 1],
      [3, 2, 1],
      [7, 7, 7],
    ] as const) {
      const s = supercell(primitive, repeats);
      const { offsets } = buildNeighbours(s, 1.8 * Math.SQRT2 * 1.5);
      for (let i = 0; i < s.species.length; i++) expect(offsets[i + 1] - offsets[i]).toBe(12 + 6);
    }
  });
});

describe('verletList', () => {
  const start = supercell(
    structureFrom(['Cu'], [0, 0, 0], [0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0]),
    [3, 3, 3],
  );

  /** Moved by a random walk and strained a little more at every step. */
  function step(s: Structure, k: number, jump: number, strain: readonly number[]): Structure {
    const deform = strain.map((x, q) => x + (q % 4 === 0 ? 1 : 0));
    const positions = transformRows(s.positions, deform, s.positions.slice());
    const move = new Float64Array(4);
    for (let i = 0; i < s.species.length; i++) {
      normals(7, STREAM.rattle, k, i, move);
      for (let x = 0; x < 3; x++) positions[3 * i + x] += jump * move[x];
    }
    return { ...s, positions, cell: transformRows(s.cell, deform, s.cell.slice()) };
  }

  it.each([
    ['motion', 0.03, 0],
    ['strain', 0, 4e-3],
    ['both', 0.02, 2e-3],
    ['large jumps', 1, 0],
  ])('holds every pair within the cutoff under %s, without a list at every step', (name, jump, strain) => {
    const list = verletList(3.4, 0.6);
    const strains = [1, 0.5, 0, -0.3, -1, 0.2, 0, 0.7, 0.4].map((x) => x * strain);
    let s = start;
    for (let k = 0; k < 40; k++) {
      s = step(s, k, jump, strains);
      const held = new Set(pairsOf(list.current(s)));
      const needed = pairsOf(buildNeighbours(s, 3.4));
      expect(needed.length).toBeGreaterThan(300);
      expect(needed.filter((pair) => !held.has(pair))).toEqual([]);
    }
    if (name === 'large jumps') expect(list.builds).toBe(40);
    else expect(list.builds).toBeLessThan(30);
    expect(list.builds).toBeGreaterThan(1);
  });

  it('notices another number of atoms, another periodicity, and atoms brought home into the cell', () => {
    const list = verletList(3.4, 0.6);
    const expectCurrent = (s: Structure) => {
      expect(pairsOf(list.current(s))).toEqual(pairsOf(buildNeighbours(s, 4)));
    };
    expectCurrent(start);
    expectCurrent(supercell(start, [1, 1, 2]));
    expectCurrent(start);
    expectCurrent({ ...start, periodic: [true, true, false] });
    expectCurrent(start);
    expectCurrent({ ...start, positions: start.positions.map((r, k) => (k < 3 ? r + start.cell[k] : r)) });
    expectCurrent(start);
    expect(list.builds).toBe(7);
  });
});
