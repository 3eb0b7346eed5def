/** The functions of `embedding.ts`; value and slope are left in two variables, for a function returns one. */


export let embedded: f64 = 0;
export let embeddedSlope: f64 = 0;

export function finnisSinclair(x: f64, m: f64): void {
  const a = Math.abs(x);
  const line = Math.pow(1e-6, m - 1);
  if (a <= 1e-10) {
    embedded = line * x;
    embeddedSlope = line;
    return;
  }
  const q = 1e18 * a * a * a;
  const g = q <= 30 ? Math.exp(-q) : 0;
  const power = Math.pow(a, m);
  embedded = (x < 0 ? -1 : 1) * ((1 - g) * power + line * g * a);
  embeddedSlope = ((m * power) / a) * (1 - g) + ((3 * q) / a) * g * power + line * g * (1 - 3 * q);
}

export function shiftedScaled(x: f64, m: f64): void {
  if (Math.abs(m - 1) < 1e-10) {
    embedded = x;
    embeddedSlope = 1;
    return;
  }
  const a = Math.abs(x);
  const nu = 1 / m;
  const decay = Math.exp(-a);
  const xo = Math.pow(nu, nu / (1 - nu)) * decay;
  const yo = Math.pow(nu, 1 / (1 - nu)) * decay;
  const power = Math.pow(xo + a, m);
  embedded = (reinterpret<i64>(x) < 0 ? -1 : 1) * (power - yo);
  embeddedSlope = yo + (m * (1 - xo) * power) / (xo + a);
}
