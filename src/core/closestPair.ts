import { buildNeighbours } from './neighbours.ts';
import { atomCount, type Structure } from './structure.ts';

/** Å, the distance of the closest pair, images included; undefined where no two atoms are within 20 Å. */
export function closestPair(s: Structure): number | undefined {
  for (let reach = 2; reach < 20; reach *= 1.5) {
    const { offsets, indices, shifts } = buildNeighbours(s, reach);
    if (indices.length === 0) continue;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < atomCount(s); i++)
      for (let p = offsets[i]; p < offsets[i + 1]; p++) {
        const d = [0, 1, 2].map(
          (x) =>
            s.positions[3 * indices[p] + x] -
            s.positions[3 * i + x] +
            shifts[3 * p] * s.cell[x] +
            shifts[3 * p + 1] * s.cell[3 + x] +
            shifts[3 * p + 2] * s.cell[6 + x],
        );
        least = Math.min(least, Math.hypot(...d));
      }
    return least;
  }
  return undefined;
}
