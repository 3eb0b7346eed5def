import type { Evaluation, Quantity } from '../../core/potential.ts';
import type { SharedSystem } from './sharedSystem.ts';

const NONE = new Float64Array(0);

/** Energies, forces and virial of a system as an evaluation, added up in the order of atoms; further arrays are the caller's. */
export function resultOf(system: SharedSystem, want: readonly Quantity[]): Evaluation {
  const { energies, forces, virials } = system;
  let energy = 0;
  for (let i = 0; i < energies.length; i++) energy += energies[i];
  const virial = new Float64Array(want.includes('virial') ? 9 : 0);
  if (virial.length > 0) addUp(virials, virial);
  return {
    energy,
    energies,
    forces: want.includes('forces') ? forces : NONE,
    virial,
    projections: NONE,
    projectionWidth: 0,
    memberEnergies: NONE,
    memberForces: NONE,
    memberVirials: NONE,
  };
}

/** Sums of [k][atoms][9] over atoms, added to `out` [k × 9] in the order of atoms. */
export function addUp(virials: Float64Array, out: Float64Array): Float64Array {
  const each = virials.length / (out.length / 9);
  for (let m = 0; m < out.length / 9; m++)
    for (let i = 0; i < each; i += 9) for (let k = 0; k < 9; k++) out[9 * m + k] += virials[each * m + i + k];
  return out;
}

/** A single potential asked for members is its own. */
export function asOwnMember(
  e: Evaluation,
  { forces, virials }: SharedSystem,
  want: readonly Quantity[],
): Evaluation {
  return {
    ...e,
    memberEnergies: want.includes('memberEnergies') ? e.energies.slice() : NONE,
    memberForces: want.includes('memberForces') ? forces.slice() : NONE,
    memberVirials: want.includes('memberVirials') ? addUp(virials, new Float64Array(9)) : NONE,
  };
}
