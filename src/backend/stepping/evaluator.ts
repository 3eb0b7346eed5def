import type { Evaluation, Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';

/** Å. Wide enough for tens of steps between two lists in a hot metal, narrow enough to add few pairs. */
export const SKIN = 0.6;

/** What every step evaluates. */
export const ALWAYS: readonly Quantity[] = ['forces', 'virial'];

/** The quantities of a step whose end is graded by `measures`. */
export function wantedBy(measures: readonly Uncertainty[]): readonly Quantity[] {
  return [...new Set([...ALWAYS, ...measures.flatMap((m) => m.needs)])];
}

/** Grades of all atoms by a measure, from an evaluation that holds what the measure needs. */
export type Grader = (measure: Uncertainty, e: Evaluation, s: Structure) => Float64Array;

/** Evaluates one potential on one structure that moves. */
export interface Evaluator {
  /** At the positions as they are; `wanted` by {@link wantedBy}, or what every step needs. */
  renew(wanted?: readonly Quantity[]): Evaluation;
  /** The latest evaluation, renewed if it lacks something. */
  holding(wanted: readonly Quantity[]): Evaluation;
  readonly latest: Evaluation;
  readonly grade: Grader;
  dispose(): void;
}

/** Remembers what was evaluated last; the positions as they are when it is made are evaluated at once. */
export function evaluator(
  evaluate: (wanted: readonly Quantity[]) => Evaluation,
  grade: Grader = (measure, e, s) => measure.grade(e, s),
  dispose = () => {},
): Evaluator {
  let held = ALWAYS;
  let latest = evaluate(held);
  const renew = (wanted = ALWAYS) => {
    held = wanted;
    latest = evaluate(wanted);
    return latest;
  };
  return {
    renew,
    holding: (wanted) => (wanted.every((q) => held.includes(q)) ? latest : renew(wanted)),
    get latest() {
      return latest;
    },
    grade,
    dispose,
  };
}
