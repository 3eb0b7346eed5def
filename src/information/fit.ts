/**
 * Weighted least squares of a few parameters: min Σ_m w_m ‖f_m(θ) − y_m‖², by Levenberg's and Marquardt's steps.
 * Marquardt, SIAM J. Appl. Math. 11, 431 (1963).
 */
import { Matrix, solve } from 'ml-matrix';
import { jacobian } from './parametric.ts';

/** One label and how much it counts. */
export interface WeightedLabel {
  readonly weight: number;
  predict(theta: Float64Array): Float64Array;
  readonly label: Float64Array;
}

export interface Fit {
  readonly theta: Float64Array;
  /** Σ w residual². */
  readonly squares: number;
  readonly steps: number;
}

/** A parameter that grows by more than this in a step, e-fold, may end in another valley. */
const LONGEST = 0.2;
/** Settled when a step moves no parameter by more than this. */
const STILL = 1e-8;

export async function fitParameters(
  labels: readonly WeightedLabel[],
  start: Float64Array,
  steps = 60,
): Promise<Fit> {
  let theta = start;
  let squares = sum(labels, theta);
  let damping = 1e-3;
  for (let step = 0; step < steps; step++) {
    const { JtJ, Jtr } = await normal(labels, theta);
    for (;;) {
      const damped = JtJ.clone();
      for (let k = 0; k < theta.length; k++)
        damped.set(k, k, JtJ.get(k, k) * (1 + damping) + Number.MIN_VALUE);
      const move = solve(damped, Jtr, true).to1DArray();
      const reach = Math.min(1, LONGEST / Math.max(...move.map(Math.abs)));
      const next = theta.map((x, k) => x - reach * move[k]);
      const there = sum(labels, next);
      if (there <= squares) {
        const still = move.every((x) => Math.abs(x) < STILL);
        [theta, squares, damping] = [next, there, Math.max(1e-12, damping / 10)];
        if (still) return { theta, squares, steps: step + 1 };
        break;
      }
      damping *= 10;
      if (damping > 1e12) return { theta, squares, steps: step + 1 };
    }
  }
  return { theta, squares, steps };
}

function sum(labels: readonly WeightedLabel[], theta: Float64Array): number {
  let squares = 0;
  for (const { weight, predict, label } of labels) {
    const found = predict(theta);
    for (let q = 0; q < label.length; q++) squares += weight * (found[q] - label[q]) ** 2;
  }
  return Number.isFinite(squares) ? squares : Number.POSITIVE_INFINITY;
}

async function normal(labels: readonly WeightedLabel[], theta: Float64Array) {
  const p = theta.length;
  const JtJ = Matrix.zeros(p, p);
  const Jtr = Matrix.zeros(p, 1);
  for (const { weight, predict, label } of labels) {
    const columns = await jacobian(predict, theta);
    const found = predict(theta);
    for (let a = 0; a < p; a++) {
      let pull = 0;
      for (let q = 0; q < label.length; q++) pull += columns[a][q] * (found[q] - label[q]);
      Jtr.set(a, 0, Jtr.get(a, 0) + weight * pull);
      for (let b = 0; b <= a; b++) {
        const both = columns[a].reduce((all, x, q) => all + x * columns[b][q], 0);
        JtJ.set(a, b, JtJ.get(a, b) + weight * both);
        JtJ.set(b, a, JtJ.get(a, b));
      }
    }
  }
  return { JtJ, Jtr };
}
