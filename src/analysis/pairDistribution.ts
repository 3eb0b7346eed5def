import { volume } from '../core/cell.ts';
import { samplePairs } from '../core/neighbours.ts';
import { atomCount, type Structure } from '../core/structure.ts';

export interface PairDistribution {
  /** Å, width of a bin. */
  readonly width: number;
  /** Pairs found at each distance over those of an ideal gas of the same density. */
  readonly g: readonly number[];
  /** 1/Å³, mean number of atoms by volume. */
  readonly density: number;
}

/** g(r) over all pairs nearer than `reach` (Å), averaged over structures, each of them periodic in all directions. */
export function pairDistribution(
  structures: readonly Structure[],
  reach: number,
  bins: number,
): PairDistribution {
  const g = new Array<number>(bins).fill(0);
  const width = reach / bins;
  let density = 0;
  for (const s of structures) {
    const n = atomCount(s);
    const V = volume(s.cell);
    density += n / V / structures.length;
    const counts = new Array<number>(bins).fill(0);
    samplePairs(s, reach, 1, (_i, _j, r) => {
      const bin = Math.floor(r / width);
      if (bin < bins) counts[bin]++;
    });
    counts.forEach((count, k) => {
      g[k] += (count * V) / (n * n * shell(k, width) * structures.length);
    });
  }
  return { width, g, density };
}

/** Å³, of the k-th spherical shell. */
function shell(k: number, width: number): number {
  return (4 / 3) * Math.PI * width ** 3 * ((k + 1) ** 3 - k ** 3);
}

/** Where g first peaks (Å) and how high, and how many neighbours there are up to the minimum after it; undefined where it never rises. */
export function firstShell({ width, g, density }: PairDistribution) {
  const peak = g.findIndex(
    (x, k) => x > 1 && x === Math.max(...g.slice(Math.max(0, k - REGION), k + REGION + 1)),
  );
  if (peak < 0) return undefined;
  let end = peak;
  for (let k = peak; k < g.length; k++) {
    if (g[k] < g[end]) end = k;
    if (k - end > REGION) break;
  }
  const neighbours = g.slice(0, end).reduce((sum, x, k) => sum + x * density * shell(k, width), 0);
  return { distance: (peak + 0.5) * width, height: g[peak], neighbours };
}

/** Bins within which a peak or a minimum must be the only one. */
const REGION = 8;
