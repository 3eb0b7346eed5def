/**
 * Disagreement of the ensemble's members on one atom: σ_E = rms_m |E_m − Ē| and σ_F = rms_m ‖F_m − F̄‖, bars over members.
 */
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import type { Evaluation } from '../core/potential.ts';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import { graded, type MeasureContext, type MeasureFactory } from './measure.ts';

export const committeeEnergy = entry<MeasureFactory, z.ZodObject>({
  kind: 'committeeEnergy',
  schema: z.strictObject({}),
  create: () => committee('committeeEnergy', 'eV/atom', 'memberEnergies', 1),
});

export const committeeForce = entry<MeasureFactory, z.ZodObject>({
  kind: 'committeeForce',
  schema: z.strictObject({}),
  create: () => committee('committeeForce', 'eV/Å', 'memberForces', 3),
});

function committee(
  kind: string,
  unit: string,
  quantity: 'memberEnergies' | 'memberForces',
  components: number,
): MeasureFactory {
  return ({ potential }: MeasureContext) => {
    const { members } = potential;
    if (members < 2)
      throw new UserError(
        `uncertainty ${kind}: got ${members} member, must be at least 2; raise train.ensemble.members`,
      );
    return {
      kind,
      unit,
      needs: [quantity],
      grade: (e: Evaluation, s) => spread(e[quantity], atomCount(s), components, members),
    };
  };
}

/** Root mean square over members of the distance from the members' mean; `values` is [members × n × components]. */
function spread(values: Float64Array, n: number, components: number, members: number): Float64Array {
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
