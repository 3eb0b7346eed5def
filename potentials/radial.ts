/**
 * A function of distance (or density): writes f(r) to `out[0]` and df/dr to `out[1]`.
 * Two numbers into a caller's array, so that a pair loop allocates nothing.
 */
export type RadialFunction = (r: number, out: Float64Array) => void;

/**
 * f(r)·T(x), x = (r − inner)/(outer − inner), with T = (1−x)³(1+3x+6x²) between `inner` and `outer` (Å): one before, zero
 * after, continuous to the second derivative. D. Mei, J. W. Davenport, G. W. Fernando, Phys. Rev. B 43, 4653 (1991).
 */
export function taper(f: RadialFunction, inner: number, outer: number): RadialFunction {
  const width = outer - inner;
  return (r, out) => {
    if (r >= outer) {
      out[0] = 0;
      out[1] = 0;
      return;
    }
    f(r, out);
    if (r <= inner) return;
    const x = (r - inner) / width;
    const y = 1 - x;
    const T = y * y * y * (1 + 3 * x + 6 * x * x);
    const dT = (-30 * x * x * y * y) / width;
    out[1] = out[1] * T + out[0] * dT;
    out[0] *= T;
  };
}

/** Part of the cutoff from which a potential without a published cutoff is tapered. */
export const TAPER_FROM = 0.9;
