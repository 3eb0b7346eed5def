import { atomCount, type Structure } from '../core/structure.ts';
import { nearestNeighbours } from './nearest.ts';

/**
 * Σ |r_k + r_l|² over the N/2 pairs of N nearest neighbours that come closest to opposite each other: 0 where every neighbour has its
 * opposite. Kelchner, Plimpton, Hamilton, PRB 58, 11085 (1998); pairs chosen as LAMMPS' centro/atom does.
 * Å², [n]; NaN where an atom has fewer than `neighbours` (12 in fcc, 8 in bcc).
 */
export function centroSymmetry(s: Structure, neighbours = 12): Float64Array {
  const { vectors, indices } = nearestNeighbours(s, neighbours);
  const pairs = new Float64Array((neighbours * (neighbours - 1)) / 2);
  return Float64Array.from({ length: atomCount(s) }, (_, i) => {
    if (indices[(i + 1) * neighbours - 1] < 0) return Number.NaN;
    const v = vectors.subarray(3 * i * neighbours, 3 * (i + 1) * neighbours);
    let p = 0;
    for (let k = 0; k < neighbours; k++)
      for (let l = 0; l < k; l++)
        pairs[p++] =
          (v[3 * k] + v[3 * l]) ** 2 +
          (v[3 * k + 1] + v[3 * l + 1]) ** 2 +
          (v[3 * k + 2] + v[3 * l + 2]) ** 2;
    pairs.sort();
    let sum = 0;
    for (let k = 0; k < neighbours / 2; k++) sum += pairs[k];
    return sum;
  });
}
