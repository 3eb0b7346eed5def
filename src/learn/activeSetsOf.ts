import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { RefinablePotential } from '../../potentials/refinable.ts';
import type { ActiveSet } from './activeSet.ts';
import { activeSetBuilder } from './activeSetBuilder.ts';
import type { Algebra } from './algebra.ts';
import type { LabelledFrame } from './dataset.ts';
import { environments } from './designMatrix.ts';
import { extendedSet, type GivenSet } from './givenActiveSet.ts';
import { type LocalSets, localBuilders } from './localSets.ts';
import { plainAlgebra } from './plainAlgebra.ts';
import type { TrainOptions } from './schema.ts';

/** Any potential that can be taught; one that is refined says how wide its projections are. */
type Projecting = LearnablePotential & Partial<Pick<RefinablePotential, 'projectionOffsets'>>;

/**
 * What a potential knows that was taught these frames, by its linear or full projections: its active sets and, where clusters are asked
 * for, local ones. `given`: active sets of the elements that the frames extend.
 */
export function activeSetsOf(
  potential: Projecting,
  frames: readonly LabelledFrame[],
  options: TrainOptions['activeSet'],
  given: readonly GivenSet[] = [],
  algebra: Algebra = plainAlgebra,
): { readonly activeSet: ActiveSet; readonly localSets?: readonly LocalSets[] } {
  const { elements, projectionOffsets: at = potential.functionOffsets } = potential;
  const seen = seenBy({ ...potential, functionOffsets: at }, frames);
  const sizes = elements.map((_, k) => at[k + 1] - at[k]);
  const activeSet = elements.map((element, k) => {
    if (given[k]) return extendedSet(element, given[k], seen[k], options.tolerance);
    const set = activeSetBuilder(element, sizes[k], options, algebra);
    set.offer(seen[k], seen[k].length / sizes[k]);
    return set.snapshot();
  });
  const localSets = localBuilders(elements, sizes, options, algebra)?.map((set, k) => {
    set.offer(seen[k], seen[k].length / sizes[k]);
    return set.snapshot();
  });
  return { activeSet, ...(localSets && { localSets }) };
}

/** Environments of all frames by element, row-major. */
function seenBy(potential: LearnablePotential, frames: readonly LabelledFrame[]): Float64Array[] {
  const each = frames.map((frame) => environments(frame, potential));
  return potential.elements.map((_, k) => Float64Array.from(each.flatMap((rows) => Array.from(rows[k]))));
}
