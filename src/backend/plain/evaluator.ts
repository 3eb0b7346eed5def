import type { Evaluation, Potential, Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { verletList } from '../../core/verletList.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';

/** Å. Wide enough for tens of steps between two lists in a hot metal, narrow enough to add few pairs. */
const SKIN = 0.6;

/** What every step evaluates. */
const ALWAYS: readonly Quantity[] = ['forces', 'virial'];

/** The quantities of a step whose end is graded by `measures`. */
export function wantedBy(measures: readonly Uncertainty[]): readonly Quantity[] {
  return [...new Set([...ALWAYS, ...measures.flatMap((m) => m.needs)])];
}

/** Evaluates one potential on one structure that moves. */
export interface Evaluator {
  /** At the positions as they are; `wanted` by {@link wantedBy}, or what every step needs. */
  renew(wanted?: readonly Quantity[]): Evaluation;
  /** The latest evaluation, renewed if it lacks something. */
  holding(wanted: readonly Quantity[]): Evaluation;
  readonly latest: Evaluation;
}

export function evaluator(potential: Potential, structure: Structure): Evaluator {
  const list = verletList(potential.cutoff, SKIN);
  // Two sets of arrays, so that steps without grading do not give away the large ones.
  let [lean, rich]: (Evaluation | undefined)[] = [];
  let held = ALWAYS;
  const renew = (wanted = ALWAYS) => {
    const neighbours = list.current(structure);
    held = wanted;
    if (wanted.length === ALWAYS.length) {
      lean = potential.evaluate(structure, neighbours, wanted, lean);
      return lean;
    }
    rich = potential.evaluate(structure, neighbours, wanted, rich);
    return rich;
  };
  let latest = renew();
  return {
    renew(wanted) {
      latest = renew(wanted);
      return latest;
    },
    holding(wanted) {
      if (!wanted.every((q) => held.includes(q))) latest = renew(wanted);
      return latest;
    },
    get latest() {
      return latest;
    },
  };
}
