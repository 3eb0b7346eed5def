/** One point of a trace. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A trace thinned to about `limit` points that keeps the least and the largest of every stretch, so that no spike is
 * lost. Points that are not finite are left out.
 */
export function thinTrace(x: readonly number[], y: readonly number[], limit = 1200): Point[] {
  const finite: Point[] = [];
  x.forEach((value, k) => {
    if (Number.isFinite(value) && Number.isFinite(y[k])) finite.push({ x: value, y: y[k] });
  });
  if (finite.length <= limit) return finite;
  const stretch = Math.ceil((2 * finite.length) / limit);
  const kept: Point[] = [];
  for (let from = 0; from < finite.length; from += stretch) {
    const points = finite.slice(from, from + stretch);
    const low = points.reduce((a, b) => (b.y < a.y ? b : a));
    const high = points.reduce((a, b) => (b.y > a.y ? b : a));
    kept.push(...(low.x < high.x ? [low, high] : low === high ? [low] : [high, low]));
  }
  return kept;
}

/** Indices 0 … n−1 thinned evenly to at most `limit`. */
export function thinIndices(n: number, limit: number): number[] {
  const count = Math.min(n, limit);
  return Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * n) / count));
}

/** How many of the values are infinite: grades of atoms that could not be graded. NaN is a sample without one. */
export function countInfinite(values: readonly number[]): number {
  return values.filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY).length;
}
