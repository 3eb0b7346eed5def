import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { FrameEvaluator } from '../backend/backend.ts';
import type { Evaluation, Potential } from '../core/potential.ts';
import { verletList } from '../core/verletList.ts';

/** What a property needs of a potential or of a backend's evaluator. */
export type Evaluates = Pick<FrameEvaluator, 'evaluate'>;

/** Å; strains of a few per cent and relaxations go by without a new list. */
const SKIN = 0.3;

/** A potential that evaluates one structure after the other, all of them much alike. */
export function plainly(potential: Potential): Evaluates {
  const list = verletList(potential.cutoff, SKIN);
  let out: Evaluation | undefined;
  return {
    async evaluate(s, want) {
      out = potential.evaluate(s, list.current(s), want, out);
      return out;
    },
  };
}

/** Every member of a linear ensemble as a potential of its own; none where there is no ensemble. */
export function memberPotentials<P extends LearnablePotential>(ensemble: P): P[] {
  const { e0, members } = ensemble.parameters;
  return members.map((mean) => ensemble.withParameters({ e0, mean, members: [] }) as P);
}

/** The potential that drives and its members, each on its own; no members where it is not a linear ensemble. */
export function membersOf(potential: Potential): { readonly mean: Potential; readonly members: Potential[] } {
  if (!('parameters' in potential)) return { mean: potential, members: [] };
  const ensemble = potential as LearnablePotential;
  const { e0, mean } = ensemble.parameters;
  return { mean: ensemble.withParameters({ e0, mean, members: [] }), members: memberPotentials(ensemble) };
}
