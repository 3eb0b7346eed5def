/**
 * L-BFGS: the step is −H g with the inverse Hessian H built from the last changes of position s and gradient y by the
 * two-loop recursion. Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.4.
 * Steps are capped instead of searched along: near a minimum, where relaxations start, the first one nearly always holds.
 */
import { dot, type Minimiser, shorten } from './minimise.ts';

export const MEMORY = 20;
/** Å²/eV, inverse curvature before anything is known. */
const FIRST = 0.02;
/** eV by which a step may go uphill: rounding of the energy. */
const UPHILL = 1e-9;

export const lbfgs: Minimiser = async (f, x, isCalm, steps) => {
  const g = new Float64Array(x.length);
  let pairs: Pair[] = [];
  let energy = await f(x, g);
  let taken = 1;
  let longest = Number.POSITIVE_INFINITY;
  while (!isCalm() && taken < steps && Number.isFinite(energy)) {
    const step = descent(g, pairs);
    shorten(step);
    shorten(step, longest);
    const [before, gBefore] = [x.slice(), g.slice()];
    for (let k = 0; k < x.length; k++) x[k] += step[k];
    const next = await f(x, g);
    taken++;
    if (!(next <= energy + UPHILL * Math.max(1, Math.abs(energy)))) {
      // What was remembered misled: from the better point, along the gradient, with half the step.
      longest = 0.5 * step.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
      if (longest < 1e-12) return taken;
      x.set(before);
      g.set(gBefore);
      pairs = [];
      continue;
    }
    energy = next;
    longest = Number.POSITIVE_INFINITY;
    const y = g.map((v, k) => v - gBefore[k]);
    const curvature = dot(step, y);
    if (curvature > 1e-14 * dot(y, y)) pairs = [...pairs, { s: step, y, rho: 1 / curvature }].slice(-MEMORY);
  }
  return taken;
};

/** A change of position, the change of gradient it made, and 1/(s·y). */
export interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** −H g. */
export function descent(g: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = g.slice();
  const alphas = pairs.map(() => 0);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { s, y, rho } = pairs[p];
    alphas[p] = rho * dot(s, q);
    for (let k = 0; k < q.length; k++) q[k] -= alphas[p] * y[k];
  }
  const last = pairs.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : FIRST;
  for (let k = 0; k < q.length; k++) q[k] *= -scale;
  pairs.forEach(({ s, y, rho }, p) => {
    const beta = rho * dot(y, q);
    for (let k = 0; k < q.length; k++) q[k] -= (alphas[p] + beta) * s[k];
  });
  return q;
}
