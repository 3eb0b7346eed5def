import { inverse3, multiply3, signedVolume, transformRows } from './cell.ts';
import { UserError } from './errors.ts';
import { atomCount, type Structure, subset } from './structure.ts';

/** Three lattice vectors in units of a cell's own, one a row. */
export type Directions = readonly (readonly [number, number, number])[];

/** Fractions this close to the cell's far side belong to the next cell. */
const EDGE = 1e-6;

/**
 * The cell whose sides are the given lattice vectors, turned so that they lie along x, y and z. Throws a UserError where they are not
 * at right angles or not right-handed.
 */
export function oriented(unit: Structure, directions: Directions): Structure {
  const rows = multiply3(directions.flat(), unit.cell);
  const sides = [0, 1, 2].map((k) => rows.subarray(3 * k, 3 * k + 3));
  const lengths = sides.map((v) => Math.hypot(v[0], v[1], v[2]));
  requireRightAngles(directions, sides, lengths);
  const inverse = inverse3(rows);
  // Whole cells between the corners of the new one.
  const reach = [0, 1, 2].map((x) => directions.reduce((sum, d) => sum + Math.abs(d[x]), 0));
  const found: { readonly atom: number; readonly fractions: Float64Array }[] = [];
  for (let a = -reach[0]; a <= reach[0]; a++)
    for (let b = -reach[1]; b <= reach[1]; b++)
      for (let c = -reach[2]; c <= reach[2]; c++)
        for (let atom = 0; atom < atomCount(unit); atom++) {
          const r = [0, 1, 2].map(
            (x) =>
              unit.positions[3 * atom + x] + a * unit.cell[x] + b * unit.cell[3 + x] + c * unit.cell[6 + x],
          );
          const fractions = transformRows(r, inverse, new Float64Array(3));
          if (fractions.every((f) => f > -EDGE && f < 1 - EDGE)) found.push({ atom, fractions });
        }
  const positions = Float64Array.from(
    found.flatMap(({ fractions }) => [0, 1, 2].map((x) => fractions[x] * lengths[x])),
  );
  const cell = Float64Array.of(lengths[0], 0, 0, 0, lengths[1], 0, 0, 0, lengths[2]);
  return {
    ...subset(
      unit,
      found.map(({ atom }) => atom),
    ),
    positions,
    cell,
  };
}

function requireRightAngles(
  directions: Directions,
  sides: readonly Float64Array[],
  lengths: readonly number[],
): void {
  const cosine = (k: number, l: number) =>
    sides[k].reduce((sum, x, i) => sum + x * sides[l][i], 0) / (lengths[k] * lengths[l]);
  const shown = directions.map((d) => `[${d.join(' ')}]`).join(', ');
  if (![cosine(0, 1), cosine(1, 2), cosine(0, 2)].every((c) => Math.abs(c) < 1e-9))
    throw new UserError(
      `structure orientation: got ${shown}, must be at right angles to each other; for other cells name a file`,
    );
  if (signedVolume(sides.flatMap((s) => [...s])) <= 0)
    throw new UserError(`structure orientation: got ${shown}, must be right-handed; turn one of them round`);
}
