/**
 * Bayesian linear regression with the smoothness prior c ~ N(0, (αΓ²)⁻¹), Γ = diag(roughness), and row noise 1/β:
 * c̄ minimises ‖Xc − y‖² + λ‖Γc‖² with λ = α/β. MacKay, Neural Computation 4, 415 (1992).
 */
import { appendFactor, backSubstitute, emptyFactor, type Factor } from './solve.ts';

export interface RidgeFit {
  /** [K]. */
  readonly coefficients: Float64Array;
  /** Factor R of XᵀX + λΓ² = RᵀR; the posterior covariance is σ²(RᵀR)⁻¹. */
  readonly factor: Factor;
  /** ‖Xc − y‖² + ‖√λΓc − anchor‖² at the minimum. */
  readonly objective: number;
}

/** Minimises ‖Xc − y‖² + ‖√λΓc − anchor‖²; without an anchor the prior pulls towards zero. */
export function solveRidge(
  data: Factor,
  roughness: Float64Array,
  lambda: number,
  anchor?: Float64Array,
): RidgeFit {
  const { width } = data;
  const last = width - 1;
  const factor: Factor = { width, r: data.r.slice() };
  const prior = emptyFactor(width);
  for (let k = 0; k < last; k++) {
    prior.r[k * width + k] = Math.sqrt(lambda) * roughness[k];
    // An upper triangle with zero rows above: row k holds the prior of function k and its anchor.
    if (anchor) prior.r[last * width + k] = anchor[k];
  }
  appendFactor(factor, prior, 1, new Float64Array(width * width));
  const coefficients = backSubstitute(factor, factor.r.slice(last * width, last * width + last));
  return { coefficients, factor, objective: factor.r[last * width + last] ** 2 };
}
