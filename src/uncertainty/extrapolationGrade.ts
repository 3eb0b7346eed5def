/**
 * Extrapolation grade by D-optimality: γ_i = max_j |(b_i Â⁻¹)_j|, the largest coefficient in the combination of active-set
 * environments that makes up environment i. At most 1 inside the training data. Podryabinkin and Shapeev,
 * Comput. Mater. Sci. 140, 171 (2017); Lysogorskiy et al., Phys. Rev. Materials 7, 043801 (2023).
 */
import { z } from 'zod';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import { elementIndices, graded, type MeasureFactory } from './measure.ts';

export const extrapolationGrade = entry<MeasureFactory, z.ZodObject>({
  kind: 'extrapolationGrade',
  schema: z.strictObject({}),
  create:
    () =>
    ({ activeSet }) => {
      const known = activeSet.map((set) => set.element);
      const c = new Float64Array(Math.max(0, ...activeSet.map((set) => set.size)));
      return {
        kind: 'extrapolationGrade',
        unit: '',
        needs: ['projections'],
        recipe: {
          of: 'projections',
          norm: 'largest',
          sets: activeSet.map(({ element, size, inverse }) => ({
            element,
            size,
            columns: size,
            groups: [[inverse]],
          })),
        },
        grade({ projections, projectionWidth }, s) {
          const of = elementIndices(s, known);
          return Float64Array.from({ length: atomCount(s) }, (_, i) => {
            const set = activeSet[of[s.species[i]]];
            return set
              ? graded(largestCoordinate(projections, i * projectionWidth, set.size, set.inverse, c))
              : Number.POSITIVE_INFINITY;
          });
        },
      };
    },
});

/** max_j |(b Â⁻¹)_j| of the row at `at`; `c` is scratch of at least K. NaN where the row is not finite. */
export function largestCoordinate(
  b: Float64Array,
  at: number,
  K: number,
  inverse: Float64Array,
  c: Float64Array,
): number {
  c.fill(0);
  for (let v = 0; v < K; v++) {
    const x = b[at + v];
    const row = v * K;
    for (let j = 0; j < K; j++) c[j] += x * inverse[row + j];
  }
  let largest = 0;
  for (let j = 0; j < K; j++) largest = Math.max(largest, Math.abs(c[j]));
  return largest;
}
