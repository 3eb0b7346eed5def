/**
 * Farthest-point sampling: each choice is the row farthest from all that are chosen or known, which is within a factor of two of the
 * best cover of the rows by as many balls. Gonzalez, Theor. Comput. Sci. 38, 293 (1985).
 * Memory: one block and 8 bytes a row; one pass a choice.
 */
import { eachRow, type Progress, pickedRows, type Rows, squaredDistance } from './rows.ts';

export interface FarthestPoints {
  /** Rows in the order of choice; fewer than asked for where no two that are left differ. */
  readonly chosen: readonly number[];
  /** How far each was from all before it; falls. Infinity for the first where nothing is known. */
  readonly distances: readonly number[];
}

/** `known`: rows that count as chosen already, row-major; without any, the row nearest to the mean comes first. */
export function farthestPoint(
  rows: Rows,
  count: number,
  known: Float64Array = new Float64Array(0),
  progress?: Progress,
): FarthestPoints {
  const { width } = rows;
  const nearest = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  const chosen: number[] = [];
  const distances: number[] = [];
  const approach = (points: Float64Array) =>
    eachRow(rows, (data, at, row) => {
      for (let p = 0; p < points.length; p += width) {
        const d = squaredDistance(data, at, points, p, width, nearest[row]);
        if (d < nearest[row]) nearest[row] = d;
      }
    });
  if (known.length > 0) approach(known);
  const most = Math.min(count, rows.count);
  while (chosen.length < most) {
    const next = chosen.length === 0 && known.length === 0 ? central(rows) : largest(nearest);
    if (nearest[next] === 0) break;
    chosen.push(next);
    distances.push(Math.sqrt(nearest[next]));
    progress?.(chosen.length / most);
    if (chosen.length < most) approach(pickedRows(rows, [next]));
  }
  return { chosen, distances };
}

/** The row nearest to the mean. */
function central(rows: Rows): number {
  const { width } = rows;
  const mean = new Float64Array(width);
  eachRow(rows, (data, at) => {
    for (let v = 0; v < width; v++) mean[v] += data[at + v] / rows.count;
  });
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  eachRow(rows, (data, at, row) => {
    const d = squaredDistance(data, at, mean, 0, width, least);
    if (d < least) [least, best] = [d, row];
  });
  return best;
}

function largest(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[best]) best = k;
  return best;
}
