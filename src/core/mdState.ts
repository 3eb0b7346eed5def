import { cloneStructure, type Structure } from './structure.ts';

/** All that is needed to go on bitwise: positions, cell, velocities, thermostat, and how far time has come. */
export interface MdState {
  /** Completed steps since the start of the run. */
  readonly step: number;
  readonly structure: Structure;
  /** Å/fs, [3n]. */
  readonly velocities: Float64Array;
  /** Extended variables of thermostats and barostats; their layout is given by the integrator's sub-steps. */
  readonly extended: Float64Array;
}

export function cloneMdState(s: MdState): MdState {
  return {
    step: s.step,
    structure: cloneStructure(s.structure),
    velocities: s.velocities.slice(),
    extended: s.extended.slice(),
  };
}
