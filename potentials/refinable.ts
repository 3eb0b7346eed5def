import type { LearnablePotential, Parameters } from './learnable.ts';

/**
 * A potential that is not linear in its coefficients c. `rows` says what a structure says about c near `parameters.mean`:
 * the exact derivatives there, and as `baseline` what is left of the exact value, so that rows · c + baseline is the tangent.
 */
export interface RefinablePotential extends LearnablePotential {
  /** Where element k's projections would begin if all lay in one row, [elements + 1]: the sizes of the active sets. */
  readonly projectionOffsets: Int32Array;
  withParameters(parameters: Parameters): RefinablePotential;
}
