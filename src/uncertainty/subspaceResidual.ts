/**
 * How much of an environment lies outside all that the training environments span: ‖b − Pb‖/‖b‖ with every function in
 * units of its largest magnitude in training. 0 inside the span, 1 for an element never seen.
 */
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import type { ElementActiveSet } from '../learn/activeSet.ts';
import { elementIndices, graded, type MeasureFactory } from './measure.ts';
import type { ProductSet, Recipe } from './recipe.ts';

export const subspaceResidual = entry<MeasureFactory, z.ZodObject>({
  kind: 'subspaceResidual',
  schema: z.strictObject({}),
  create:
    () =>
    ({ activeSet }) => {
      if (activeSet.every((set) => set.rank === 0))
        throw new UserError(
          'uncertainty subspaceResidual: the active set has no span, must hold the span of its environments; ' +
            'use extrapolationGrade with an imported active set, or train one here',
        );
      const known = activeSet.map((set) => set.element);
      const b = new Float64Array(Math.max(...activeSet.map((set) => set.size)));
      let recipe: Recipe | undefined;
      return {
        kind: 'subspaceResidual',
        unit: '',
        needs: ['projections'],
        get recipe(): Recipe {
          recipe ??= { of: 'projections', norm: 'share', sets: activeSet.map(outside) };
          return recipe;
        },
        grade({ projections, projectionWidth }, s) {
          const of = elementIndices(s, known);
          return Float64Array.from({ length: atomCount(s) }, (_, i) => {
            const set = activeSet[of[s.species[i]]];
            return set
              ? graded(residual(projections, i * projectionWidth, set, b))
              : Number.POSITIVE_INFINITY;
          });
        },
      };
    },
});

/** An environment without neighbours, b = 0, lies in every span. `b` is scratch of at least K. */
function residual(row: Float64Array, at: number, set: ElementActiveSet, b: Float64Array): number {
  const { size: K, span, rank, scale } = set;
  let whole = 0;
  for (let v = 0; v < K; v++) {
    b[v] = row[at + v] / scale[v];
    whole += b[v] * b[v];
  }
  if (whole === 0) return 0;
  for (let q = 0; q < rank; q++) {
    let dot = 0;
    for (let v = 0; v < K; v++) dot += span[q * K + v] * b[v];
    for (let v = 0; v < K; v++) b[v] -= dot * span[q * K + v];
  }
  let rest = 0;
  for (let v = 0; v < K; v++) rest += b[v] * b[v];
  return Math.sqrt(rest / whole);
}

/** 1 − P as a matrix: no digits of a small residual cancel. */
function outside({ element, size: K, span, rank, scale }: ElementActiveSet): ProductSet {
  const matrix = new Float64Array(K * K);
  for (let v = 0; v < K; v++) {
    matrix[v * (K + 1)] = 1;
    for (let q = 0; q < rank; q++) {
      const x = span[q * K + v];
      for (let j = 0; j < K; j++) matrix[v * K + j] -= x * span[q * K + j];
    }
  }
  return { element, size: K, scale, columns: K, groups: [[matrix]] };
}
