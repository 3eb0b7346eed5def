import { atomCount, type Structure } from '../core/structure.ts';
import { crystalElastic } from './ensembleElastic.ts';
import type { Evaluates } from './evaluates.ts';
import { symmetryOf } from './symmetry.ts';

/** What a cubic crystal is known by. */
export interface CubicProperties {
  /** Å, of the cell's edge where the cell is cubic. */
  readonly a: number;
  /** eV/atom, against the energies that the potential calls zero. */
  readonly energy: number;
  /** GPa. */
  readonly C11: number;
  readonly C12: number;
  readonly C44: number;
  /** The crystal itself, at rest. */
  readonly structure: Structure;
}

/** Of a crystal in its cubic cell, relaxed. NaN throughout where it does not relax. */
export async function cubicProperties(evaluates: Evaluates, start: Structure): Promise<CubicProperties> {
  const symmetry = symmetryOf(start);
  const { relaxation, relaxed } = await crystalElastic(evaluates, start, symmetry);
  if (!relaxation.converged)
    return {
      a: Number.NaN,
      energy: Number.NaN,
      C11: Number.NaN,
      C12: Number.NaN,
      C44: Number.NaN,
      structure: relaxation.structure,
    };
  const { structure, energy } = relaxation;
  const [C11, C12, C44] = [0, 1, 21].map((k) => relaxed.C[k]);
  return {
    a: Math.hypot(...structure.cell.subarray(0, 3)),
    energy: energy / atomCount(structure),
    C11,
    C12,
    C44,
    structure,
  };
}
