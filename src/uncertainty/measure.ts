import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { Structure } from '../core/structure.ts';
import type { ActiveSet } from '../learn/activeSet.ts';
import type { LocalSets } from '../learn/localSets.ts';
import type { Uncertainty } from './uncertainty.ts';

/** What a measure may draw on: the ensemble as it is now and what it was taught. */
export interface MeasureContext {
  readonly activeSet: ActiveSet;
  readonly potential: LearnablePotential;
  /** Where the ensemble was taught with some. */
  readonly localSets?: readonly LocalSets[];
}

/** Makes a measure anew after every training. Throws a UserError when the ensemble lacks what the measure needs. */
export type MeasureFactory = (context: MeasureContext) => Uncertainty;

/** Index into `known` of each of the structure's elements; −1 where it is not known. */
export function elementIndices(s: Structure, known: readonly string[]): number[] {
  return s.elements.map((e) => known.indexOf(e));
}

/** What cannot be graded is as uncertain as can be. */
export function graded(value: number): number {
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}
