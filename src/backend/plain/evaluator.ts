import type { Evaluation, Potential, Quantity } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { verletList } from '../../core/verletList.ts';
import { ALWAYS, type Evaluator, evaluator, SKIN } from '../stepping/evaluator.ts';

/** Evaluates by the potential's own `evaluate`. */
export function plainEvaluator(potential: Potential, structure: Structure): Evaluator {
  const list = verletList(potential.cutoff, SKIN);
  // Two sets of arrays, so that steps without grading do not give away the large ones.
  let [lean, rich]: (Evaluation | undefined)[] = [];
  const evaluate = (wanted: readonly Quantity[]) => {
    const neighbours = list.current(structure);
    if (wanted.length === ALWAYS.length) {
      lean = potential.evaluate(structure, neighbours, wanted, lean);
      return lean;
    }
    rich = potential.evaluate(structure, neighbours, wanted, rich);
    return rich;
  };
  return evaluator({ evaluate });
}
