import type { Evaluation, Quantity } from '../core/potential.ts';

/** What a bias adds at some positions. Arrays are overwritten by the next. */
export interface BiasTerm {
  /** Times `value`, and the sign turned, the energy that is added. */
  readonly strength: number;
  /** eV, where the strength is a plain number. */
  readonly value: number;
  /** eV/Å, [3n]; adds up to zero. */
  readonly forces: Float64Array;
  /** eV, row order [9]: −∂E/∂ε. */
  readonly virial: Float64Array;
}

/** Drives the dynamics to where its ensemble knows little. */
export interface Bias {
  readonly kind: string;
  /** Numbers it keeps between steps; zeros before the first. */
  readonly memory: number;
  /** What it reads of an evaluation. */
  readonly needs: readonly Quantity[];
  /** `moved`: these are the positions of a new step, which memory takes in; otherwise it stays. */
  term(e: Evaluation, memory: Float64Array, moved: boolean): BiasTerm;
}
