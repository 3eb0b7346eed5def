/**
 * What a structure says about the coefficients of a linear expansion: ΣB, −∂ΣB/∂r and ∂ΣB/∂ε.
 * Each function depends on few A, so its products are run backwards alone, and its few ∂B/∂A meet ∂A/∂r of every neighbour.
 */
import { atomCount } from '../../src/core/structure.ts';
import type { DesignRows, LearnablePotential } from '../learnable.ts';
import { mapElements } from '../singlePotential.ts';
import { type FunctionGraph, functionGraphs } from './functionGraphs.ts';
import { gather } from './gather.ts';
import { lmCount, lmIndex } from './harmonics.ts';
import { sharedSums } from './sharedSums.ts';
import { expandNeighbours, multiply, project } from './site.ts';
import { createSite, type Site } from './siteArrays.ts';
import type { AceTables, CentreTables } from './tables.ts';

/** Voigt xx yy zz yz xz xy. */
const VOIGT = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

export type RowsOf = LearnablePotential['rows'];

/** `offsets[k]` is where element k's functions begin in a row, [S + 1]. */
export function designRows(tables: AceTables, offsets: Int32Array): RowsOf {
  const site = createSite(tables);
  const graphs = tables.centres.map(functionGraphs);
  const K = offsets[tables.elements.length];
  return (s, list, crew) => {
    const n = atomCount(s);
    const energy = new Float64Array(K);
    const baseline = { energy: 0, forces: new Float64Array(3 * n), strain: new Float64Array(6) };
    const species = mapElements('ace', tables.elements, s, new Int32Array(n));
    const sums = (crew ? sharedSums(crew) : plainSums)(site, graphs, offsets, n);
    const B = new Float64Array(Math.max(...tables.centres.map((c) => c.functionCount)));
    for (let i = 0; i < n; i++) {
      gather(site, s, list, i, species);
      expandNeighbours(site);
      multiply(site);
      project(site, B, 0);
      const at = offsets[site.centre];
      for (let v = 0; v < tables.centres[site.centre].functionCount; v++) energy[at + v] += B[v];
      for (let j = 0; j < site.count; j++) {
        baseline.energy += site.v[j];
        addBaseline(site, j, i, baseline);
      }
      sums.add(i);
    }
    return { energy, ...sums.finish(), baseline };
  };
}

/** Adds up forces and strain of a row site by site. */
export interface RowSums {
  /** Takes in atom `i` as it lies in the site. */
  add(i: number): void;
  finish(): Pick<DesignRows, 'forces' | 'strain'>;
}

/** `n` atoms. */
export type NewSums = (
  site: Site,
  graphs: readonly (readonly FunctionGraph[])[],
  offsets: Int32Array,
  n: number,
) => RowSums;

const plainSums: NewSums = (site, graphs, offsets, n) => {
  const { centres } = site.tables;
  const K = offsets[centres.length];
  const sums = { forces: new Float64Array(3 * n * K), strain: new Float64Array(6 * K) };
  const widest = Math.max(...centres.map((c) => c.basisSize)) + 1;
  const dRe = new Float64Array(3 * widest);
  const dIm = new Float64Array(3 * widest);
  return {
    add(i) {
      const adjoints = functionAdjoints(site, centres[site.centre], graphs[site.centre]);
      for (let j = 0; j < site.count; j++) {
        gradientOfA(site, j, dRe, dIm);
        addFunctions(site, j, i, offsets[site.centre], K, adjoints, dRe, dIm, sums);
      }
    },
    finish: () => sums,
  };
};

/** ∂B_v/∂A of all functions in compressed rows. */
export interface Adjoints {
  readonly start: Int32Array;
  readonly value: Int32Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const adjointScratch = new WeakMap<readonly FunctionGraph[], Adjoints>();

function adjointsFor(graphs: readonly FunctionGraph[]): Adjoints {
  let found = adjointScratch.get(graphs);
  if (!found) {
    const start = new Int32Array(graphs.length + 1);
    graphs.forEach((g, v) => {
      start[v + 1] = start[v] + g.leaves.length;
    });
    const size = start[graphs.length];
    const value = new Int32Array(size);
    graphs.forEach((g, v) => {
      value.set(g.leaves, start[v]);
    });
    found = { start, value, re: new Float64Array(size), im: new Float64Array(size) };
    adjointScratch.set(graphs, found);
  }
  return found;
}

/** At the values in `site`; overwritten by the next for the same graphs. */
export function functionAdjoints(site: Site, c: CentreTables, graphs: readonly FunctionGraph[]): Adjoints {
  const { re, im, wRe, wIm } = site;
  const out = adjointsFor(graphs);
  const firstInner = c.basisSize + 1 + c.mirrorOf.length;
  wRe.fill(0);
  wIm.fill(0);
  for (let v = 0; v < c.functionCount; v++) {
    const { inner, mirrors, leaves } = graphs[v];
    for (let t = c.functionStart[v]; t < c.functionStart[v + 1]; t++) {
      const w = c.functionWeight[t];
      const p = c.termLeft[c.functionTerm[t]];
      const q = c.termRight[c.functionTerm[t]];
      wRe[p] += w * re[q];
      wIm[p] += w * im[q];
      wRe[q] += w * re[p];
      wIm[q] += w * im[p];
    }
    for (let k = 0; k < inner.length; k++) {
      const at = inner[k];
      const p = c.left[at - firstInner];
      const q = c.right[at - firstInner];
      const a = wRe[at];
      const b = wIm[at];
      wRe[at] = 0;
      wIm[at] = 0;
      wRe[p] += a * re[q] - b * im[q];
      wIm[p] += a * im[q] + b * re[q];
      wRe[q] += a * re[p] - b * im[p];
      wIm[q] += a * im[p] + b * re[p];
    }
    for (let k = 0; k < mirrors.length; k++) {
      const at = mirrors[k];
      const mirror = at - c.basisSize - 1;
      wRe[c.mirrorOf[mirror]] += c.mirrorSign[mirror] * wRe[at];
      wIm[c.mirrorOf[mirror]] -= c.mirrorSign[mirror] * wIm[at];
      wRe[at] = 0;
      wIm[at] = 0;
    }
    for (let k = 0; k < leaves.length; k++) {
      out.re[out.start[v] + k] = wRe[leaves[k]];
      out.im[out.start[v] + k] = wIm[leaves[k]];
      wRe[leaves[k]] = 0;
      wIm[leaves[k]] = 0;
    }
  }
  return out;
}

/** ∂A/∂r_ij of the A that neighbour j contributes to, by value, [3 × values]. */
export function gradientOfA(site: Site, j: number, dRe: Float64Array, dIm: Float64Array): void {
  const { tables, R, dR, Q, dQ, eRe, eIm, u, r } = site;
  const { lmax, maxChannels } = tables;
  const { channelStart, valueStart } = tables.bonds[site.centre * tables.elements.length + site.species[j]];
  dRe.fill(0);
  dIm.fill(0);
  const x = u[3 * j];
  const y = u[3 * j + 1];
  const z = u[3 * j + 2];
  for (let l = 0; l <= lmax; l++) {
    const channels = channelStart[l + 1] - channelStart[l];
    for (let m = 0; m <= l; m++) {
      const e = j * (lmax + 1) + m;
      const Y = Q[j * lmCount(lmax) + lmIndex(l, m)];
      const slope = dQ[j * lmCount(lmax) + lmIndex(l, m)];
      const [yRe, yIm] = [Y * eRe[e], Y * eIm[e]];
      // ∂/∂x, ∂/∂y and ∂/∂z of Q(z)(x + iy)^m; ∂/∂y is i times ∂/∂x.
      const [aRe, aIm] = m === 0 ? [0, 0] : [m * Y * eRe[e - 1], m * Y * eIm[e - 1]];
      const [cRe, cIm] = [slope * eRe[e], slope * eIm[e]];
      const alongRe = x * aRe - y * aIm + z * cRe;
      const alongIm = x * aIm + y * aRe + z * cIm;
      for (let q = 0; q < channels; q++) {
        const at = 3 * (valueStart[l] + m * channels + q);
        const perLength = R[j * maxChannels + channelStart[l] + q] / r[j];
        const d = dR[j * maxChannels + channelStart[l] + q];
        const sRe = d * yRe - perLength * alongRe;
        const sIm = d * yIm - perLength * alongIm;
        dRe[at] = sRe * x + perLength * aRe;
        dIm[at] = sIm * x + perLength * aIm;
        dRe[at + 1] = sRe * y - perLength * aIm;
        dIm[at + 1] = sIm * y + perLength * aRe;
        dRe[at + 2] = sRe * z + perLength * cRe;
        dIm[at + 2] = sIm * z + perLength * cIm;
      }
    }
  }
}

function addFunctions(
  site: Site,
  j: number,
  i: number,
  at: number,
  K: number,
  { start, value, re, im }: Adjoints,
  dRe: Float64Array,
  dIm: Float64Array,
  { forces, strain }: Pick<DesignRows, 'forces' | 'strain'>,
): void {
  const onI = 3 * i * K + at;
  const onJ = 3 * site.atom[j] * K + at;
  const x = site.u[3 * j] * site.r[j];
  const y = site.u[3 * j + 1] * site.r[j];
  const z = site.u[3 * j + 2] * site.r[j];
  for (let v = 0; v + 1 < start.length; v++) {
    let fx = 0;
    let fy = 0;
    let fz = 0;
    for (let q = start[v]; q < start[v + 1]; q++) {
      const k = 3 * value[q];
      fx += re[q] * dRe[k] - im[q] * dIm[k];
      fy += re[q] * dRe[k + 1] - im[q] * dIm[k + 1];
      fz += re[q] * dRe[k + 2] - im[q] * dIm[k + 2];
    }
    forces[onI + v] += fx;
    forces[onI + K + v] += fy;
    forces[onI + 2 * K + v] += fz;
    forces[onJ + v] -= fx;
    forces[onJ + K + v] -= fy;
    forces[onJ + 2 * K + v] -= fz;
    const s = at + v;
    strain[s] += x * fx;
    strain[s + K] += y * fy;
    strain[s + 2 * K] += z * fz;
    strain[s + 3 * K] += 0.5 * (y * fz + z * fy);
    strain[s + 4 * K] += 0.5 * (x * fz + z * fx);
    strain[s + 5 * K] += 0.5 * (x * fy + y * fx);
  }
}

function addBaseline(site: Site, j: number, i: number, { forces, strain }: DesignRows['baseline']): void {
  const slope = site.dv[j];
  if (slope === 0) return;
  const u = site.u.subarray(3 * j, 3 * j + 3);
  for (let x = 0; x < 3; x++) {
    forces[3 * i + x] += slope * u[x];
    forces[3 * site.atom[j] + x] -= slope * u[x];
  }
  VOIGT.forEach(([a, b], k) => {
    strain[k] += slope * site.r[j] * u[a] * u[b];
  });
}
