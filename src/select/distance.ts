/** Distances between feature vectors. */

export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let v = 0; v < a.length; v++) sum += (a[v] - b[v]) ** 2;
  return Math.sqrt(sum);
}

/** Of every row the distance to the nearest of `others`; Infinity where there is none. */
export function nearestDistances(
  rows: readonly Float64Array[],
  others: readonly Float64Array[],
): Float64Array {
  const out = new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY);
  for (const other of others) approach(out, rows, other);
  return out;
}

/** What the distances become when `other` joins. */
export function approach(distances: Float64Array, rows: readonly Float64Array[], other: Float64Array): void {
  for (let k = 0; k < rows.length; k++) distances[k] = Math.min(distances[k], distance(rows[k], other));
}

/** Of the rows without a distance to anything, the one farthest from the middle counts as farthest. */
export function outermost(rows: readonly Float64Array[]): number {
  const middle = new Float64Array(rows[0].length);
  for (const row of rows) for (let v = 0; v < row.length; v++) middle[v] += row[v] / rows.length;
  return rows.reduce((best, row, k) => (distance(row, middle) > distance(rows[best], middle) ? k : best), 0);
}
