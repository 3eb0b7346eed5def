/**
 * Bayesian linear regression with the smoothness prior c ~ N(0, (αΓ²)⁻¹), Γ = diag(roughness), and row noise 1/β:
 * c̄ minimises ‖Xc − y‖² + λ‖Γc‖² with λ = α/β. MacKay, Neural Computation 4, 415 (1992).
 */
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

/** Decades of λ/unit searched when nothing is known of λ, and around a λ that was best before. */
const SEARCH = { from: -24, to: 4, step: 1 };
const VICINITY = 1.5;

/** Decades to which λ is settled. */
const SETTLED = 0.02;

/**
 * λ = α/β of greatest marginal likelihood, with the noise level eliminated at its own optimum:
 * ln p(y|λ) = K/2 ln λ + ln|Γ| − ln|R_λ| − N/2 ln(objective at λ). With `near`, the best λ of slightly fewer rows, only
 * its vicinity is searched.
 */
export function evidenceLambda(data: Factor, roughness: Float64Array, rows: number, near?: number): number {
  const unit = largestColumn(data, roughness);
  if (unit === 0) return 1;
  const evidence = (decade: number) => logEvidence(data, roughness, rows, unit * 10 ** decade);
  if (near === undefined) return unit * 10 ** coarseThenFine(evidence);
  const middle = Math.log10(near / unit);
  const [low, high] = [middle - VICINITY, middle + VICINITY];
  const found = goldenMaximum(evidence, low, high, SETTLED);
  // At the edge of the vicinity the maximum lies elsewhere.
  const isInside = found - low > 2 * SETTLED && high - found > 2 * SETTLED;
  return unit * 10 ** (isInside ? found : coarseThenFine(evidence));
}

function coarseThenFine(evidence: (decade: number) => number): number {
  let best = { decade: SEARCH.from, value: evidence(SEARCH.from) };
  for (let decade = SEARCH.from + SEARCH.step; decade <= SEARCH.to; decade += SEARCH.step) {
    const value = evidence(decade);
    if (value > best.value) best = { decade, value };
  }
  return goldenMaximum(evidence, best.decade - SEARCH.step, best.decade + SEARCH.step, SETTLED);
}

function logEvidence(data: Factor, roughness: Float64Array, rows: number, lambda: number): number {
  const { factor, objective } = solveRidge(data, roughness, lambda);
  let volume = 0;
  for (let k = 0; k < roughness.length; k++)
    volume += 0.5 * Math.log(lambda) + Math.log(roughness[k]) - Math.log(factor.r[k * factor.width + k]);
  return volume - (rows / 2) * Math.log(objective + Number.MIN_VALUE);
}

/** Largest squared column of RΓ⁻¹: the scale of λ. */
function largestColumn({ width, r }: Factor, roughness: Float64Array): number {
  let largest = 0;
  for (let j = 0; j < roughness.length; j++) {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += (r[j * width + i] / roughness[j]) ** 2;
    largest = Math.max(largest, sum);
  }
  return largest;
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
