/**
 * One atom of an atomic cluster expansion, from its neighbours to the forces on them:
 *
 *   A[value] = Σ_j R_nl(r_ij) Y_lm(u_ij);  values by pairwise products;  term = Re(left · right);  ρ = Σ_t w_t term_t
 *   W = ∂E/∂A by running the products backwards;  f_ij = ∂E_i/∂r_ij = Re Σ W ∂(R_nl Y_lm)/∂r
 *
 * W is contracted over n before the gradient of Y_lm is formed.
 */
import { lmCount, lmIndex } from './harmonics.ts';
import type { Site } from './siteArrays.ts';
import type { BondTables, CentreTables } from './tables.ts';

const pair = new Float64Array(2);

/** Radial functions, harmonics and core repulsion of all neighbours, from `species`, `r` and `u`. */
export function expandNeighbours(site: Site): void {
  const { tables, R, dR, eRe, eIm, g, dg } = site;
  const { lmax, maxChannels, bonds } = tables;
  const nlm = lmCount(lmax);
  for (let j = 0; j < site.count; j++) {
    const bond = bonds[site.centre * tables.elements.length + site.species[j]];
    bond.base(site.r[j], g, dg);
    mixChannels(bond, g, dg, R, dR, j * maxChannels);
    site.harmonics.legendre(site.u[3 * j + 2], site.Q, site.dQ, j * nlm);
    const [x, y] = [site.u[3 * j], site.u[3 * j + 1]];
    const e = j * (lmax + 1);
    eRe[e] = 1;
    eIm[e] = 0;
    for (let m = 1; m <= lmax; m++) {
      eRe[e + m] = x * eRe[e + m - 1] - y * eIm[e + m - 1];
      eIm[e + m] = x * eIm[e + m - 1] + y * eRe[e + m - 1];
    }
    if (bond.core) bond.core(site.r[j], pair);
    site.v[j] = bond.core ? pair[0] : 0;
    site.dv[j] = bond.core ? pair[1] : 0;
  }
}

function mixChannels(
  bond: BondTables,
  g: Float64Array,
  dg: Float64Array,
  R: Float64Array,
  dR: Float64Array,
  at: number,
): void {
  const { alias, mix, baseCount: K } = bond;
  for (let q = 0; q < alias.length; q++) {
    const k = alias[q];
    if (k >= 0) {
      R[at + q] = g[k];
      dR[at + q] = dg[k];
      continue;
    }
    let value = 0;
    let slope = 0;
    for (let p = 0; p < K; p++) {
      const c = mix[q * K + p];
      value += c * g[p];
      slope += c * dg[p];
    }
    R[at + q] = value;
    dR[at + q] = slope;
  }
}

/** A, all values, all terms. */
export function multiply(site: Site): void {
  const { re, im, term } = site;
  const centre = site.tables.centres[site.centre];
  accumulate(site, centre);
  const { mirrorOf, mirrorSign, left, right, termLeft, termRight, basisSize, termCount } = centre;
  let at = basisSize + 1;
  for (let k = 0; k < mirrorOf.length; k++, at++) {
    re[at] = mirrorSign[k] * re[mirrorOf[k]];
    im[at] = -mirrorSign[k] * im[mirrorOf[k]];
  }
  for (let k = 0; k < left.length; k++, at++) {
    const p = left[k];
    const q = right[k];
    re[at] = re[p] * re[q] - im[p] * im[q];
    im[at] = re[p] * im[q] + im[p] * re[q];
  }
  for (let t = 0; t < termCount; t++) {
    const p = termLeft[t];
    const q = termRight[t];
    term[t] = re[p] * re[q] - im[p] * im[q];
  }
}

function accumulate(site: Site, centre: CentreTables): void {
  const { tables, re, im, R, Q, eRe, eIm } = site;
  const { lmax, maxChannels } = tables;
  re.fill(0, 0, centre.basisSize + 1);
  im.fill(0, 0, centre.basisSize + 1);
  re[0] = 1;
  for (let j = 0; j < site.count; j++) {
    const { channelStart, valueStart } = tables.bonds[site.centre * tables.elements.length + site.species[j]];
    for (let l = 0; l <= lmax; l++) {
      const channels = channelStart[l + 1] - channelStart[l];
      const from = j * maxChannels + channelStart[l];
      const lm = j * lmCount(lmax) + lmIndex(l, 0);
      let at = valueStart[l];
      for (let q = 0; q < channels; q++) re[at + q] += R[from + q] * Q[lm];
      for (let m = 1; m <= l; m++) {
        at += channels;
        const yRe = Q[lm + m] * eRe[j * (lmax + 1) + m];
        const yIm = Q[lm + m] * eIm[j * (lmax + 1) + m];
        for (let q = 0; q < channels; q++) {
          re[at + q] += R[from + q] * yRe;
          im[at + q] += R[from + q] * yIm;
        }
      }
    }
  }
}

/** ρ = Σ_t w_t term_t. */
export function density(site: Site, weights: Float64Array): number {
  let rho = 0;
  for (let t = 0; t < weights.length; t++) rho += weights[t] * site.term[t];
  return rho;
}

/** Projections B_v into `out` from `offset`. */
export function project(site: Site, out: Float64Array, offset: number): void {
  const { functionStart, functionTerm, functionWeight, functionCount } = site.tables.centres[site.centre];
  for (let v = 0; v < functionCount; v++) {
    let B = 0;
    for (let q = functionStart[v]; q < functionStart[v + 1]; q++)
      B += functionWeight[q] * site.term[functionTerm[q]];
    out[offset + v] = B;
  }
}

/** W = ∂(Σ_t weight_t term_t)/∂A at the values with m ≥ 0, so that dE = Re Σ W dA. */
export function backpropagate(site: Site, weights: Float64Array): void {
  const { re, im, wRe, wIm } = site;
  const centre = site.tables.centres[site.centre];
  const { left, right, termLeft, termRight, mirrorOf, mirrorSign, basisSize } = centre;
  wRe.fill(0, 0, centre.valueCount);
  wIm.fill(0, 0, centre.valueCount);
  for (let t = 0; t < weights.length; t++) {
    const w = weights[t];
    const p = termLeft[t];
    const q = termRight[t];
    wRe[p] += w * re[q];
    wIm[p] += w * im[q];
    wRe[q] += w * re[p];
    wIm[q] += w * im[p];
  }
  let at = centre.valueCount - 1;
  for (let k = left.length - 1; k >= 0; k--, at--) {
    const p = left[k];
    const q = right[k];
    const a = wRe[at];
    const b = wIm[at];
    wRe[p] += a * re[q] - b * im[q];
    wIm[p] += a * im[q] + b * re[q];
    wRe[q] += a * re[p] - b * im[p];
    wIm[q] += a * im[p] + b * re[p];
  }
  for (let k = mirrorOf.length - 1; k >= 0; k--) {
    wRe[mirrorOf[k]] += mirrorSign[k] * wRe[basisSize + 1 + k];
    wIm[mirrorOf[k]] -= mirrorSign[k] * wIm[basisSize + 1 + k];
  }
}

/** Re Σ W ∂(R Y)/∂r_ij of neighbour j, eV/Å, into `out` [3]. */
export function pairGradient(site: Site, j: number, out: Float64Array): void {
  const { tables, wRe, wIm, R, dR, Q, dQ, eRe, eIm, u } = site;
  const { lmax, maxChannels } = tables;
  const { channelStart, valueStart } = tables.bonds[site.centre * tables.elements.length + site.species[j]];
  const rows = j * lmCount(lmax);
  let along = 0;
  let gx = 0;
  let gy = 0;
  let gz = 0;
  for (let m = 0; m <= lmax; m++) {
    // Sums over l of (Σ_n W R) Q, (Σ_n W R) dQ/dz and (Σ_n W dR/dr) Q for this m.
    let sRe = 0;
    let sIm = 0;
    let zRe = 0;
    let zIm = 0;
    let dRe = 0;
    let dIm = 0;
    for (let l = m; l <= lmax; l++) {
      const channels = channelStart[l + 1] - channelStart[l];
      const at = valueStart[l] + m * channels;
      const from = j * maxChannels + channelStart[l];
      let pRe = 0;
      let pIm = 0;
      let tRe = 0;
      let tIm = 0;
      for (let q = 0; q < channels; q++) {
        const a = wRe[at + q];
        const b = wIm[at + q];
        pRe += a * R[from + q];
        pIm += b * R[from + q];
        tRe += a * dR[from + q];
        tIm += b * dR[from + q];
      }
      const y = Q[rows + lmIndex(l, m)];
      const dy = dQ[rows + lmIndex(l, m)];
      sRe += pRe * y;
      sIm += pIm * y;
      zRe += pRe * dy;
      zIm += pIm * dy;
      dRe += tRe * y;
      dIm += tIm * y;
    }
    const e = j * (lmax + 1) + m;
    along += dRe * eRe[e] - dIm * eIm[e];
    gz += zRe * eRe[e] - zIm * eIm[e];
    if (m === 0) continue;
    gx += m * (sRe * eRe[e - 1] - sIm * eIm[e - 1]);
    gy -= m * (sRe * eIm[e - 1] + sIm * eRe[e - 1]);
  }
  const x = u[3 * j];
  const y = u[3 * j + 1];
  const z = u[3 * j + 2];
  const perLength = 1 / site.r[j];
  const radial = along - (x * gx + y * gy + z * gz) * perLength;
  out[0] = radial * x + gx * perLength;
  out[1] = radial * y + gy * perLength;
  out[2] = radial * z + gz * perLength;
}
