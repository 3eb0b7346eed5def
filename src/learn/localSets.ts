import { nearestCentre } from '../cluster/kMeans.ts';
import { type PrincipalAxes, place } from '../cluster/principalAxes.ts';
import { pickedRows, rowsOf } from '../cluster/rows.ts';
import { STREAM, uniforms } from '../core/philox.ts';
import { type ActiveSetOptions, activeSetBuilder } from './activeSetBuilder.ts';
import type { Algebra } from './algebra.ts';
import { type Division, divide, refill } from './divide.ts';
import { plainAlgebra } from './plainAlgebra.ts';

/** One cluster's environments as its active sets see them. */
export interface LocalSet {
  /** Environments of the cluster so far. */
  readonly environments: number;
  /** Â⁻¹ of each time MaxVol chose, row-major [K × K]; a grade is the mean over them. */
  readonly inverses: readonly Float64Array[];
}

/** The local active sets of one element. */
export interface LocalSets {
  readonly element: string;
  /** Functions of the element, K. */
  readonly size: number;
  readonly axes: PrincipalAxes;
  /** Centres of the clusters on the axes, row-major [sets × dimensions]. */
  readonly centres: Float64Array;
  /** At least one. */
  readonly sets: readonly LocalSet[];
}

export interface LocalSetsOptions extends ActiveSetOptions {
  /** Clusters before small ones are merged. */
  readonly clusters: number;
  /** Times MaxVol chooses from each cluster, every time in another order. */
  readonly restarts: number;
  readonly seed: number;
}

export interface LocalSetsBuilder {
  /** Offers environments, row-major [count × K], all finite. */
  offer(rows: Float64Array, count: number): void;
  /** A copy of the sets as they are now. */
  snapshot(): LocalSets;
}

/** Environments held, bytes: beyond, the clusters stand and further environments go to the nearest. */
export const HELD_BYTES = 64 * 2 ** 20;
/** The environments are divided anew when they have grown by this factor, so that the work stays in proportion to their number. */
const GROWN = 1.5;
/** What is left of a row beside others, in units of the largest magnitudes, for it to be independent of them. */
const INDEPENDENT = 1e-8;

/**
 * Takes 3 K² doubles a cluster and time of choosing, 3 K² more, and `HELD_BYTES`, whatever the number of environments. The same sequence of calls
 * gives bitwise the same sets.
 */
export function localSetsBuilder(
  element: string,
  K: number,
  { clusters, restarts, seed, ...options }: LocalSetsOptions,
  algebra: Algebra = plainAlgebra,
): LocalSetsBuilder {
  const builders = Array.from({ length: restarts }, () =>
    Array.from({ length: clusters }, () => activeSetBuilder(element, K, options, algebra)),
  );
  const counter = activeSetBuilder(element, K, { ...options, unseen: INDEPENDENT }, algebra);
  const most = Math.max(1, Math.floor(HELD_BYTES / (8 * K)));
  let held = new Float64Array(0);
  let count = 0;
  let standing = clusters === 1;
  /** Of the environments held, those that the sets have met. */
  let met = 0;
  let division = divideHeld();
  let divided = 0;

  function divideHeld(): Division {
    const rows = rowsOf(held.subarray(0, count * K), K);
    const found = divide(rows, clusters, seed, counter);
    builders.forEach((sets, time) => {
      found.groups.forEach((group, k) => {
        refill(sets[k], rows, time === 0 ? group : shuffled(group, seed, time));
      });
    });
    return found;
  }

  /** Every environment to the nearest cluster. */
  function spread(rows: Float64Array, n: number): void {
    const { axes, centres } = division;
    const z = new Float64Array(axes.dimensions);
    const groups: number[][] = Array.from({ length: centres.length / z.length }, () => []);
    for (let row = 0; row < n; row++)
      groups[nearestCentre(place(axes, rows, row * K, z), 0, centres, z.length).k].push(row);
    groups.forEach((group, k) => {
      const own = pickedRows(rowsOf(rows, K), group);
      if (group.length > 0) for (const sets of builders) sets[k].offer(own, group.length);
    });
  }

  function catchUp(): void {
    if (standing || met === count) return;
    if (count >= GROWN * divided) {
      division = divideHeld();
      divided = count;
    } else spread(held.subarray(met * K, count * K), count - met);
    met = count;
  }

  function hold(rows: Float64Array, n: number): void {
    if ((count + n) * K > held.length) {
      const grown = new Float64Array(Math.min(most, Math.max(2 * (count + n), 64)) * K);
      grown.set(held.subarray(0, count * K));
      held = grown;
    }
    held.set(rows.subarray(0, n * K), count * K);
    count += n;
  }

  return {
    offer(rows, n) {
      const room = standing ? 0 : Math.min(n, most - count);
      if (room > 0) hold(rows, room);
      if (room === n) return;
      if (!standing) {
        catchUp();
        held = new Float64Array(0);
        standing = true;
      }
      spread(rows.subarray(room * K), n - room);
    },
    snapshot() {
      catchUp();
      const { axes, centres } = division;
      return {
        element,
        size: K,
        axes,
        centres,
        sets: Array.from({ length: centres.length / axes.dimensions }, (_, k) => ({
          environments: builders[0][k].environments,
          inverses: builders.map((sets) => sets[k].snapshot().inverse),
        })),
      };
    },
  };
}

/** Those of all elements; undefined where none are asked for. */
export function localBuilders(
  elements: readonly string[],
  sizes: readonly number[],
  { clusters, ...options }: Omit<LocalSetsOptions, 'clusters'> & { readonly clusters?: number | undefined },
  algebra?: Algebra,
): LocalSetsBuilder[] | undefined {
  if (clusters === undefined) return undefined;
  return elements.map((element, k) => localSetsBuilder(element, sizes[k], { ...options, clusters }, algebra));
}

/** In an order of its own for every time. */
function shuffled(group: readonly number[], seed: number, time: number): number[] {
  const four = new Float64Array(4);
  const key = group.map((row) => uniforms(seed, STREAM.select, 2 + time, row, four)[0]);
  return group
    .map((_, k) => k)
    .sort((a, b) => key[a] - key[b] || a - b)
    .map((k) => group[k]);
}
