import { blankEvaluation, type Potential } from '../../src/core/potential.ts';
import { type Structure, structureFrom } from '../../src/core/structure.ts';

/** Å between two wells, eV of the barrier between them, eV/Å² across. */
export const WELLS = { period: 1.35, barrier: 0.02, stiffness: 0.2 };

/** One hydrogen atom in wells along x: E = (E_b/2)(1 − cos(2πx/a)) + (k/2)(y² + z²). */
export const cosineWells: Potential = {
  kind: 'cosineWells',
  elements: ['H'],
  cutoff: 1,
  members: 1,
  projectionWidth: 0,
  evaluate({ positions }, _, want, out) {
    const e = blankEvaluation(cosineWells, 1, want, out);
    const { period, barrier, stiffness } = WELLS;
    const [x, y, z] = positions;
    const q = (2 * Math.PI) / period;
    e.energy = (barrier / 2) * (1 - Math.cos(q * x)) + (stiffness / 2) * (y * y + z * z);
    e.energies[0] = e.energy;
    if (e.forces.length > 0)
      e.forces.set([(-barrier / 2) * q * Math.sin(q * x), -stiffness * y, -stiffness * z]);
    return e;
  },
};

/** At the bottom of a well. */
export function inWell(): Structure {
  return structureFrom(['H'], [0, 0, 0]);
}

/** Number of the well. */
export function wellOf({ positions }: Structure): number {
  return Math.round(positions[0] / WELLS.period);
}
