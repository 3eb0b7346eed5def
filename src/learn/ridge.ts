/**
 * Bayesian linear regression with the smoothness prior c ~ N(0, (αΓ²)⁻¹), Γ = diag(roughness), and row noise 1/β:
 * c̄ minimises ‖Xc − y‖² + λ‖Γc‖² with λ = α/β. MacKay, Neural Computation 4, 415 (1992).
 */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { appendFactor, backSubstitute, emptyFactor, type Factor } from './solve.ts';

export interface RidgeSolution {
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
): RidgeSolution {
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

/** Decades of λ, relative to the largest squared singular value, that the evidence is searched over. */
const SEARCH = { from: -24, to: 4, perDecade: 2 };

/**
 * λ = α/β of greatest marginal likelihood, with the noise level eliminated at its own optimum:
 * ln p(y|λ) = ½ Σ ln(λ/(s² + λ)) − N/2 ln(ρ² + Σ z²λ/(s² + λ)), where RΓ⁻¹ = U s Vᵀ and z = UᵀQᵀy.
 */
export function evidenceLambda(data: Factor, roughness: Float64Array, rows: number): number {
  const { s2, z2, rest } = spectrum(data, roughness);
  const unit = Math.max(...s2);
  if (unit === 0) return 1;
  const evidence = (decade: number) => {
    const lambda = unit * 10 ** decade;
    let misfit = rest;
    let volume = 0;
    for (let k = 0; k < s2.length; k++) {
      const shrink = lambda / (s2[k] + lambda);
      volume += Math.log(shrink);
      misfit += z2[k] * shrink;
    }
    return (volume - rows * Math.log(misfit + Number.MIN_VALUE)) / 2;
  };
  const step = 1 / SEARCH.perDecade;
  let best = SEARCH.from;
  for (let decade = SEARCH.from; decade <= SEARCH.to; decade += step)
    if (evidence(decade) > evidence(best)) best = decade;
  return unit * 10 ** goldenMaximum(evidence, best - step, best + step, 1e-3);
}

function spectrum(data: Factor, roughness: Float64Array) {
  const { width, r } = data;
  const K = width - 1;
  const scaled = new Matrix(K, K);
  for (let j = 0; j < K; j++) for (let i = 0; i <= j; i++) scaled.set(i, j, r[j * width + i] / roughness[j]);
  const svd = new SingularValueDecomposition(scaled, { computeRightSingularVectors: false });
  const u = svd.leftSingularVectors;
  const z2 = Float64Array.from({ length: K }, (_, k) => {
    let z = 0;
    for (let i = 0; i < K; i++) z += u.get(i, k) * r[K * width + i];
    return z * z;
  });
  return {
    s2: Float64Array.from(svd.diagonal, (s) => s * s),
    z2,
    rest: r[K * width + K] ** 2,
  };
}

function goldenMaximum(f: (x: number) => number, low: number, high: number, width: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [p, q] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [fp, fq] = [f(p), f(q)];
  while (b - a > width) {
    if (fp >= fq) {
      [b, q, fq] = [q, p, fp];
      p = b - ratio * (b - a);
      fp = f(p);
    } else {
      [a, p, fp] = [p, q, fq];
      q = a + ratio * (b - a);
      fq = f(q);
    }
  }
  return (a + b) / 2;
}
