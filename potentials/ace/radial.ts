/**
 * Radial bases g_k(r), k = 1…K, of an ordered pair, each with its derivative. T_k are Chebyshev polynomials.
 *
 *   ChebExpCos   x = 1 − 2(e^(−λr/r_c) − e^−λ)/(1 − e^−λ);  g_1 = env, g_k = env (1 − T_{k−1}(x))/2
 *   ChebPow      x = 1 − 2(1 − r/r_c)^λ;                     g_k = (1 − T_k(x))/2
 *   ChebLinear   x = 1 − r/r_c;                              g_k = (1 − T_k(x))/2, not zero at r_c
 *   SBessel      combinations of sinc(π(n+1)r/r_c) + sinc(π(n+2)r/r_c), orthonormal, flat at r_c
 *
 * Sources: Drautz, Phys. Rev. B 99, 014104 (2019); Kocer, Mason, Erturk, J. Chem. Phys. 150, 154102 (2019); ACE.jl.
 */
import { UserError } from '../../src/core/errors.ts';
import type { AceBond, PolynomialSet } from './model.ts';

/** Writes g_1…g_K and their slopes into the arrays; r in Å. */
export type RadialBase = (r: number, g: Float64Array, dg: Float64Array) => void;

/** Smooth step: 1 below e − w, 0 from e on, twice continuously differentiable; value and slope into `out`. */
export function smoothStep(x: number, e: number, w: number, out: Float64Array): void {
  out[1] = 0;
  if (x <= e - w) out[0] = 1;
  else if (x >= e) out[0] = 0;
  else {
    const y = 1 - 2 * (1 + (x - e) / w);
    const y2 = y * y;
    out[0] = 0.5 + 3.75 * y * (0.25 - y2 / 6 + (y2 * y2) / 20);
    out[1] = (-1.875 * (1 - y2) ** 2) / w;
  }
}

export const RADIAL_BASES = ['ChebExpCos', 'ChebPow', 'ChebLinear', 'SBessel', 'TEST_SBessel'] as const;

/** The base of `bond` with its cutoffs. Throws a UserError for an unknown name. */
export function radialBase(bond: AceBond): RadialBase {
  if (bond.polynomial) return polynomials(bond.polynomial, bond.nradbase);
  return cut(bareBase(bond), bond);
}

function bareBase({ base, cutoff, taper, radparameters, nradbase }: AceBond): RadialBase {
  const lambda = radparameters[0];
  switch (base) {
    case 'ChebExpCos':
      return chebExpCos(nradbase, cutoff, taper, lambda);
    case 'ChebPow':
      return chebyshevHalf(nradbase, (r, out) => {
        const y = 1 - r / cutoff;
        out[0] = 1 - 2 * y ** lambda;
        out[1] = ((2 * lambda) / cutoff) * y ** (lambda - 1);
      });
    case 'ChebLinear':
      return chebyshevHalf(nradbase, (r, out) => {
        out[0] = 1 - r / cutoff;
        out[1] = -1 / cutoff;
      });
    case 'SBessel':
    case 'TEST_SBessel':
      return sphericalBessel(nradbase, cutoff);
  }
  if (base.startsWith('TEST_')) return zero;
  throw new UserError(`radbase: got '${base}', must be one of ${RADIAL_BASES.join(', ')}`);
}

const zero: RadialBase = (_, g, dg) => {
  g.fill(0);
  dg.fill(0);
};

/** Nothing at or beyond the cutoff, and nothing where the inner cutoff has taken over. */
function cut(base: RadialBase, { cutoff, innerCutoff, rIn, deltaIn, nradbase }: AceBond): RadialBase {
  const step = new Float64Array(2);
  // A zbl bond with delta_in = 0 is blank below 1 Å in the field's original; its files rely on it.
  const zblFloor = deltaIn === 0 ? 1 : -Infinity;
  const floor = innerCutoff === 'zbl' ? zblFloor : rIn - deltaIn;
  const fades = innerCutoff === 'distance';
  return (r, g, dg) => {
    if (r >= cutoff || r <= floor) return zero(r, g, dg);
    base(r, g, dg);
    if (!fades || r >= rIn) return;
    smoothStep(r, rIn, deltaIn, step);
    for (let k = 0; k < nradbase; k++) {
      dg[k] = dg[k] * (1 - step[0]) - g[k] * step[1];
      g[k] *= 1 - step[0];
    }
  };
}

function chebExpCos(K: number, cutoff: number, taper: number, lambda: number): RadialBase {
  const scale = 2 / (1 - Math.exp(-lambda));
  const end = Math.exp(-lambda);
  const wave = Math.PI / cutoff;
  const taperWave = Math.PI / taper;
  return (r, g, dg) => {
    const decay = Math.exp((-lambda * r) / cutoff);
    const x = 1 - scale * (decay - end);
    const dx = (scale * lambda * decay) / cutoff;
    let env = 0.5 * (1 + Math.cos(wave * r));
    let denv = -0.5 * wave * Math.sin(wave * r);
    const inside = r - cutoff + taper;
    if (inside > 0) {
      const t = 0.5 * (1 + Math.cos(taperWave * inside));
      denv = denv * t - env * 0.5 * taperWave * Math.sin(taperWave * inside);
      env *= t;
    }
    g[0] = env;
    dg[0] = denv;
    let before = 1;
    let T = x;
    let dBefore = 0;
    let dT = dx;
    for (let k = 1; k < K; k++) {
      const h = 0.5 * (1 - T);
      g[k] = env * h;
      dg[k] = denv * h - 0.5 * env * dT;
      const next = 2 * x * T - before;
      const dNext = 2 * (dx * T + x * dT) - dBefore;
      before = T;
      dBefore = dT;
      T = next;
      dT = dNext;
    }
  };
}

/** g_k = (1 − T_k(x))/2 with x(r) and its slope from `map`. */
function chebyshevHalf(K: number, map: (r: number, out: Float64Array) => void): RadialBase {
  const at = new Float64Array(2);
  return (r, g, dg) => {
    map(r, at);
    const [x, dx] = at;
    let before = 1;
    let T = x;
    let dBefore = 0;
    let dT = dx;
    for (let k = 0; k < K; k++) {
      g[k] = 0.5 * (1 - T);
      dg[k] = -0.5 * dT;
      const next = 2 * x * T - before;
      const dNext = 2 * (dx * T + x * dT) - dBefore;
      before = T;
      dBefore = dT;
      T = next;
      dT = dNext;
    }
  };
}

function sphericalBessel(K: number, cutoff: number): RadialBase {
  const front = new Float64Array(K);
  const mix = new Float64Array(K);
  const norm = new Float64Array(K);
  let d = 1;
  for (let n = 0; n < K; n++) {
    const [p, q] = [n + 1, n + 2];
    front[n] =
      ((n % 2 === 0 ? 1 : -1) * Math.SQRT2 * Math.PI * p * q) / Math.sqrt(p * p + q * q) / cutoff ** 1.5;
    const e = (n * n * q * q) / (4 * p ** 4 + 1);
    mix[n] = Math.sqrt(e / d);
    d = n === 0 ? 1 : 1 - e / d;
    norm[n] = 1 / Math.sqrt(d);
  }
  const wave = Math.PI / cutoff;
  return (r, g, dg) => {
    const c1 = Math.cos(wave * r);
    const s1 = Math.sin(wave * r);
    let c = c1;
    let s = s1;
    let sinc = s / (wave * r);
    let dsinc = (c - sinc) / r;
    for (let n = 0; n < K; n++) {
      const k = n + 2;
      // Turning the angle by adding keeps the absolute error at rounding; the two-term recurrence would not near r_c.
      const next = c * c1 - s * s1;
      s = s * c1 + c * s1;
      c = next;
      const upper = s / (k * wave * r);
      const dupper = (c - upper) / r;
      const f = front[n] * (sinc + upper);
      const df = front[n] * (dsinc + dupper);
      g[n] = norm[n] * (n === 0 ? f : f + mix[n] * g[n - 1]);
      dg[n] = norm[n] * (n === 0 ? df : df + mix[n] * dg[n - 1]);
      sinc = upper;
      dsinc = dupper;
    }
  };
}

/** ACE.jl: a three-term recurrence in x(r) under the envelope (x − xl)^pl (x − xr)^pr. */
export function polynomials(set: PolynomialSet, K: number): RadialBase {
  const { xl, xr, pl, pr, r0, p, A, B, C } = set;
  return (r, g, dg) => {
    const x = ((1 + r0) / (1 + r)) ** p;
    const dx = (-p * x) / (1 + r);
    if ((x < xl && pl > 0) || (x > xr && pr > 0)) return zero(r, g, dg);
    const left = (x - xl) ** pl;
    const right = (x - xr) ** pr;
    const f = left * right;
    const df =
      (pl > 0 ? pl * (x - xl) ** (pl - 1) * right : 0) + (pr > 0 ? pr * (x - xr) ** (pr - 1) * left : 0);
    g[0] = A[0] * f;
    dg[0] = A[0] * df * dx;
    for (let k = 1; k < K; k++) {
      const line = A[k] * x + B[k];
      g[k] = line * g[k - 1] + (k > 1 ? C[k] * g[k - 2] : 0);
      dg[k] = line * dg[k - 1] + A[k] * dx * g[k - 1] + (k > 1 ? C[k] * dg[k - 2] : 0);
    }
  };
}
