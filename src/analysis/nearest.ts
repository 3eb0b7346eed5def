import { completeCell, heights, inverse3, signedVolume, transformRows } from '../core/cell.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import { atomCount, type Structure } from '../core/structure.ts';

/** The nearest neighbours of every atom, nearest first; those of atom i begin at entry i·count. */
export interface Nearest {
  readonly count: number;
  /** Å, [n × count]; ∞ where an atom has no more neighbours. */
  readonly distances: Float64Array;
  /** Å, from the atom to its neighbour, [3 × n × count]. */
  readonly vectors: Float64Array;
  /** [n × count]; −1 where there is none. */
  readonly indices: Int32Array;
}

/** Within this many times as many neighbours as are wanted, as the mean density has them, the wanted ones are found. */
const MARGIN = 2.7;

/** Å: how far an atom reaches into an open direction. */
const REACH = 3;

/** `count` neighbours of every atom, images included. Atoms of a gas may have theirs beyond what is looked at. */
export function nearestNeighbours(s: Structure, count: number): Nearest {
  const n = atomCount(s);
  const radius = Math.cbrt((MARGIN * count * 3 * occupiedVolume(s)) / (4 * Math.PI * n));
  const { offsets, indices, shifts } = buildNeighbours(s, radius);
  const found: Nearest = {
    count,
    distances: new Float64Array(n * count).fill(Number.POSITIVE_INFINITY),
    vectors: new Float64Array(3 * n * count),
    indices: new Int32Array(n * count).fill(-1),
  };
  const [r, c] = [s.positions, s.cell];
  const d = new Float64Array(3);
  for (let i = 0; i < n; i++)
    for (let p = offsets[i]; p < offsets[i + 1]; p++) {
      const j = indices[p];
      for (let x = 0; x < 3; x++)
        d[x] =
          r[3 * j + x] -
          r[3 * i + x] +
          shifts[3 * p] * c[x] +
          shifts[3 * p + 1] * c[3 + x] +
          shifts[3 * p + 2] * c[6 + x];
      insert(found, i, j, d);
    }
  return found;
}

function insert(
  { count, distances, vectors, indices }: Nearest,
  i: number,
  j: number,
  d: Float64Array,
): void {
  const length = Math.hypot(d[0], d[1], d[2]);
  const first = i * count;
  let at = first + count;
  while (at > first && distances[at - 1] > length) at--;
  if (at === first + count) return;
  distances.copyWithin(at + 1, at, first + count - 1);
  indices.copyWithin(at + 1, at, first + count - 1);
  vectors.copyWithin(3 * at + 3, 3 * at, 3 * (first + count - 1));
  distances[at] = length;
  indices[at] = j;
  vectors.set(d, 3 * at);
}

/** Å³: the cell, as far as atoms fill it in open directions. */
function occupiedVolume(s: Structure): number {
  const cell = completeCell(s.cell);
  const height = heights(cell);
  const fractions = transformRows(s.positions, inverse3(cell), new Float64Array(s.positions.length));
  let volume = Math.abs(signedVolume(cell));
  for (let x = 0; x < 3; x++) {
    if (s.periodic[x]) continue;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let k = x; k < fractions.length; k += 3) {
      low = Math.min(low, fractions[k]);
      high = Math.max(high, fractions[k]);
    }
    volume *= high - low + REACH / height[x];
  }
  return volume;
}
