/**
 * What weighted labels leave open: C_θ = (B + Σ w_m I_m)⁻¹, C_Q = J_Q C_θ J_Qᵀ. Where the model cannot fit its labels, σ_Q grows by
 * √T with T = Σ w residual² / parameters (Frederiksen, Jacobsen, Brown, Sethna, PRL 93, 165501 (2004)).
 */
import { Matrix, pseudoInverse } from 'ml-matrix';
import type { Target } from './match.ts';

/** C_Q of the targets, [q × q], by labels of these weights. */
export function propagated(
  informations: readonly Matrix[],
  weights: ArrayLike<number>,
  targets: readonly Target[],
  base?: Matrix,
): Matrix {
  const p = targets[0].gradient.length;
  const known = informations.reduce(
    (sum, info, m) => (weights[m] > 0 ? sum.add(Matrix.mul(info, weights[m])) : sum),
    base?.clone() ?? Matrix.zeros(p, p),
  );
  // Columns in units of what is known, so that the pseudo-inverse drops what is unknown and nothing else.
  const units = known.diagonal().map((d) => (d > 0 ? 1 / Math.sqrt(d) : 0));
  const scaled = known.clone();
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) scaled.set(a, b, known.get(a, b) * units[a] * units[b]);
  const G = new Matrix(targets.map(({ gradient }) => Array.from(gradient, (x, v) => x * units[v])));
  return G.mmul(pseudoInverse(scaled, 1e-12)).mmul(G.transpose());
}

/** √T, never below 1: labels that are fitted better than they are precise prove nothing. */
export function inflation(weightedSquares: number, parameters: number): number {
  return Math.max(1, Math.sqrt(weightedSquares / parameters));
}
