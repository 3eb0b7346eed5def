import type { RadialFunction } from '../radial.ts';

/**
 * Piecewise cubic through `values` at 0, δ, 2δ, …, with slopes from five-point differences: the interpolation of
 * LAMMPS `pair_style eam`, so that a table means the same here. Beyond the last point the last value and slope hold.
 */
export function spline(values: Float64Array, delta: number): RadialFunction {
  const n = values.length;
  const slope = slopes(values);
  const linear = slope;
  const quadratic = new Float64Array(n);
  const cubic = new Float64Array(n);
  for (let m = 0; m + 1 < n; m++) {
    const rise = values[m + 1] - values[m];
    quadratic[m] = 3 * rise - 2 * slope[m] - slope[m + 1];
    cubic[m] = slope[m] + slope[m + 1] - 2 * rise;
  }
  return (x, out) => {
    const at = x / delta;
    const m = Math.max(0, Math.min(Math.floor(at), n - 2));
    const p = Math.min(at - m, 1);
    out[0] = ((cubic[m] * p + quadratic[m]) * p + linear[m]) * p + values[m];
    out[1] = ((3 * cubic[m] * p + 2 * quadratic[m]) * p + linear[m]) / delta;
  };
}

/** Per grid step. */
function slopes(f: Float64Array): Float64Array {
  const n = f.length;
  const slope = new Float64Array(n);
  slope[0] = f[1] - f[0];
  slope[1] = (f[2] - f[0]) / 2;
  for (let m = 2; m < n - 2; m++) slope[m] = (f[m - 2] - f[m + 2] + 8 * (f[m + 1] - f[m - 1])) / 12;
  slope[n - 2] = (f[n - 1] - f[n - 3]) / 2;
  slope[n - 1] = f[n - 1] - f[n - 2];
  return slope;
}
