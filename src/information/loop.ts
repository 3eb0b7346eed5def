/**
 * Learning for wanted properties: match, label what is needed, refit, and again, until the set and its weights stand still. Weights
 * only grow from turn to turn, so that the loop ends. Kurniawan et al., arXiv 2411.02740, algorithm 1.
 */
import { Matrix } from 'ml-matrix';
import type { Structure } from '../core/structure.ts';
import { fitParameters } from './fit.ts';
import { isMatched, matchInformation, type Target, type Uninformed } from './match.ts';
import { jacobian, type Parametric, predictions } from './parametric.ts';
import { inflation, propagated } from './propagate.ts';

/** A property that is wanted this precisely. */
export interface WantedProperty {
  readonly name: string;
  readonly unit: string;
  /** Standard deviation, in units of the property. */
  readonly accuracy: number;
}

export interface MatchingTask {
  readonly model: Parametric;
  readonly candidates: readonly Structure[];
  /** Energy and forces of a candidate, [1 + 3n]. */
  label(candidate: number): Float64Array;
  readonly wanted: readonly WantedProperty[];
  /** All wanted properties of the model. */
  properties(theta: Float64Array): Promise<Float64Array>;
  /** Matched and refitted so often at most. */
  readonly turns?: number;
  progress?(turn: number, chosen: number): void;
}

export interface MatchedModel {
  readonly theta: Float64Array;
  /** 1/σ² that each candidate's label needs; 0: none is needed. */
  readonly weights: Float64Array;
  /** Candidates labelled, in order of their weights. */
  readonly chosen: readonly number[];
  readonly turns: number;
  /** Whether set and weights stood still. */
  readonly settled: boolean;
  /** Of the wanted properties, and their standard deviations; `inflated` by what the model cannot fit. */
  readonly values: Float64Array;
  readonly sigma: Float64Array;
  readonly inflated: Float64Array;
}

export function isMatchedModel(found: MatchedModel | Uninformed): found is MatchedModel {
  return 'theta' in found;
}

/** Growth of a weight in a turn that still counts as standing still. */
const STILL = 0.02;

export async function matchAndFit(task: MatchingTask): Promise<MatchedModel | Uninformed> {
  const { model, candidates, wanted, turns = 12 } = task;
  let theta = model.start;
  let weights = new Float64Array(candidates.length);
  for (let turn = 1; ; turn++) {
    const informations = await informationsOf(task, theta);
    const targets = await targetsOf(task, theta);
    const found = matchInformation(informations, targets);
    if (!isMatched(found)) return found;
    const before = weights;
    weights = weights.map((w, m) => Math.max(w, found.weights[m]));
    const chosen = Array.from(weights.keys())
      .filter((m) => weights[m] > 0)
      .sort((a, b) => weights[b] - weights[a]);
    task.progress?.(turn, chosen.length);
    const labels = chosen.map((m) => ({
      weight: weights[m],
      predict: (at: Float64Array) => predictions(model.at(at), candidates[m]),
      label: task.label(m),
    }));
    // What few labels of an early turn led into must not hold later turns.
    const fits = [await fitParameters(labels, theta), await fitParameters(labels, model.start)];
    const fit = fits.reduce((a, b) => (b.squares < a.squares ? b : a));
    theta = fit.theta;
    const settled = weights.every((w, m) => w <= before[m] * (1 + STILL));
    if (settled || turn === turns) {
      const now = await informationsOf(task, theta);
      const C = propagated(now, weights, await targetsOf(task, theta));
      const sigma = Float64Array.from(wanted, (_, q) => Math.sqrt(C.get(q, q)));
      const grown = inflation(fit.squares, theta.length);
      return {
        ...{ theta, weights, chosen, turns: turn, settled, sigma },
        values: await task.properties(theta),
        inflated: sigma.map((s) => s * grown),
      };
    }
  }
}

/** What each candidate would tell, [p × p]. */
export async function informationsOf(
  { model, candidates }: Pick<MatchingTask, 'model' | 'candidates'>,
  theta: Float64Array,
): Promise<Matrix[]> {
  const all: Matrix[] = [];
  for (const s of candidates) {
    const J = new Matrix(await jacobian((at) => predictions(model.at(at), s), theta));
    const product = J.mmul(J.transpose());
    all.push(product.add(product.transpose()).mul(0.5));
  }
  return all;
}

export async function targetsOf(
  { wanted, properties }: Pick<MatchingTask, 'wanted' | 'properties'>,
  theta: Float64Array,
): Promise<Target[]> {
  const columns = await jacobian(properties, theta);
  return wanted.map(({ name, accuracy }, q) => ({
    name,
    accuracy,
    gradient: Float64Array.from(columns, (column) => column[q]),
  }));
}
