/**
 * k-means: centres that each are the mean of the rows nearest to them. Seeded by k-means++ (Arthur and Vassilvitskii, SODA 2007, 1027) on a
 * sample, settled there, then on all rows (Lloyd, IEEE Trans. Inf. Theory 28, 129 (1982)).
 * Memory: the sample, one block, two rows a cluster and 4 bytes a row; one pass over all rows a round.
 */
import { STREAM, uniforms } from '../core/philox.ts';
import { eachRow, type Progress, type Rows, rowsOf, squaredDistance, thinned } from './rows.ts';

export interface KMeansOptions {
  /** At most; fewer where there are not so many different rows. */
  readonly clusters: number;
  readonly seed: number;
  /** Passes over all rows at most. */
  readonly rounds?: number;
}

export interface KMeans {
  /** Row-major [clusters × width]. */
  readonly centres: Float64Array;
  /** Cluster of each row, [count]. */
  readonly cluster: Int32Array;
  /** Rows of each cluster. */
  readonly sizes: readonly number[];
  /** Mean squared distance of a row from its centre. */
  readonly spread: number;
}

/** Rows the seeding looks at. */
const SAMPLE = 4096;
/** Rounds on the sample. */
const SETTLING = 50;
/** Settled when no more than this share of the rows changes its cluster. */
const STILL = 1e-3;

/** The same rows, options and seed give bitwise the same clusters. */
export function kMeans(rows: Rows, options: KMeansOptions, progress?: Progress): KMeans {
  const { rounds = 10 } = options;
  const sample = rowsOf(thinned(rows, SAMPLE), rows.width);
  const seeds = plusPlus(sample, options);
  if (sample.count === rows.count) return settled(rows, seeds, SETTLING, 0, progress);
  return settled(rows, settled(sample, seeds, SETTLING, 0).centres, rounds, STILL, progress);
}

/** Each seed is drawn with a chance that grows with its squared distance from those before. */
function plusPlus(rows: Rows, { clusters, seed }: KMeansOptions): Float64Array {
  const { count, width } = rows;
  const four = new Float64Array(4);
  const nearest = new Float64Array(count).fill(1);
  const seeds: number[] = [];
  const data = rows.read(0, count);
  while (seeds.length < clusters) {
    const total = nearest.reduce((sum, d) => sum + d, 0);
    if (!(total > 0)) break;
    let left = uniforms(seed, STREAM.select, 0, seeds.length, four)[0] * total;
    let next = 0;
    for (let k = 0; k < count; k++) {
      if (nearest[k] === 0) continue;
      next = k;
      left -= nearest[k];
      if (left < 0) break;
    }
    const first = seeds.length === 0;
    seeds.push(next);
    for (let k = 0; k < count; k++) {
      const d = squaredDistance(data, k * width, data, next * width, width);
      if (first || d < nearest[k]) nearest[k] = d;
    }
  }
  const centres = new Float64Array(seeds.length * width);
  seeds.forEach((row, k) => {
    centres.set(data.subarray(row * width, (row + 1) * width), k * width);
  });
  return centres;
}

/** Lloyd's rounds until at most a share `still` of the rows changes its cluster. */
function settled(
  rows: Rows,
  seeds: Float64Array,
  rounds: number,
  still: number,
  progress?: Progress,
): KMeans {
  const { count, width } = rows;
  const centres = seeds.slice();
  const clusters = centres.length / width;
  const cluster = new Int32Array(count).fill(-1);
  const sums = new Float64Array(centres.length);
  const sizes = new Array<number>(clusters).fill(0);
  let spread = 0;
  for (let round = 0; round < rounds; round++) {
    sums.fill(0);
    sizes.fill(0);
    spread = 0;
    let changed = 0;
    eachRow(
      rows,
      (data, at, row) => {
        const { k, distance } = nearestCentre(data, at, centres, width, Math.max(0, cluster[row]));
        if (k !== cluster[row]) changed++;
        cluster[row] = k;
        sizes[k]++;
        spread += distance / count;
        for (let v = 0; v < width; v++) sums[k * width + v] += data[at + v];
      },
      progress && ((share) => progress((round + share) / rounds)),
    );
    if (changed <= still * count) break;
    for (let k = 0; k < clusters; k++)
      if (sizes[k] > 0)
        for (let v = 0; v < width; v++) centres[k * width + v] = sums[k * width + v] / sizes[k];
  }
  progress?.(1);
  return { centres, cluster, sizes, spread };
}

/** The centre nearest to the row at `at`, the first of several, and its squared distance; `guess` is looked at first. */
export function nearestCentre(
  data: Float64Array,
  at: number,
  centres: Float64Array,
  width: number,
  guess = 0,
): { readonly k: number; readonly distance: number } {
  let best = guess;
  let least = squaredDistance(data, at, centres, guess * width, width);
  for (let k = 0; k * width < centres.length; k++) {
    if (k === guess) continue;
    const d = squaredDistance(data, at, centres, k * width, width, least);
    if (d < least || (d === least && k < best)) [least, best] = [d, k];
  }
  return { k: best, distance: least };
}
