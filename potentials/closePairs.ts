import type { NeighbourList } from '../src/core/neighbours.ts';
import { atomCount, type Structure } from '../src/core/structure.ts';

/** Pairs within a cutoff with their geometry, in rows by first atom. Arrays may be longer than `count`. */
export interface ClosePairs {
  count: number;
  /** Pairs of atom i: `start[i] … start[i+1]−1`, [n+1]. */
  start: Int32Array;
  /** The other atom. */
  j: Int32Array;
  /** Å: position of image j minus position of i, [3·count]. */
  d: Float64Array;
  /** Å. */
  r: Float64Array;
}

/** `full`: every pair stands in both atoms' rows. `half`: in one of them. */
export type Rows = 'full' | 'half';

/** Returns a function that keeps of a neighbour list what is within `cutoff` (Å), in buffers used again at each call. */
export function closePairs(cutoff: number, rows: Rows): (s: Structure, nl: NeighbourList) => ClosePairs {
  const pairs: ClosePairs = {
    count: 0,
    start: new Int32Array(0),
    j: new Int32Array(0),
    d: new Float64Array(0),
    r: new Float64Array(0),
  };
  return (s, nl) => {
    reserve(pairs, atomCount(s), rows === 'half' ? nl.indices.length / 2 : nl.indices.length);
    collect(s, nl, cutoff * cutoff, rows === 'half', pairs);
    return pairs;
  };
}

function reserve(pairs: ClosePairs, atoms: number, most: number): void {
  if (pairs.start.length !== atoms + 1) pairs.start = new Int32Array(atoms + 1);
  if (pairs.j.length >= most) return;
  const room = Math.ceil(1.2 * most);
  pairs.j = new Int32Array(room);
  pairs.d = new Float64Array(3 * room);
  pairs.r = new Float64Array(room);
}

function collect(s: Structure, nl: NeighbourList, limit: number, half: boolean, pairs: ClosePairs): void {
  const { positions: x, cell: h } = s;
  const { offsets, indices, shifts } = nl;
  const { start, j: other, d, r } = pairs;
  let k = 0;
  for (let i = 0; i < atomCount(s); i++) {
    start[i] = k;
    for (let p = offsets[i]; p < offsets[i + 1]; p++) {
      const j = indices[p];
      const a = shifts[3 * p];
      const b = shifts[3 * p + 1];
      const c = shifts[3 * p + 2];
      // Of an atom and its own images, the half in the upper half-space.
      if (half && (j < i || (j === i && (c < 0 || (c === 0 && (b < 0 || (b === 0 && a < 0))))))) continue;
      const dx = x[3 * j] - x[3 * i] + a * h[0] + b * h[3] + c * h[6];
      const dy = x[3 * j + 1] - x[3 * i + 1] + a * h[1] + b * h[4] + c * h[7];
      const dz = x[3 * j + 2] - x[3 * i + 2] + a * h[2] + b * h[5] + c * h[8];
      const r2 = dx * dx + dy * dy + dz * dz;
      if (!(r2 < limit)) continue;
      other[k] = j;
      d[3 * k] = dx;
      d[3 * k + 1] = dy;
      d[3 * k + 2] = dz;
      r[k] = Math.sqrt(r2);
      k++;
    }
  }
  start[atomCount(s)] = k;
  pairs.count = k;
}
