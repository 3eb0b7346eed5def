/**
 * A committee's σ_F taken at its word: the three components of an atom's force error as independent normals of variance σ_F²/3,
 * so that ‖ΔF‖√3/σ_F follows the χ distribution of three degrees of freedom.
 */
import type { ErrorPairs } from './calibration.ts';

/** What all σ_F must be multiplied with to be most likely. */
export function likeliestScale({ grades, errors }: ErrorPairs): number {
  return Math.sqrt(mean(errors.map((e, k) => (e / floored(grades[k])) ** 2)));
}

/** Mean negative logarithm of the likelihood of a force error, in (eV/Å)⁻³. */
export function negativeLogLikelihood({ grades, errors }: ErrorPairs, scale = 1): number {
  return mean(
    errors.map((e, k) => {
      const variance = (scale * floored(grades[k])) ** 2 / 3;
      return 1.5 * Math.log(2 * Math.PI * variance) + e ** 2 / (2 * variance);
    }),
  );
}

/** Share of errors within the ball that is to hold the share `level` of them. */
export function normalCoverage({ grades, errors }: ErrorPairs, level: number, scale = 1): number {
  const radius = (scale * chi3Quantile(level)) / Math.sqrt(3);
  return mean(errors.map((e, k) => Number(e <= radius * grades[k])));
}

/** Radius that holds the share `level` of vectors of three standard normals. */
export function chi3Quantile(level: number): number {
  let [low, high] = [0, 10];
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (chi3Share(middle) < level) low = middle;
    else high = middle;
  }
  return low;
}

/** ∫₀ʳ √(2/π) t² exp(−t²/2) dt by the series of the incomplete gamma function. */
function chi3Share(r: number): number {
  let term = (Math.sqrt(2 / Math.PI) * r ** 3 * Math.exp((-r * r) / 2)) / 3;
  let sum = 0;
  for (let k = 5; term > 1e-17 * sum; k += 2) {
    sum += term;
    term *= (r * r) / k;
  }
  return sum;
}

/** eV/Å: members that agree exactly would make anything impossible. */
const floored = (sigma: number) => Math.max(sigma, 1e-6);

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
