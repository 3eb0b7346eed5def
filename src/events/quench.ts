/**
 * Inherent structure of a frame: the minimum of the energy that steepest descent would lead to, cell fixed. Stillinger and Weber,
 * PRA 25, 978 (1982). L-BFGS with short steps gets there; where basins are narrow it may end in the one beside, which persistence mends.
 */
import type { Structure } from '../core/structure.ts';
import type { Evaluates } from '../properties/evaluates.ts';
import { relax } from '../properties/relax.ts';
import type { DetectionOptions } from './options.ts';

/** A potential or a backend's evaluator, and how far it reaches (Å). */
export interface Reaching extends Evaluates {
  readonly cutoff: number;
}

/** What a quench came to. */
export interface Rest {
  readonly structure: Structure;
  /** eV. */
  readonly energy: number;
  readonly converged: boolean;
  /** Evaluations it took. */
  readonly steps: number;
}

/** A copy at rest. Atoms marked in `hold` stay. Not at rest after all its steps, it is taken as it is then: comparisons are coarse. */
export async function quench(
  evaluates: Evaluates,
  s: Structure,
  { force, steps }: DetectionOptions['relax'],
  hold?: Uint8Array,
): Promise<Rest> {
  const { structure, energy, converged, ...o } = await relax(evaluates, s, {
    cell: false,
    force,
    steps,
    ...(hold && { hold }),
  });
  return { structure, energy, converged, steps: o.steps };
}
