import type { AcePotential } from '../../../potentials/ace/ace.ts';
import type { EamPotential } from '../../../potentials/eam/embeddedAtom.ts';
import type { Evaluation, Potential, Quantity } from '../../core/potential.ts';
import type { Uncertainty } from '../../uncertainty/uncertainty.ts';
import { aceKernel } from './aceKernel.ts';
import { eamKernel } from './eamKernel.ts';
import { type Composition, MANY_ATOMS, type SharedSystem } from './sharedSystem.ts';
import type { Team } from './team.ts';

/** A potential at work on one system in shared memory. */
export interface Device {
  readonly system: SharedSystem;
  /** The result's arrays are overwritten by the next. */
  evaluate(want: readonly Quantity[]): Evaluation;
  /** Makes ready to grade by these; true when arrays that `evaluate` gave have been lost over it. */
  attend?(measures: readonly Uncertainty[]): boolean;
  /** Grades the latest evaluation; undefined for a measure that is not of a kind this device computes. */
  grade?(measure: Uncertainty): Float64Array | undefined;
}

/** Opens systems of any composition for one potential. What is opened is void once another is. */
export type Kernel = (composition: Composition) => Device;

/**
 * The kernel for a potential; undefined for one that has none and is evaluated by its own `evaluate`. Systems of `compactFrom` atoms
 * or more are compact.
 */
export function kernelFor(potential: Potential, team: Team, compactFrom = MANY_ATOMS): Kernel | undefined {
  if (isAce(potential) && !potential.tables.tabulated) return aceKernel(potential, team, compactFrom);
  if (isEam(potential)) return eamKernel(potential, team, compactFrom);
  return undefined;
}

export function hasKernel(potential: Potential): boolean {
  return (isAce(potential) && !potential.tables.tabulated) || isEam(potential);
}

function isAce(p: Potential): p is AcePotential {
  return 'tables' in p && 'weights' in p;
}

function isEam(p: Potential): p is EamPotential {
  return p.kind === 'eam' && 'functions' in p;
}
