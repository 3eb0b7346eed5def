/**
 * Pointwise-optimal parameter sets: what a model that cannot fit all rows would be if it had to fit one of them exactly.
 * With the posterior metric A = XᵀX + λΓ² = RᵀR and z = R⁻ᵀx, row (x, y) is met by the least correction u = r z/‖z‖² of Rc,
 * r = y − x·c̄. The members are drawn from the smallest box that holds all u, along their principal axes: it spreads by
 * misspecification, which does not vanish with the number of rows as the posterior does. Swinburne and Perez,
 * Mach. Learn.: Sci. Technol. 6, 015008 (2025), arXiv 2402.01810.
 */
import { STREAM, uniforms } from '../core/philox.ts';
import type { Algebra } from './algebra.ts';
import type { RowSketch } from './rowSketch.ts';
import { backSubstitute, type Factor } from './solve.ts';
import { orthonormalBasis } from './span.ts';

/** Rows of less leverage than this share of all are left out: what hardly depends on the coefficients would move them without bound. */
const LEVERAGE = 0.5;

/** Orthogonal iterations. The axes need not be exact: the box holds every correction along any. */
const ITERATIONS = 2;

/** Axes [K × K], row-major and orthonormal, in units of Rc, and how far the corrections reach along each. */
export interface PopsBox {
  readonly axes: Float64Array;
  /** [K]. */
  readonly low: Float64Array;
  /** [K]. */
  readonly high: Float64Array;
}

/** `mean` and its `factor` R minimise the rows and the prior. */
export function popsBox(
  sketch: RowSketch,
  mean: Float64Array,
  factor: Factor,
  algebra: Algebra,
  leverage = LEVERAGE,
): PopsBox {
  const K = mean.length;
  return algebra.lend((lender) => {
    const { values, count } = corrections(sketch, mean, factor, algebra, lender, leverage);
    const axes = lender(K * K);
    axes.set(principalAxes(values, count, K, algebra));
    const along = lender(count * K);
    algebra.multiply(
      count,
      K,
      K,
      1,
      { data: values, row: K, column: 1 },
      { data: axes, row: 1, column: K },
      along,
    );
    const low = new Float64Array(K);
    const high = new Float64Array(K);
    for (let k = 0; k < count * K; k++) {
      low[k % K] = Math.min(low[k % K], along[k]);
      high[k % K] = Math.max(high[k % K], along[k]);
    }
    return { axes: axes.slice(), low, high };
  });
}

/** One member, uniform in the box. */
export function popsMember(
  { axes, low, high }: PopsBox,
  mean: Float64Array,
  factor: Factor,
  seed: number,
  member: number,
): Float64Array {
  const K = mean.length;
  const u = new Float64Array(K);
  const four = new Float64Array(4);
  for (let k = 0; k < K; k++) {
    if (k % 4 === 0) uniforms(seed, STREAM.pops, member, k / 4, four);
    const at = low[k] + four[k % 4] * (high[k] - low[k]);
    for (let v = 0; v < K; v++) u[v] += at * axes[k * K + v];
  }
  return backSubstitute(factor, u).map((shift, v) => mean[v] + shift);
}

/** u of the rows of enough leverage, row-major [count × K]. */
function corrections(
  { values: rows, count: all }: RowSketch,
  mean: Float64Array,
  factor: Factor,
  algebra: Algebra,
  lender: (length: number) => Float64Array,
  leverage: number,
): { readonly values: Float64Array; readonly count: number } {
  const K = mean.length;
  const { width } = factor;
  const inverse = invertedTriangle(factor, lender(K * K));
  const z = lender(all * K);
  algebra.multiply(
    all,
    K,
    K,
    1,
    { data: rows, row: width, column: 1 },
    { data: inverse, row: K, column: 1 },
    z,
  );
  const h = Float64Array.from({ length: all }, (_, i) => squares(z, i * K, K));
  const least = h.slice().sort()[Math.floor(leverage * all)] ?? 0;
  let count = 0;
  for (let i = 0; i < all; i++) {
    if (!(h[i] >= least && h[i] > Number.MIN_VALUE)) continue;
    let r = rows[i * width + K];
    for (let v = 0; v < K; v++) r -= rows[i * width + v] * mean[v];
    for (let v = 0; v < K; v++) z[count * K + v] = (r / h[i]) * z[i * K + v];
    count++;
  }
  return { values: z, count };
}

/** Of the corrections about zero, by orthogonal iteration from the unit vectors; those without extent come last. */
function principalAxes(u: Float64Array, count: number, K: number, algebra: Algebra): Float64Array {
  const unit = (v: number) => Float64Array.from({ length: K }, (_, w) => Number(v === w));
  const rowsOf = (m: Float64Array) =>
    Array.from({ length: m.length / K }, (_, k) => m.slice(k * K, (k + 1) * K));
  return algebra.lend((lender) => {
    const gram = lender(K * K);
    const view = { data: u, row: K, column: 1 };
    algebra.multiply(K, K, count, 1, { data: u, row: 1, column: K }, view, gram);
    let axes = orthonormalBasis(byLength(rowsOf(gram)), K, algebra);
    for (let k = 1; k < ITERATIONS; k++)
      axes = algebra.lend((scratch) => {
        const [from, to] = [scratch(axes.length), scratch(axes.length)];
        from.set(axes);
        const [a, b] = [from, gram].map((data) => ({ data, row: K, column: 1 }));
        algebra.multiply(axes.length / K, K, K, 1, a, b, to);
        return orthonormalBasis(rowsOf(to), K, algebra);
      });
    if (axes.length === K * K) return axes;
    return orthonormalBasis([...rowsOf(axes), ...Array.from({ length: K }, (_, v) => unit(v))], K, algebra);
  });
}

function byLength(rows: Float64Array[]): Float64Array[] {
  const lengths = new Map(rows.map((row) => [row, squares(row, 0, row.length)]));
  return rows.sort((p, q) => lengths.get(q)! - lengths.get(p)!);
}

/** R⁻¹ of the leading triangle, row-major [K × K], into zeros. */
function invertedTriangle({ width, r }: Factor, out: Float64Array): Float64Array {
  const K = width - 1;
  for (let i = K - 1; i >= 0; i--) {
    const row = i * K;
    out[row + i] = 1;
    for (let p = i + 1; p < K; p++) {
      const x = r[p * width + i];
      for (let j = p; j < K; j++) out[row + j] -= x * out[p * K + j];
    }
    const d = r[i * width + i];
    for (let j = i; j < K; j++) out[row + j] /= d;
  }
  return out;
}

function squares(values: Float64Array, at: number, length: number): number {
  let sum = 0;
  for (let k = at; k < at + length; k++) sum += values[k] * values[k];
  return sum;
}
