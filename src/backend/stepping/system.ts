import { extendedLength, type Integrator } from '../../../integrators/substeps.ts';
import type { System } from '../../../integrators/system.ts';
import { cloneMdState, type MdState } from '../../core/mdState.ts';
import type { Structure } from '../../core/structure.ts';
import { massesOf } from '../../core/velocities.ts';

/** A system in motion, and the same atoms as the rest of the program sees them: both hold the same arrays. */
export interface Live {
  readonly system: System;
  readonly structure: Structure;
}

/** `place`: arrays that the backend wants positions and cell in, memory it shares with its workers for one. */
export function liveFrom(
  start: MdState,
  integrator: Integrator,
  place?: Pick<Structure, 'positions' | 'cell'>,
): Live {
  const { structure: own, velocities, extended, step } = cloneMdState(start);
  place?.positions.set(own.positions);
  place?.cell.set(own.cell);
  const structure = { ...own, ...place };
  const { positions, cell } = structure;
  const system: System = {
    step,
    masses: massesOf(structure),
    positions,
    velocities,
    cell,
    extended: extended.length > 0 ? extended : new Float64Array(extendedLength(integrator)),
    forces: new Float64Array(positions.length),
    virial: new Float64Array(9),
  };
  return { system, structure };
}

export function snapshot({ system, structure }: Live): MdState {
  const { step, velocities, extended } = system;
  return cloneMdState({ step, structure, velocities, extended });
}

/** Overwrites `into`, a former snapshot of the same system, and gives it its step. */
export function snapshotInto(into: MdState, { system }: Live): MdState {
  into.structure.positions.set(system.positions);
  into.structure.cell.set(system.cell);
  into.velocities.set(system.velocities);
  into.extended.set(system.extended);
  return { ...into, step: system.step };
}
