/**
 * Isotonic regression by pooling adjacent violators (Barlow, Bartholomew, Bremner, Brunk, Statistical Inference under Order
 * Restrictions, Wiley 1972), on shares of equally many points so that no single one makes a step.
 */

/** A curve through points of ascending x and y. */
export interface Monotone {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Most shares, and points that make one at least. */
const SHARES = { most: 20, least: 8 };

/** y as a rising function of x; of equally long lists, not empty, of finite numbers. */
export function isotonic(x: ArrayLike<number>, y: ArrayLike<number>): Monotone {
  const order = Array.from({ length: x.length }, (_, k) => k).sort((p, q) => x[p] - x[q] || y[p] - y[q]);
  const shares = Math.max(1, Math.min(SHARES.most, Math.floor(order.length / SHARES.least)));
  const pools: { x: number; y: number; count: number }[] = [];
  for (let k = 0; k < shares; k++) {
    const share = order.slice(
      Math.floor((k * order.length) / shares),
      Math.floor(((k + 1) * order.length) / shares),
    );
    let pool = {
      x: share.reduce((sum, p) => sum + x[p], 0) / share.length,
      y: share.reduce((sum, p) => sum + y[p], 0) / share.length,
      count: share.length,
    };
    // Equal x may have one y only.
    for (let last = pools.at(-1); last && (last.y >= pool.y || last.x >= pool.x); last = pools.at(-1)) {
      const count = last.count + pool.count;
      pool = {
        x: (last.x * last.count + pool.x * pool.count) / count,
        y: (last.y * last.count + pool.y * pool.count) / count,
        count,
      };
      pools.pop();
    }
    pools.push(pool);
  }
  return { x: pools.map((p) => p.x), y: pools.map((p) => p.y) };
}

/** Straight between points, level before the first, and beyond the last in proportion to x: nothing is known there but that it gets worse. */
export function valueAt({ x, y }: Monotone, at: number): number {
  const last = x.length - 1;
  if (at >= x[last]) return y[last] * (at === x[last] || x[last] <= 0 ? 1 : at / x[last]);
  if (at <= x[0]) return y[0];
  const k = x.findIndex((knot) => knot > at) - 1;
  return y[k] + ((y[k + 1] - y[k]) * (at - x[k])) / (x[k + 1] - x[k]);
}

/** The largest x at which the curve is no higher than `value`: 0 where it never is, Infinity where it always is. */
export function reachOf({ x, y }: Monotone, value: number): number {
  const last = x.length - 1;
  if (value < y[0]) return 0;
  if (value >= y[last])
    return y[last] > 0 && x[last] > 0 ? (x[last] * value) / y[last] : Number.POSITIVE_INFINITY;
  const k = y.findIndex((knot) => knot > value) - 1;
  return x[k] + ((x[k + 1] - x[k]) * (value - y[k])) / (y[k + 1] - y[k]);
}
