/**
 * Environments divided into clusters, k-means on the principal axes of their standardised functions. One with fewer independent rows than all
 * environments together, K where those span everything, cannot fill an active set; it is merged into the nearest. arXiv 2508.03405.
 */
import { kMeans } from '../cluster/kMeans.ts';
import { type PrincipalAxes, place, principalAxes } from '../cluster/principalAxes.ts';
import { pickedRows, type Rows, rowsOf, squaredDistance } from '../cluster/rows.ts';
import type { ActiveSetBuilder } from './activeSetBuilder.ts';

export interface Division {
  readonly axes: PrincipalAxes;
  /** Row-major [clusters × dimensions]. */
  readonly centres: Float64Array;
  /** Rows of each cluster, rising. */
  readonly groups: readonly (readonly number[])[];
}

interface Group {
  readonly centre: Float64Array;
  readonly rows: readonly number[];
  readonly independent: number;
}

/** Principal axes that distances are measured along. */
const DIMENSIONS = 12;
/** Rows offered at a time. */
const BATCH = 512;

/** `counter`: any active set of rows of this width, which tells how many of them are independent. */
export function divide(rows: Rows, clusters: number, seed: number, counter: ActiveSetBuilder): Division {
  const axes = principalAxes(rows, DIMENSIONS);
  const placed = placedRows(rows, axes);
  const groupOf = (members: readonly number[]): Group => {
    refill(counter, rows, members);
    return { centre: middle(placed, members), rows: members, independent: counter.chosen.length };
  };
  const everything = groupOf(Array.from({ length: rows.count }, (_, row) => row));
  const { cluster, sizes } = kMeans(placed, { clusters, seed });
  let groups =
    sizes.length < 2
      ? [everything]
      : sizes.map((_, k) => groupOf(everything.rows.filter((row) => cluster[row] === k)));
  for (;;) {
    const least = groups.reduce((a, b) => (b.independent < a.independent ? b : a));
    if (groups.length === 1 || least.independent >= everything.independent) break;
    const into = nearestTo(least, groups);
    const joint = groupOf([...into.rows, ...least.rows].sort((a, b) => a - b));
    groups = groups.flatMap((g) => (g === into ? [joint] : g === least ? [] : [g]));
  }
  const centres = new Float64Array(groups.length * axes.dimensions);
  groups.forEach(({ centre }, k) => {
    centres.set(centre, k * axes.dimensions);
  });
  return { axes, centres, groups: groups.map((g) => g.rows) };
}

function nearestTo(group: Group, groups: readonly Group[]): Group {
  const far = ({ centre }: Group) => squaredDistance(centre, 0, group.centre, 0, centre.length);
  return groups.filter((g) => g !== group).reduce((a, b) => (far(b) < far(a) ? b : a));
}

/** Makes a set's environments those of `which`, in this order. */
export function refill(set: ActiveSetBuilder, rows: Rows, which: readonly number[]): void {
  set.forget();
  for (let from = 0; from < which.length; from += BATCH) {
    const batch = which.slice(from, from + BATCH);
    set.offer(pickedRows(rows, batch), batch.length);
  }
}

function placedRows(rows: Rows, axes: PrincipalAxes): Rows {
  const out = new Float64Array(rows.count * axes.dimensions);
  for (let row = 0; row < rows.count; row++)
    place(axes, rows.read(row, row + 1), 0, out.subarray(row * axes.dimensions));
  return rowsOf(out, axes.dimensions);
}

function middle(placed: Rows, which: readonly number[]): Float64Array {
  const sum = new Float64Array(placed.width);
  for (const row of which)
    placed.read(row, row + 1).forEach((x, p) => {
      sum[p] += x / which.length;
    });
  return sum;
}
