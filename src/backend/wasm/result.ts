import type { Evaluation, Quantity } from '../../core/potential.ts';
import type { SharedSystem } from './sharedSystem.ts';

const NONE = new Float64Array(0);

/** Energies, forces and virial of a system as an evaluation, added up in the order of atoms; further arrays are the caller's. */
export function resultOf(system: SharedSystem, want: readonly Quantity[]): Evaluation {
  const { energies, forces, virials } = system;
  let energy = 0;
  for (let i = 0; i < energies.length; i++) energy += energies[i];
  const virial = new Float64Array(want.includes('virial') ? 9 : 0);
  if (virial.length > 0)
    for (let i = 0; i < energies.length; i++) for (let k = 0; k < 9; k++) virial[k] += virials[9 * i + k];
  return {
    energy,
    energies,
    forces: want.includes('forces') ? forces : NONE,
    virial,
    projections: NONE,
    projectionWidth: 0,
    memberEnergies: NONE,
    memberForces: NONE,
  };
}

/** A single potential asked for members is its own. */
export function asOwnMember(e: Evaluation, { forces }: SharedSystem, want: readonly Quantity[]): Evaluation {
  return {
    ...e,
    memberEnergies: want.includes('memberEnergies') ? e.energies.slice() : NONE,
    memberForces: want.includes('memberForces') ? forces.slice() : NONE,
  };
}
