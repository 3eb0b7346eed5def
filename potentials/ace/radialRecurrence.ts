/**
 * Every radial base as an envelope times polynomials of one variable, which is what a kernel wants:
 *
 *   g_k = env(r) (a_k + b_k P_k(x(r))),   P_k = (A_k x + B_k) P_{k−1} + C_k P_{k−2},   P_{−1} = 1,   k = 0…K−1
 *
 * The spherical Bessel base is one of Jacobi polynomials: with θ = πr/r_c, g_k = (sin θ/θ)(1 + cos θ) p_k(cos θ), orthonormal
 * under the weight (1−x)^½ (1+x)^(5/2) dx that r² dr becomes. Sources as in radial.ts.
 */
import type { RadialFunction } from '../radial.ts';
import type { AceBond, PolynomialSet } from './model.ts';
import { smoothStep } from './radial.ts';

export interface RadialRecurrence {
  readonly x: RadialFunction;
  readonly env: RadialFunction;
  /** Å, ascending from 0 to where the base ends: x and env are smooth between them. */
  readonly breaks: readonly number[];
  /** [K] each. */
  readonly A: Float64Array;
  readonly B: Float64Array;
  readonly C: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** `end`, Å: how far the pair sees; at least the bond's cutoff. */
export function radialRecurrence(bond: AceBond, end: number): RadialRecurrence {
  if (bond.polynomial) return polynomialRecurrence(bond.polynomial, bond.nradbase, end);
  const bare = bareRecurrence(bond);
  const { cutoff, innerCutoff, rIn, deltaIn } = bond;
  const zblFloor = deltaIn === 0 ? 1 : 0;
  const floor = innerCutoff === 'zbl' ? zblFloor : rIn - deltaIn;
  const fades = innerCutoff === 'distance';
  const step = new Float64Array(2);
  const env: RadialFunction = (r, out) => {
    out[0] = 0;
    out[1] = 0;
    if (r >= cutoff || r <= floor) return;
    bare.env(r, out);
    if (!fades || r >= rIn) return;
    smoothStep(r, rIn, deltaIn, step);
    out[1] = out[1] * (1 - step[0]) - out[0] * step[1];
    out[0] *= 1 - step[0];
  };
  const inner = fades ? [floor, rIn] : [floor];
  return { ...bare, env, breaks: ascending([0, ...inner, ...bare.breaks, cutoff, end], end) };
}

function ascending(breaks: readonly number[], end: number): number[] {
  return [...new Set(breaks)].filter((r) => r >= 0 && r <= end).sort((p, q) => p - q);
}

function bareRecurrence(bond: AceBond): RadialRecurrence {
  const { base, cutoff, taper, radparameters, nradbase: K } = bond;
  const lambda = radparameters[0];
  switch (base) {
    case 'ChebExpCos': {
      const scale = 2 / (1 - Math.exp(-lambda));
      const chebyshev = chebyshevFrom(0, K);
      // The first is the envelope itself.
      chebyshev.a[0] = 1;
      chebyshev.b[0] = 0;
      return {
        ...chebyshev,
        breaks: [cutoff - taper],
        x(r, out) {
          const decay = Math.exp((-lambda * r) / cutoff);
          out[0] = 1 - scale * (decay - Math.exp(-lambda));
          out[1] = (scale * lambda * decay) / cutoff;
        },
        env(r, out) {
          fall(cutoff - r, cutoff, out);
          if (r <= cutoff - taper) return;
          const [f, df] = out;
          fall(cutoff - r, taper, out);
          out[1] = df * out[0] + f * out[1];
          out[0] *= f;
        },
      };
    }
    case 'ChebPow': {
      const smooth = Number.isInteger(lambda);
      // A broken power has no series at the cutoff; stretches that halve towards it have.
      const towards = Array.from({ length: 26 }, (_, k) => cutoff * (1 - 2 ** -(k + 1)));
      return {
        ...chebyshevFrom(1, K),
        breaks: smooth ? [] : towards,
        x: (r, out) => {
          const y = Math.max(0, 1 - r / cutoff);
          out[0] = 1 - 2 * y ** lambda;
          out[1] = ((2 * lambda) / cutoff) * y ** (lambda - 1);
        },
        env: one,
      };
    }
    case 'ChebLinear':
      return {
        ...chebyshevFrom(1, K),
        breaks: [],
        x: (r, out) => {
          out[0] = 1 - r / cutoff;
          out[1] = -1 / cutoff;
        },
        env: one,
      };
    case 'SBessel':
    case 'TEST_SBessel':
      return sphericalBessel(K, cutoff);
  }
  return {
    ...chebyshevFrom(1, K),
    breaks: [],
    x: one,
    env: nothing,
  };
}

/** ½(1 − cos(π·rest/width)) with its slope against −rest, exact to the last digit where it vanishes. */
function fall(rest: number, width: number, out: Float64Array): void {
  const half = (Math.PI * rest) / (2 * width);
  out[0] = Math.sin(half) ** 2;
  out[1] = (-Math.PI / width) * Math.sin(half) * Math.cos(half);
}

const one: RadialFunction = (_, out) => {
  out[0] = 1;
  out[1] = 0;
};

const nothing: RadialFunction = (_, out) => {
  out[0] = 0;
  out[1] = 0;
};

/** ½ − ½T_{k + first}. */
function chebyshevFrom(first: 0 | 1, K: number) {
  const A = new Float64Array(K).fill(2);
  const B = new Float64Array(K);
  const C = new Float64Array(K).fill(-1);
  C[0] = 0;
  A[0] = first;
  B[0] = 1 - first;
  if (first === 0 && K > 1) {
    A[1] = 1;
    C[1] = 0;
  }
  return { A, B, C, a: new Float64Array(K).fill(0.5), b: new Float64Array(K).fill(-0.5) };
}

function sphericalBessel(K: number, cutoff: number): RadialRecurrence {
  const [alpha, beta] = [0.5, 2.5];
  const A = new Float64Array(K);
  const B = new Float64Array(K);
  const C = new Float64Array(K);
  // Orthonormal Jacobi polynomials: x p_k = s_{k+1} p_{k+1} + t_k p_k + s_k p_{k−1}.
  const t = (k: number) => {
    const n = 2 * k + alpha + beta;
    return (beta * beta - alpha * alpha) / (n * (n + 2));
  };
  const s = (k: number) => {
    const n = 2 * k + alpha + beta;
    return Math.sqrt((4 * k * (k + alpha) * (k + beta) * (k + alpha + beta)) / (n * n * (n + 1) * (n - 1)));
  };
  B[0] = 1;
  for (let k = 1; k < K; k++) {
    A[k] = 1 / s(k);
    B[k] = -t(k - 1) / s(k);
    if (k > 1) C[k] = -s(k - 1) / s(k);
  }
  const wave = Math.PI / cutoff;
  // ∫ g_0² r² dr = 1.
  const norm = wave ** 1.5 / Math.sqrt(weightIntegral);
  return {
    A,
    B,
    C,
    a: new Float64Array(K),
    b: Float64Array.from({ length: K }, (_, k) => (k % 2 === 0 ? norm : -norm)),
    breaks: [],
    x: (r, out) => {
      out[0] = Math.cos(wave * r);
      out[1] = -wave * Math.sin(wave * r);
    },
    env: (r, out) => {
      const theta = wave * r;
      const sine = Math.sin(theta < 1 ? theta : (Math.PI * (cutoff - r)) / cutoff);
      const sinc = sine / theta;
      fall(cutoff - r, cutoff, out);
      out[1] = 2 * (out[1] * sinc + (out[0] * (Math.cos(theta) - sinc)) / r);
      out[0] *= 2 * sinc;
    },
  };
}

/** ∫₀^π sin²θ (1 + cos θ)² dθ. */
const weightIntegral = (5 * Math.PI) / 8;

function polynomialRecurrence(set: PolynomialSet, K: number, end: number): RadialRecurrence {
  const { xl, xr, pl, pr, r0, p } = set;
  const [A, B, C] = [set.A, set.B, set.C].map((list) => Float64Array.from({ length: K }, (_, k) => list[k]));
  B[0] = set.A[0];
  A[0] = 0;
  C[0] = 0;
  if (K > 1) C[1] = 0;
  const at = (x: number) => (1 + r0) * x ** (-1 / p) - 1;
  return {
    A,
    B,
    C,
    a: new Float64Array(K),
    b: new Float64Array(K).fill(1),
    breaks: ascending([0, at(xl), at(xr), end], end),
    x: (r, out) => {
      out[0] = ((1 + r0) / (1 + r)) ** p;
      out[1] = (-p * out[0]) / (1 + r);
    },
    env: (r, out) => {
      const x = ((1 + r0) / (1 + r)) ** p;
      out[0] = 0;
      out[1] = 0;
      if ((x < xl && pl > 0) || (x > xr && pr > 0)) return;
      const [left, right] = [(x - xl) ** pl, (x - xr) ** pr];
      const dleft = pl > 0 ? pl * (x - xl) ** (pl - 1) : 0;
      const dright = pr > 0 ? pr * (x - xr) ** (pr - 1) : 0;
      out[0] = left * right;
      out[1] = ((dleft * right + left * dright) * -p * x) / (1 + r);
    },
  };
}
