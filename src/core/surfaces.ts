import { heights, inverse3, transformRows } from './cell.ts';
import { UserError } from './errors.ts';
import { atomCount, type Structure, structureFrom, supercell, symbolsOf } from './structure.ts';

export type Plane = '100' | '110' | '111';

/** Two directions in the plane and its normal, right-handed and orthogonal, in units of the cubic cell. */
const DIRECTIONS: Record<Plane, readonly (readonly [number, number, number])[]> = {
  '100': [
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
  ],
  '110': [
    [-1, 1, 0],
    [0, 0, 1],
    [1, 1, 0],
  ],
  '111': [
    [1, -1, 0],
    [1, 1, -2],
    [1, 1, 1],
  ],
};

/** Fractional coordinates closer than this are the same site. */
const SAME = 1e-6;

/**
 * A slab of a cubic crystal with its normal along z, open there. `repeats` counts cells in the plane and atomic
 * layers along the normal; `vacuum` (Å) is the room in the cell above the slab.
 * The first layer follows the widest gap between planes, so that bilayers are not split at the bottom.
 */
export function slab(
  unit: Structure,
  plane: Plane,
  repeats: readonly [number, number, number],
  vacuum: number,
): Structure {
  const [a, b, c] = heights(unit.cell);
  if (Math.max(Math.abs(a - b), Math.abs(b - c), Math.abs(unit.cell[1])) > 1e-9)
    throw new UserError(
      'structure surface: the crystal is not cubic; leave out surface or build the slab in a file',
    );
  const oriented = orient(unit, plane);
  const layers = atomicLayers(oriented);
  const periods = Math.ceil(repeats[2] / layers.length) + 1;
  const thick = supercell(oriented, [repeats[0], repeats[1], periods]);
  return cutLayers(thick, oriented.cell[8], layers, repeats[2], vacuum);
}

/** The same crystal in an orthogonal cell whose third vector is normal to `plane`, rows along x, y, z. */
function orient(unit: Structure, plane: Plane): Structure {
  const a = unit.cell[0];
  const rows = DIRECTIONS[plane].map((d) => shortestPeriod(unit, d));
  const lengths = rows.map((row) => a * Math.hypot(...row));
  const inverse = inverse3(rows.flat());
  const symbols: string[] = [];
  const fractions: number[] = [];
  const reach = 3;
  for (let i = 0; i < atomCount(unit); i++)
    for (let p = -reach; p <= reach; p++)
      for (let q = -reach; q <= reach; q++)
        for (let r = -reach; r <= reach; r++) {
          const at = [p, q, r].map((shift, x) => unit.positions[3 * i + x] / a + shift);
          const f = transformRows(at, inverse, new Float64Array(3));
          if (f.some((x) => x < -SAME || x >= 1 - SAME)) continue;
          symbols.push(unit.elements[unit.species[i]]);
          fractions.push(...f);
        }
  return structureFrom(
    symbols,
    fractions.map((f, k) => f * lengths[k % 3]),
    [lengths[0], 0, 0, 0, lengths[1], 0, 0, 0, lengths[2]],
  );
}

/** The shortest lattice translation along `direction`: half of it where the lattice is centred that way. */
function shortestPeriod(unit: Structure, direction: readonly number[]): number[] {
  const half = direction.map((x) => x / 2);
  const sites = Array.from({ length: atomCount(unit) }, (_, i) =>
    [0, 1, 2].map((x) => unit.positions[3 * i + x] / unit.cell[0]),
  );
  const isSame = (p: readonly number[], q: readonly number[]) =>
    p.every((x, k) => Math.abs(x - q[k] - Math.round(x - q[k])) < SAME);
  const symbols = symbolsOf(unit);
  const isPeriod = sites.every((site, i) =>
    sites.some(
      (other, j) =>
        symbols[i] === symbols[j] &&
        isSame(
          site.map((x, k) => x + half[k]),
          other,
        ),
    ),
  );
  return isPeriod ? half : [...direction];
}

/** Heights z of the atomic planes of one period, Å, beginning after the widest gap. */
function atomicLayers(oriented: Structure): number[] {
  const planes: number[] = [];
  const z = Array.from({ length: atomCount(oriented) }, (_, i) => oriented.positions[3 * i + 2]).sort(
    (p, q) => p - q,
  );
  for (const height of z) if (planes.length === 0 || height - planes.at(-1)! > 1e-3) planes.push(height);
  const period = oriented.cell[8];
  const gap = planes.map((height, k) => height - (k > 0 ? planes[k - 1] : planes.at(-1)! - period));
  const first = gap.findIndex((g) => g > Math.max(...gap) - 1e-3);
  return planes.map(
    (_, k) => planes[(first + k) % planes.length] + (first + k >= planes.length ? period : 0),
  );
}

/** Keeps `count` layers from the first one up and puts the lowest at half the vacuum. */
function cutLayers(
  thick: Structure,
  period: number,
  layers: readonly number[],
  count: number,
  vacuum: number,
): Structure {
  const height = (k: number) => layers[k % layers.length] + period * Math.floor(k / layers.length);
  const [bottom, top] = [height(0), height(count - 1)];
  const symbols: string[] = [];
  const positions: number[] = [];
  for (let i = 0; i < atomCount(thick); i++) {
    const z = thick.positions[3 * i + 2];
    if (z < bottom - 1e-3 || z > top + 1e-3) continue;
    symbols.push(thick.elements[thick.species[i]]);
    positions.push(thick.positions[3 * i], thick.positions[3 * i + 1], z - bottom + vacuum / 2);
  }
  const cell = thick.cell.slice();
  cell[8] = top - bottom + vacuum;
  return structureFrom(symbols, positions, cell, [true, true, false]);
}
