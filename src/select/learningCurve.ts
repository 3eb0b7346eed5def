import type { LearnablePotential } from '../../potentials/learnable.ts';
import { atomCount } from '../core/structure.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { type ErrorSummary, summarise } from '../learn/errors.ts';
import type { TrainOptions } from '../learn/schema.ts';
import { createTrainer } from '../learn/trainer.ts';
import { byLot } from './random.ts';
import { sightOf, type View } from './sight.ts';
import type { Strategy } from './strategy.ts';

/** Labelled frames, and what of them does not change while the ensemble learns. */
export interface Viewed {
  readonly frames: readonly LabelledFrame[];
  readonly views: readonly View[];
}

/** A rehearsal of learning from a pool whose labels are all known and shown only when chosen. */
export interface Rehearsal {
  readonly pool: Viewed;
  readonly test: Viewed;
  readonly untrained: LearnablePotential;
  readonly train: TrainOptions;
  /** Structures chosen by lot to begin with. */
  readonly start: number;
  /** Structures chosen in every round. */
  readonly batch: number;
  readonly rounds: number;
}

export interface CurvePoint {
  readonly labels: number;
  /** On the test frames. */
  readonly errors: ErrorSummary;
}

/** Errors on the test frames against labels paid. The first frames depend on the seed alone, so that strategies can be paired. */
export function learningCurve(strategy: Strategy, seed: number, r: Rehearsal): CurvePoint[] {
  const trainer = createTrainer(r.train, r.untrained);
  try {
    const left = new Set(r.pool.frames.keys());
    const labelled: number[] = [];
    const curve: CurvePoint[] = [];
    let next = byLot(r.pool.frames.length, r.start, seed, 1);
    for (let round = 0; ; round++) {
      for (const k of next) left.delete(k);
      labelled.push(...next);
      const ensemble = trainer.learn(next.map((k) => r.pool.frames[k]));
      curve.push({ labels: labelled.length, errors: errorsOf(ensemble.potential, r.test) });
      if (round === r.rounds || left.size === 0) return curve;
      const sight = (k: number) => sightOf(r.pool.views[k], k, ensemble, strategy);
      const waiting = [...left];
      const { potential } = ensemble;
      const pool = { candidates: waiting.map(sight), labelled: labelled.map(sight), potential };
      // Another lot in every round.
      next = strategy.choose(pool, r.batch, seed + 1000 * (round + 1)).map((k) => waiting[k]);
    }
  } finally {
    trainer.dispose();
  }
}

/** Errors by the rows that are there already. */
function errorsOf({ parameters, elements }: LearnablePotential, { frames, views }: Viewed): ErrorSummary {
  const { mean, e0 } = parameters;
  return summarise(
    frames.map(({ label }, f) => {
      const { structure: s, rows } = views[f];
      const free = s.species.reduce((sum, k) => sum + e0[elements.indexOf(s.elements[k])], 0);
      const energy = free + rows.baseline.energy + product(rows.energy, 0, mean);
      const forces = label.forces.map(
        (truth, k) => rows.baseline.forces[k] + product(rows.forces, k * mean.length, mean) - truth,
      );
      return { energy: (energy - label.energy) / atomCount(s), forces };
    }),
  );
}

function product(a: Float64Array, at: number, c: Float64Array): number {
  let sum = 0;
  for (let v = 0; v < c.length; v++) sum += a[at + v] * c[v];
  return sum;
}

/**
 * ln(labels of `curve` / labels of `yardstick`) where both first reach the higher of their two lowest force errors, between points
 * along straight lines of the logarithm. Negative where labels are saved.
 */
export function labelRatio(curve: readonly CurvePoint[], yardstick: readonly CurvePoint[]): number {
  const lowest = (c: readonly CurvePoint[]) => Math.min(...c.map((p) => p.errors.forceRmse));
  const goal = Math.max(lowest(curve), lowest(yardstick));
  return Math.log(labelsTo(curve, goal) / labelsTo(yardstick, goal));
}

/** ln(force error of `curve` / that of `yardstick`) when the labels are spent. */
export function errorRatio(curve: readonly CurvePoint[], yardstick: readonly CurvePoint[]): number {
  const last = (c: readonly CurvePoint[]) => c[c.length - 1].errors.forceRmse;
  return Math.log(last(curve) / last(yardstick));
}

function labelsTo(curve: readonly CurvePoint[], goal: number): number {
  const at = curve.findIndex((p) => p.errors.forceRmse <= goal);
  if (at <= 0) return curve[Math.max(0, at)].labels;
  const [a, b] = [curve[at - 1], curve[at]];
  const share = Math.log(a.errors.forceRmse / goal) / Math.log(a.errors.forceRmse / b.errors.forceRmse);
  return a.labels + share * (b.labels - a.labels);
}
