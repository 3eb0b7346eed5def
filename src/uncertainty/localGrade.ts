/**
 * Extrapolation grade by local D-optimality: γ_c = mean over restarts of max_j |(b Â_c⁻¹)_j| in the active set of a cluster c of training
 * environments. Two published readings, whose thresholds do not transfer: `min`, the least γ_c of all clusters; `nearest`, γ_c of the
 * cluster whose centre is nearest. arXiv 2508.03405.
 */
import { z } from 'zod';
import { nearestCentre } from '../cluster/kMeans.ts';
import { place } from '../cluster/principalAxes.ts';
import { UserError } from '../core/errors.ts';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import type { LocalSets } from '../learn/localSets.ts';
import { elementIndices, graded, type MeasureFactory } from './measure.ts';
import type { NormRecipe } from './recipe.ts';

export const READINGS = ['min', 'nearest'] as const;
export type Reading = (typeof READINGS)[number];

const schema = z.strictObject({
  reading: z
    .enum(READINGS)
    .default('nearest')
    .describe('grade in the nearest cluster, or the least of all clusters'),
});

export const localGrade = entry<MeasureFactory, typeof schema>({
  kind: 'localGrade',
  schema,
  create:
    ({ reading }) =>
    ({ localSets }) => {
      if (!localSets)
        throw new UserError(
          'uncertainty localGrade: the model has no local active sets, must have been taught with some; set train.activeSet.clusters',
        );
      const graders = localSets.map((sets) => localGrader(sets, reading));
      const known = localSets.map((sets) => sets.element);
      return {
        kind: 'localGrade',
        unit: '',
        needs: ['projections'],
        ...(reading === 'min' && { recipe: leastOf(localSets) }),
        grade({ projections, projectionWidth }, s) {
          const of = elementIndices(s, known);
          return Float64Array.from({ length: atomCount(s) }, (_, i) => {
            const grade = graders[of[s.species[i]]];
            return grade ? graded(grade(projections, i * projectionWidth)) : Number.POSITIVE_INFINITY;
          });
        },
      };
    },
});

function leastOf(localSets: readonly LocalSets[]): NormRecipe {
  const sets = localSets.map(({ element, size, sets }) => ({
    element,
    size,
    columns: size,
    groups: sets.map(({ inverses }) => inverses),
  }));
  return { of: 'projections', norm: 'largest', sets };
}

/** Grades the row at `at`; NaN where it is not finite. */
export function localGrader(
  { size: K, axes, centres, sets }: LocalSets,
  reading: Reading,
): (b: Float64Array, at: number) => number {
  const columns = sets.map(({ inverses }) => inverses.map((inverse) => transposed(inverse, K)));
  const z = new Float64Array(axes.dimensions);
  return (b, at) => {
    const { k } = nearestCentre(place(axes, b, at, z), 0, centres, z.length);
    let least = clusterGrade(b, at, K, columns[k]);
    if (reading === 'nearest' || Number.isNaN(least)) return least;
    for (let c = 0; c < columns.length; c++)
      if (c !== k) least = Math.min(least, clusterGrade(b, at, K, columns[c], least));
    return least;
  };
}

/** The mean over restarts; or some number not below `limit` where it is not below that, which is mostly known after few columns. */
function clusterGrade(
  b: Float64Array,
  at: number,
  K: number,
  restarts: readonly Float64Array[],
  limit = Number.POSITIVE_INFINITY,
): number {
  let sum = 0;
  for (const columns of restarts) {
    let largest = 0;
    for (let j = 0; j < K; j++) {
      let c = 0;
      for (let v = 0; v < K; v++) c += columns[j * K + v] * b[at + v];
      largest = Math.max(largest, Math.abs(c));
      if (sum + largest >= limit * restarts.length) return limit;
    }
    sum += largest;
  }
  return sum / restarts.length;
}

/** Column j of Â⁻¹ becomes row j. */
function transposed(inverse: Float64Array, K: number): Float64Array {
  return inverse.map((_, k) => inverse[(k % K) * K + Math.floor(k / K)]);
}
