/**
 * Disagreement of the ensemble's members on one atom: σ_E = rms_m |E_m − Ē| and σ_F = rms_m ‖F_m − F̄‖, bars over members.
 */
import { z } from 'zod';
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { UserError } from '../core/errors.ts';
import type { Evaluation } from '../core/potential.ts';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import { graded, type MeasureContext, type MeasureFactory } from './measure.ts';
import type { ProductSet, Recipe } from './recipe.ts';

export const committeeEnergy = entry<MeasureFactory, z.ZodObject>({
  kind: 'committeeEnergy',
  schema: z.strictObject({}),
  create: () => committee('committeeEnergy', 'eV/atom', 'memberEnergies', 1, energySpread),
});

export const committeeForce = entry<MeasureFactory, z.ZodObject>({
  kind: 'committeeForce',
  schema: z.strictObject({}),
  create: () => committee('committeeForce', 'eV/Å', 'memberForces', 3, () => ({ of: 'memberForces' })),
});

function committee(
  kind: string,
  unit: string,
  quantity: 'memberEnergies' | 'memberForces',
  components: number,
  recipeOf: (potential: LearnablePotential) => Recipe | undefined,
): MeasureFactory {
  return ({ potential }: MeasureContext) => {
    const { members } = potential;
    if (members < 2)
      throw new UserError(
        `uncertainty ${kind}: got ${members} member, must be at least 2; raise train.ensemble.members`,
      );
    const recipe = recipeOf(potential);
    return {
      kind,
      unit,
      needs: [quantity],
      ...(recipe && { recipe }),
      grade: (e: Evaluation, s) => memberSpread(e[quantity], atomCount(s), components, members),
    };
  };
}

/** Root mean square over members of the distance from the members' mean; `values` is [members × n × components]. */
export function memberSpread(
  values: Float64Array,
  n: number,
  components: number,
  members: number,
): Float64Array {
  const size = n * components;
  const sigma = new Float64Array(n);
  for (let k = 0; k < size; k++) {
    let mean = 0;
    for (let m = 0; m < members; m++) mean += values[m * size + k];
    mean /= members;
    let squares = 0;
    for (let m = 0; m < members; m++) squares += (values[m * size + k] - mean) ** 2;
    sigma[Math.floor(k / components)] += squares;
  }
  for (let i = 0; i < n; i++) sigma[i] = graded(Math.sqrt(sigma[i] / members));
  return sigma;
}

/** σ_E = ‖b·C‖ with columns (c_m − c̄)/√M, where energies are linear in projections. */
function energySpread(potential: LearnablePotential): Recipe | undefined {
  if ('projectionOffsets' in potential) return undefined;
  const { elements, functionOffsets: at, parameters } = potential;
  const { members } = parameters;
  const M = members.length;
  const sets = elements.map((element, k): ProductSet => {
    const size = at[k + 1] - at[k];
    const matrix = new Float64Array(size * M);
    for (let v = 0; v < size; v++) {
      const mean = members.reduce((sum, c) => sum + c[at[k] + v], 0) / M;
      for (let m = 0; m < M; m++) matrix[v * M + m] = (members[m][at[k] + v] - mean) / Math.sqrt(M);
    }
    return { element, size, columns: M, groups: [[matrix]] };
  });
  return { of: 'projections', norm: 'length', sets };
}
