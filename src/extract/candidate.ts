import type { Structure } from '../core/structure.ts';

/** A structure to be labelled. */
export interface Candidate {
  readonly structure: Structure;
  /** [n]; 1 where the atom's environment is that of the simulation, so that its force label may be learned. */
  readonly core: Uint8Array;
  /** True when the total energy (and stress) may be learned too. */
  readonly faithful: boolean;
  /** How it was cut. */
  readonly cut: 'whole' | 'patch' | 'cluster';
  /** Index in `structure` of the atom it was cut for; −1 if for none in particular. */
  readonly centre: number;
}
