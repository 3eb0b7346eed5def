/**
 * The field's own evaluators never call the radial formulas while they run: g_k and v are tabulated at r_i = i·h with exact values
 * and slopes and interpolated by cubic Hermite pieces, t = r/h − i:
 *
 *   f(r) = f_i + h f'_i t + c₂ t² + c₃ t³,   c₂ = 3(f_{i+1} − f_i) − h(f'_{i+1} + 2f'_i),   c₃ = −2(f_{i+1} − f_i) + h(f'_{i+1} + f'_i)
 *
 * R_nl is a sum over g_k and so is its interpolant. This is what reproduces published numbers; the formulas are more accurate.
 * Source: pacemaker.
 */
import { UserError } from '../../src/core/errors.ts';
import type { RadialFunction } from '../radial.ts';
import type { RadialBase } from './radial.ts';

/** `base` of K functions from tables that reach to `cutoff`, with nodes about `spacing` apart, Å. */
export function tabulatedBase(base: RadialBase, K: number, cutoff: number, spacing: number): RadialBase {
  const N = Math.trunc(cutoff / spacing);
  if (N < 2)
    throw new UserError(
      `ace tables: got a spacing of ${spacing} Å for a cutoff of ${cutoff} Å, must be less than half of it; mend DeltaSplineBins`,
    );
  const perLength = N / cutoff;
  const h = 1 / perLength;
  const f = new Float64Array((N + 1) * K);
  const df = new Float64Array((N + 1) * K);
  for (let i = 1; i <= N; i++) base(h * i, f.subarray(i * K, (i + 1) * K), df.subarray(i * K, (i + 1) * K));
  return (r, g, dg) => {
    const x = r * perLength;
    const i = Math.floor(x);
    if (i < 1)
      throw new UserError(
        `ace tables: got two atoms ${r} Å apart, must be at least ${h} Å, where the tables begin; evaluate without tables`,
      );
    if (i >= N) {
      g.fill(0);
      dg.fill(0);
      return;
    }
    const t = x - i;
    for (let k = 0, p = i * K; k < K; k++, p++) {
      const rise = f[p + K] - f[p];
      const slope = h * df[p];
      const next = h * df[p + K];
      const c2 = 3 * rise - next - 2 * slope;
      const c3 = -2 * rise + next + slope;
      g[k] = f[p] + t * (slope + t * (c2 + t * c3));
      dg[k] = (slope + t * (2 * c2 + t * 3 * c3)) / h;
    }
  };
}

/** One function from such a table. */
export function tabulatedFunction(f: RadialFunction, cutoff: number, spacing: number): RadialFunction {
  const pair = new Float64Array(2);
  const exact: RadialBase = (r, g, dg) => {
    f(r, pair);
    [g[0], dg[0]] = pair;
  };
  const table = tabulatedBase(exact, 1, cutoff, spacing);
  const [value, slope] = [new Float64Array(1), new Float64Array(1)];
  return (r, out) => {
    table(r, value, slope);
    out[0] = value[0];
    out[1] = slope[0];
  };
}
