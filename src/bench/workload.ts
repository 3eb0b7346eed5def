import { integrators } from '../../integrators/registry.ts';
import type { MdState } from '../core/mdState.ts';
import { crystal, type PrototypeName } from '../core/prototypes.ts';
import { supercell } from '../core/structure.ts';
import { maxwellBoltzmann } from '../core/velocities.ts';

/** A hot crystal of one or two elements. */
export interface Workload {
  readonly prototype: PrototypeName;
  readonly elements: readonly string[];
  /** Å. */
  readonly a: number;
  /** Cells along each axis. */
  readonly repeat: number;
}

/** K: of the start, half of which becomes potential energy. */
const TEMPERATURE = 600;

/** Constant energy, 2 fs. */
export const VERLET = integrators.create(
  integrators.schema.parse({ kind: 'velocityVerlet', timestep: '2 fs' }),
);

export function startOf({ prototype, elements, a, repeat }: Workload): MdState {
  const structure = supercell(crystal(prototype, elements, a), [repeat, repeat, repeat]);
  const velocities = maxwellBoltzmann(structure, TEMPERATURE, VERLET.seed);
  return { step: 0, structure, velocities, extended: new Float64Array(0) };
}
