import type { Evaluation, Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';

/** Å. Wide enough for tens of steps between two lists in a hot metal, narrow enough to add few pairs. */
export const SKIN = 0.6;

/** What every step evaluates. */
export const ALWAYS: readonly Quantity[] = ['forces', 'virial'];

/** Grades of all atoms by a measure, from an evaluation that holds what the measure needs. */
export type Grader = (measure: Uncertainty, e: Evaluation, s: Structure) => Float64Array;

/** Evaluates one potential on one structure that moves. */
export interface Evaluator {
  /** Makes ready to grade by these measures; the quantities of a step whose end is graded by them. */
  attend(measures: readonly Uncertainty[]): readonly Quantity[];
  /** At the positions as they are; `wanted` as `attend` gave it, or what every step needs. */
  renew(wanted?: readonly Quantity[]): Evaluation;
  /** The latest evaluation, renewed if it lacks something. */
  holding(wanted: readonly Quantity[]): Evaluation;
  readonly latest: Evaluation;
  readonly grade: Grader;
  dispose(): void;
}

/** What evaluates in the end. */
export interface Source {
  evaluate(wanted: readonly Quantity[]): Evaluation;
  /** True when what it gave before, but for energies, forces and virial, is lost. */
  attend?(measures: readonly Uncertainty[]): boolean;
  readonly grade?: Grader;
  dispose?(): void;
}

/** Remembers what was evaluated last; the positions as they are when it is made are evaluated at once. */
export function evaluator(source: Source): Evaluator {
  let held = ALWAYS;
  let latest = source.evaluate(held);
  const renew = (wanted = ALWAYS) => {
    held = wanted;
    latest = source.evaluate(wanted);
    return latest;
  };
  return {
    attend(measures) {
      if (source.attend?.(measures)) held = ALWAYS;
      return [...new Set([...ALWAYS, ...measures.flatMap((m) => m.needs)])];
    },
    renew,
    holding: (wanted) => (wanted.every((q) => held.includes(q)) ? latest : renew(wanted)),
    get latest() {
      return latest;
    },
    grade: source.grade ?? ((measure, e, s) => measure.grade(e, s)),
    dispose: () => source.dispose?.(),
  };
}
