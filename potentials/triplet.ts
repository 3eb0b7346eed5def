import type { ClosePairs } from './closePairs.ts';
import type { Sums } from './singlePotential.ts';

/** cos θ between neighbours `k` and `l` of the same atom. */
export function cosine({ d, r }: ClosePairs, k: number, l: number): number {
  return (d[3 * k] * d[3 * l] + d[3 * k + 1] * d[3 * l + 1] + d[3 * k + 2] * d[3 * l + 2]) / (r[k] * r[l]);
}

/**
 * Adds forces and virial of a term E(r_k, r_l, cos θ) of atom `i` and its neighbours `k` and `l`, from its three
 * partial derivatives: ∂cos θ/∂d_k = d_l/(r_k r_l) − cos θ d_k/r_k².
 */
export function addTripletForce(
  pairs: ClosePairs,
  i: number,
  k: number,
  l: number,
  dEdrk: number,
  dEdrl: number,
  dEdcos: number,
  cos: number,
  { forces, virial }: Sums,
): void {
  const { d, r, j: other } = pairs;
  const cross = dEdcos / (r[k] * r[l]);
  const alongK = dEdrk / r[k] - (dEdcos * cos) / (r[k] * r[k]);
  const alongL = dEdrl / r[l] - (dEdcos * cos) / (r[l] * r[l]);
  const atomK = 3 * other[k];
  const atomL = 3 * other[l];
  for (let x = 0; x < 3; x++) {
    const fk = -(alongK * d[3 * k + x] + cross * d[3 * l + x]);
    const fl = -(alongL * d[3 * l + x] + cross * d[3 * k + x]);
    forces[atomK + x] += fk;
    forces[atomL + x] += fl;
    forces[3 * i + x] -= fk + fl;
    for (let y = 0; y < 3; y++) virial[3 * y + x] += d[3 * k + y] * fk + d[3 * l + y] * fl;
  }
}
