/** Where moving atoms would come to rest if their heat were taken from them at once. Stillinger and Weber, PRA 25, 978 (1982). */
import type { Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import { type Relaxation, relax } from './relax.ts';

/** eV/Å at which atoms count as at rest: what is left moves none by more than a few hundredths of an Å. */
const REST = 0.01;

/** Evaluations at most. */
const PATIENCE = 2000;

/** Downhill by FIRE, whose small steps stay in the basin; the cell keeps its shape. */
export function inherentStructure(evaluates: Evaluates, moving: Structure): Promise<Relaxation> {
  return relax(evaluates, moving, { cell: false, method: 'fire', force: REST, steps: PATIENCE });
}
