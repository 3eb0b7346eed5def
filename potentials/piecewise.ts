/**
 * Two functions of distance and their slopes as piecewise polynomials, accurate to rounding: what a kernel without exp, cos and
 * pow evaluates. Every stretch between two `breaks` is cut into equal bins, as many as make the Chebyshev series of each bin end
 * in noise. Slopes have series of their own: the derivative of a series would magnify its noise.
 */
import type { RadialFunction } from './radial.ts';

export interface Piecewise {
  readonly degree: number;
  readonly stretches: readonly Stretch[];
}

export interface Stretch {
  /** Where it begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly bins: number;
  /**
   * Highest power first, [bins][degree + 1][f, g, f', g'], in u = (position within the bin) − ½ from −½ to ½.
   */
  readonly coefficients: Float64Array;
}

const DEGREE = 9;
const N = DEGREE + 1;
/** Of the last coefficients against the largest value, where a series has converged. */
const NOISE = 1e-15;
/** The same, where the values themselves carry rounding errors: what cancellation leaves. */
const COARSE = 1e-9;
/** Of the largest value anywhere: smaller values need no digits of their own. */
const NEGLIGIBLE = 1e-6;
const MOST_BINS = 1 << 13;

/** `breaks` ascend from the lowest argument to the highest; beyond it both functions are zero. */
export function piecewise(f: RadialFunction, g: RadialFunction, breaks: readonly number[]): Piecewise {
  const spans = breaks.slice(1).map((end, k) => [breaks[k], end] as const);
  const whole = new Float64Array(4);
  for (const [start, end] of spans) largestOf(samples(f, g, start, end, 1), whole);
  const least = whole.map((x) => NEGLIGIBLE * x);
  return { degree: DEGREE, stretches: spans.map(([start, end]) => stretch(f, g, start, end, least)) };
}

function stretch(
  f: RadialFunction,
  g: RadialFunction,
  start: number,
  end: number,
  least: Float64Array,
): Stretch {
  const before = new Float64Array(4).fill(Infinity);
  for (let bins = 1; bins <= MOST_BINS; bins *= 2) {
    const { coefficients, tails } = series(samples(f, g, start, end, bins), least);
    // Where the function itself is rounded coarsely, finer bins no longer help.
    const done = tails.every((tail, k) => tail <= NOISE || (tail <= COARSE && tail > before[k] / 8));
    if (done) return { start, end, bins, coefficients };
    before.set(tails);
  }
  throw new Error(`piecewise: a function is not smooth between ${start} and ${end}; name its breaks`);
}

/** f, g, f', g' at the nodes of all bins, [bins][N][4]. */
function samples(
  f: RadialFunction,
  g: RadialFunction,
  start: number,
  end: number,
  bins: number,
): Float64Array {
  const values = new Float64Array(4 * bins * N);
  const pair = new Float64Array(2);
  for (let q = 0; q < bins * N; q++) {
    const r = start + ((end - start) * (Math.floor(q / N) + 0.5 + 0.5 * NODES[q % N])) / bins;
    [f, g].forEach((h, k) => {
      h(r, pair);
      values[4 * q + k] = pair[0];
      values[4 * q + 2 + k] = pair[1];
    });
  }
  return values;
}

function largestOf(values: Float64Array, into: Float64Array): Float64Array {
  values.forEach((x, q) => {
    into[q % 4] = Math.max(into[q % 4], Math.abs(x));
  });
  return into;
}

/** Monomial coefficients of all bins, and of each function the largest of the last Chebyshev coefficients over its largest value. */
function series(values: Float64Array, least: Float64Array) {
  const coefficients = new Float64Array(values.length);
  const tails = new Float64Array(4);
  const largest = largestOf(values, least.slice());
  for (let q = 0; q < values.length; q++) {
    const [what, k, bin] = [q % 4, Math.floor(q / 4) % N, Math.floor(q / (4 * N))];
    let c = 0;
    for (let i = 0; i < N; i++) c += values[4 * (bin * N + i) + what] * COSINES[k * N + i];
    if (k >= N - 2 && largest[what] > 0) tails[what] = Math.max(tails[what], Math.abs(c) / largest[what]);
    for (let j = k; j >= 0; j -= 2)
      coefficients[4 * (bin * N + DEGREE - j) + what] += c * MONOMIALS[k][j] * 2 ** j;
  }
  return { coefficients, tails };
}

const NODES = Array.from({ length: N }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / N));

/** From values at the nodes to Chebyshev coefficients, [N × N]. */
const COSINES = Float64Array.from({ length: N * N }, (_, q) => {
  const [k, i] = [Math.floor(q / N), q % N];
  return ((k === 0 ? 1 : 2) / N) * Math.cos((Math.PI * k * (i + 0.5)) / N);
});

/** Coefficients of T_k by power. */
const MONOMIALS: readonly (readonly number[])[] = (() => {
  const T: number[][] = [[1], [0, 1]];
  for (let k = 2; k <= DEGREE; k++)
    T.push(Array.from({ length: k + 1 }, (_, j) => 2 * (T[k - 1][j - 1] ?? 0) - (T[k - 2][j] ?? 0)));
  return T;
})();
