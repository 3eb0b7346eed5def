import type { AcePotential } from '../../potentials/ace/ace.ts';
import { type ActiveSetMatrix, activeSetKind } from '../../potentials/ace/activeSetFile.ts';
import { fullProjections } from '../../potentials/ace/projections.ts';
import { UserError } from '../core/errors.ts';
import { extrapolationGrade, largestCoordinate } from '../uncertainty/extrapolationGrade.ts';
import { graded } from '../uncertainty/measure.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';

/** γ by the active set of a published potential, linear or full. Throws a UserError where the two do not fit; `file` names the set. */
export function publishedGrade(
  { model }: AcePotential,
  sets: ReadonlyMap<string, ActiveSetMatrix>,
  file: string,
): Uncertainty {
  if (model.form !== 'B')
    throw new UserError(
      `active set: got '${file}' for a .yace potential, which has no projections to grade; give the .yaml it was made from`,
    );
  const sizes = model.elements.map((symbol, a) => {
    const { functions, embedding } = model.centres[a];
    return { symbol, functions: functions.length, densities: embedding.prefactors.length };
  });
  const full = activeSetKind(sets, sizes, file) === 'full';
  const scratch = new Float64Array(Math.max(...[...sets.values()].map((set) => set.size)));
  const v = scratch.slice();
  return {
    kind: extrapolationGrade.kind,
    unit: '',
    needs: ['projections'],
    ...(full ? {} : { coordinates: [...sets].map(([element, set]) => ({ element, ...set })) }),
    grade: ({ projections, projectionWidth }, s) =>
      Float64Array.from(s.species, (species, i) => {
        const a = model.elements.indexOf(s.elements[species]);
        if (a < 0) return Number.POSITIVE_INFINITY;
        const { size, inverse } = sets.get(model.elements[a])!;
        const from = i * projectionWidth;
        const row = projections.subarray(from, from + sizes[a].functions);
        const coordinates = full ? fullProjections(model, a, row, v) : row;
        return graded(largestCoordinate(coordinates, 0, size, inverse, scratch));
      }),
  };
}
