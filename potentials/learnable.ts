import type { Crew } from '../src/core/crew.ts';
import type { NeighbourList } from '../src/core/neighbours.ts';
import type { Potential } from '../src/core/potential.ts';
import type { Structure } from '../src/core/structure.ts';

/** Fitted numbers of a linear ensemble. The coefficient vector holds the elements' functions one after the other. */
export interface Parameters {
  /** eV per element, in the order of `elements`. */
  readonly e0: Float64Array;
  /** Coefficients that drive the dynamics: the fit to all data, [functionCount]. */
  readonly mean: Float64Array;
  /** Ensemble members, [members][functionCount]; their spread is the committee's uncertainty. */
  readonly members: readonly Float64Array[];
}

/**
 * What a structure says about the coefficients c:
 * E = E₀ + baseline + energy·c, F_k = baseline_k + forces_k·c, ∂E/∂ε_k = baseline_k + strain_k·c.
 */
export interface DesignRows {
  /** [K]. */
  readonly energy: Float64Array;
  /** 1/Å, row-major [3n × K]: −∂B/∂r. */
  readonly forces: Float64Array;
  /** Voigt xx yy zz yz xz xy, row-major [6 × K]: ∂B/∂ε, symmetrised, engineering shear not doubled (row = V·stress). */
  readonly strain: Float64Array;
  /** What the model adds whatever the coefficients: core repulsion. eV, eV/Å [3n], eV [6]; E₀ not included. */
  readonly baseline: {
    readonly energy: number;
    readonly forces: Float64Array;
    readonly strain: Float64Array;
  };
}

/** A potential that is linear in its coefficients, so that teaching it is a least-squares problem. */
export interface LearnablePotential extends Potential {
  /** Coefficients over all elements, K. */
  readonly functionCount: number;
  /** Where element k's functions begin in the coefficient vector, [elements + 1]. */
  readonly functionOffsets: Int32Array;
  /** Roughness of each function, [K], ≥ 1, growing with radial and angular order: the shape of the smoothness prior. */
  readonly roughness: Float64Array;
  readonly parameters: Parameters;
  /** With a crew, through compiled kernels where the potential has some; without one, plain. */
  rows(s: Structure, neighbours: NeighbourList, crew?: Crew): DesignRows;
  withParameters(parameters: Parameters): LearnablePotential;
}
