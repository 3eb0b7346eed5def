/**
 * Members of a linear ensemble over one basis.
 * `bootstrap`: every frame weighs Exp(1) for every member (Rubin, Ann. Stat. 9, 130 (1981)), and each member's prior is
 * anchored at a draw from the prior (Pearce et al., AISTATS 2020), so that what no frame says anything about spreads too.
 * `posterior`: draws c̄ + σR⁻¹ξ from N(c̄, σ²(RᵀR)⁻¹).
 * `randomBasis`: every member is fitted with a random part of the functions (Ho, IEEE Trans. PAMI 20, 832 (1998)).
 * `pops`: see pops.ts.
 */
import { normals, STREAM, uniforms } from '../core/philox.ts';
import type { RidgeFit } from './ridge.ts';
import { backSubstitute, type Factor } from './solve.ts';

const four = new Float64Array(4);

/** Weight of a frame for a member: mean 1, the same whenever and however often it is asked for. */
export function bootstrapWeight(seed: number, member: number, frame: number): number {
  return -Math.log(uniforms(seed, STREAM.bootstrap, member, frame, four)[0]);
}

/** `count` standard normals that belong to one member. */
function memberNormals(seed: number, member: number, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    if (k % 4 === 0) normals(seed, STREAM.posterior, member, k / 4, four);
    out[k] = four[k % 4];
  }
  return out;
}

/** Where the prior of a bootstrap member pulls, [K]; `sigma` is the noise of a weighted row. */
export function bootstrapAnchor(K: number, sigma: number, seed: number, member: number): Float64Array {
  return memberNormals(seed, member, K).map((xi) => sigma * xi);
}

/** One draw from the posterior around `mean`. */
export function posteriorMember(mean: RidgeFit, sigma: number, seed: number, member: number): Float64Array {
  const xi = memberNormals(seed, member, mean.coefficients.length);
  const shift = backSubstitute(mean.factor, xi);
  return mean.coefficients.map((c, k) => c + sigma * shift[k]);
}

/** Which functions a member of a random basis has, [K]: 1 or 0, the share `fraction` of them. */
export function memberBasis(K: number, fraction: number, seed: number, member: number): Uint8Array {
  const lots = Float64Array.from({ length: K }, (_, v) => uniforms(seed, STREAM.basis, member, v, four)[0]);
  const last = lots.slice().sort()[Math.ceil(fraction * K) - 1];
  return Uint8Array.from(lots, (lot) => Number(lot <= last));
}

/** The rows behind `data` without the columns of functions that `basis` lacks; their coefficients come out as zero. */
export function restrictTo(basis: Uint8Array, { width, r }: Factor, into: Factor): void {
  into.r.set(r);
  for (let v = 0; v < width - 1; v++) if (basis[v] === 0) into.r.fill(0, v * width, (v + 1) * width);
}
