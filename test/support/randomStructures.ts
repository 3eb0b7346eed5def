import fc from 'fast-check';
import { completeCell, heights, transformRows } from '../../src/core/cell.ts';
import { type Periodic, type Structure, structureFrom } from '../../src/core/structure.ts';

const unit = fc.double({ min: -1, max: 1, noNaN: true });

/**
 * Skewed cells of either hand with sides of 1.5 to 7 Å, thinner than most cutoffs, open in any directions or without a box; atoms
 * up to one and a half cells outside, no two (images included) closer than `apart` Å.
 */
export function randomStructures(symbols: readonly string[], apart: number): fc.Arbitrary<Structure> {
  return fc
    .record({
      sides: fc.array(fc.double({ min: 1.5, max: 7, noNaN: true }), { minLength: 3, maxLength: 3 }),
      bend: fc.array(unit, { minLength: 9, maxLength: 9 }),
      mirrored: fc.boolean(),
      atoms: fc.array(fc.record({ at: fc.tuple(unit, unit, unit), symbol: fc.constantFrom(...symbols) }), {
        minLength: 1,
        maxLength: 9,
      }),
      periodic: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()) as fc.Arbitrary<Periodic>,
      open: fc.nat(3).map((k) => k === 0),
    })
    .map(({ sides, bend, mirrored, atoms, periodic, open }) => {
      const cell = bend.map((x, k) => (k % 4 === 0 ? sides[k / 4] : 0.4 * x * sides[Math.floor(k / 3)]));
      if (mirrored) for (let x = 0; x < 3; x++) cell[x] = -cell[x];
      const fractions = atoms.flatMap((a) => a.at.map((x) => 1.5 * x + 0.5));
      const positions = transformRows(fractions, cell, new Float64Array(fractions.length));
      const named = atoms.map((a) => a.symbol);
      return open ? structureFrom(named, positions) : structureFrom(named, positions, cell, periodic);
    })
    .filter((s) => Math.min(...heights(completeCell(s.cell))) > 0.8 && shortest(s) > apart);
}

/** Å, between atoms and images up to two cells away. */
function shortest({ positions: r, cell, periodic }: Structure): number {
  let least = Infinity;
  const n = r.length / 3;
  const range = (a: number) => (periodic[a] ? [-4, -3, -2, -1, 0, 1, 2, 3, 4] : [0]);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      for (const a of range(0))
        for (const b of range(1))
          for (const c of range(2)) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const d = [0, 1, 2].map(
              (x) => r[3 * j + x] - r[3 * i + x] + a * cell[x] + b * cell[3 + x] + c * cell[6 + x],
            );
            least = Math.min(least, Math.hypot(...d));
          }
  return least;
}
