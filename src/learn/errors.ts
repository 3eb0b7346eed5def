import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import { atomCount } from '../core/structure.ts';
import type { LabelledFrame } from './dataset.ts';

/** Errors of an ensemble over labelled frames. */
export interface ErrorSummary {
  /** eV/atom. */
  readonly energyRmse: number;
  /** eV/Å per component, core atoms only. */
  readonly forceRmse: number;
  /** eV/Å, the largest component. */
  readonly forceMax: number;
}

/** Errors of a potential on one labelled frame. */
export interface FrameErrors {
  /** eV/atom, predicted minus labelled; NaN when the frame's energy is not faithful. */
  readonly energy: number;
  /** eV/Å, predicted minus labelled, three components per core atom. */
  readonly forces: Float64Array;
}

export function frameErrors(potential: Potential, frame: LabelledFrame): FrameErrors {
  const { structure: s, label, core, faithful } = frame;
  const found = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces']);
  return {
    energy: faithful ? (found.energy - label.energy) / atomCount(s) : Number.NaN,
    forces: found.forces.map((f, k) => f - label.forces[k]).filter((_, k) => core[Math.floor(k / 3)] === 1),
  };
}

/** Errors of a potential over labelled frames; NaN where no frame has anything to compare. */
export function errorsOn(potential: Potential, frames: readonly LabelledFrame[]): ErrorSummary {
  return summarise(frames.map((f) => frameErrors(potential, f)));
}

export function summarise(errors: readonly FrameErrors[]): ErrorSummary {
  const energies = errors.map((e) => e.energy).filter((e) => !Number.isNaN(e));
  let squares = 0;
  let components = 0;
  let forceMax = 0;
  for (const { forces } of errors) {
    components += forces.length;
    for (const f of forces) {
      squares += f * f;
      forceMax = Math.max(forceMax, Math.abs(f));
    }
  }
  return {
    energyRmse: Math.sqrt(energies.reduce((sum, e) => sum + e * e, 0) / energies.length),
    forceRmse: Math.sqrt(squares / components),
    forceMax,
  };
}
