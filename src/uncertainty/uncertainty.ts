import type { Evaluation, Quantity } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';
import type { ElementActiveSet } from '../learn/activeSet.ts';

/** A measure of how little the ensemble knows about each atom's environment. */
export interface Uncertainty {
  readonly kind: string;
  /** Unit of the grade, '' when it is a pure number. */
  readonly unit: string;
  /** What an evaluation must hold for `grade`. */
  readonly needs: readonly Quantity[];
  /**
   * Where the grade is max_j |(b·inverse)_j| of an atom's projections b, by element, and Infinity for other elements: the
   * matrices [size²], for backends that do this faster.
   */
  readonly coordinates?: readonly Pick<ElementActiveSet, 'element' | 'size' | 'inverse'>[];
  /** One grade per atom, [n]; never NaN: an atom that cannot be graded gets Infinity. */
  grade(e: Evaluation, s: Structure): Float64Array;
}
