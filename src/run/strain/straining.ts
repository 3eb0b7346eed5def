import type { Deform, Integrator } from '../../../integrators/substeps.ts';
import type { Backend } from '../../backend/backend.ts';
import { type StrainSection, strainSchema } from '../../config/strainSection.ts';
import type { Potential } from '../../core/potential.ts';
import { type CurveSampler, curveSampler } from './curve.ts';

/** What a run that strains its cell does beside stepping. */
export interface Straining {
  /** Steps between two points of the curve. */
  readonly every: number;
  sampler(potential: Potential): Promise<CurveSampler>;
}

/** Undefined where the integrator strains nothing. `reference`: rows of the cell that strains refer to, Å. */
export function strainingOf(
  section: StrainSection | undefined,
  integrator: Integrator,
  reference: Float64Array,
  backend: Backend,
): Straining | undefined {
  const path = integrator.substeps.find((s): s is Deform => s.kind === 'deform');
  if (!path) return undefined;
  const { every } = section ?? strainSchema.parse({});
  return {
    every,
    sampler: (potential) => curveSampler(backend, potential, reference),
  };
}
