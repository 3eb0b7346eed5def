import type { Evaluation, Quantity } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';
import type { Recipe } from './recipe.ts';

/** A measure of how little the ensemble knows about each atom's environment. */
export interface Uncertainty {
  readonly kind: string;
  /** Unit of the grade, '' when it is a pure number. */
  readonly unit: string;
  /** What an evaluation must hold for `grade`. */
  readonly needs: readonly Quantity[];
  /** What `grade` computes, where that is linear algebra: backends may do it themselves, and faster. */
  readonly recipe?: Recipe;
  /** One grade per atom, [n]; never NaN: an atom that cannot be graded gets Infinity. */
  grade(e: Evaluation, s: Structure): Float64Array;
}
