import type { Structure } from '../core/structure.ts';

/** A structure to be labelled. */
export interface Candidate {
  readonly structure: Structure;
  /** [n]; 1 where the atom's environment is that of the simulation, so that its force label may be learned. */
  readonly core: Uint8Array;
  /** True when all of it may be learned: every force, the energy and the stress. */
  readonly faithful: boolean;
  /** How it was cut. */
  readonly cut: 'whole' | 'patch' | 'cluster';
  /** Index in `structure` of the atom it was cut for; −1 if for none in particular. */
  readonly centre: number;
}

/** How an environment was cut out and what shows that the cut is faithful. */
export interface CutProof {
  readonly cut: 'whole' | 'patch' | 'cluster';
  readonly atoms: number;
  /** Whose environment is that of the simulation. */
  readonly coreAtoms: number;
  /** Whose force label may be learned. */
  readonly learned: number;
  /** eV/Å: largest force difference of core atoms, cut against full cell, under the current ensemble. */
  readonly forceDeviation: number;
  /** Largest γ among the atoms whose neighbourhood the cut has changed. */
  readonly bufferGrade: number;
  /** Å. */
  readonly minimumDistance: number;
  readonly accepted: boolean;
  /** Why a cut was refused; empty when accepted. */
  readonly reason: string;
}
