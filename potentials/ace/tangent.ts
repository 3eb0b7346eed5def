/**
 * How energy and forces of a nonlinear expansion change with its coefficients. With φ the switch and F_p, F_pp the first and second
 * derivatives of the embedding with respect to ρ_p = Σ_v c_pv B_v:
 *
 *   ∂E_i/∂c_pv        = φ F_p B_v
 *   ∂²E_i/∂c_pv ∂r_ij = φ F_p ∂B_v/∂r_ij + B_v (φ F_pp ∂ρ_p/∂r_ij + F_p ∂φ/∂r_ij)
 */
import type { NeighbourList } from '../../src/core/neighbours.ts';
import { atomCount, type Structure } from '../../src/core/structure.ts';
import type { DesignRows } from '../learnable.ts';
import { mapElements } from '../singlePotential.ts';
import { functionAdjoints, gradientOfA } from './designRows.ts';
import { curvature, embed } from './embedding.ts';
import { type FunctionGraph, functionGraphs } from './functionGraphs.ts';
import { gather } from './gather.ts';
import type { AceModel } from './model.ts';
import { expandNeighbours, multiply, project } from './site.ts';
import { createSite, type Site } from './siteArrays.ts';
import { type Switch, switchRule } from './switching.ts';
import type { AceTables } from './tables.ts';

export type Tangent = Pick<DesignRows, 'energy' | 'forces' | 'strain'>;

/** Voigt xx yy zz yz xz xy. */
const VOIGT = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/** At the coefficients of `model`. `offsets[k]` is where element k's coefficients begin, density by density, [S + 1]. */
export function aceTangent(
  model: AceModel,
  tables: AceTables,
  offsets: Int32Array,
): (s: Structure, list: NeighbourList) => Tangent {
  const site = createSite(tables);
  const graphs = tables.centres.map(functionGraphs);
  const reach = 3 * (Math.max(...tables.centres.map((c) => c.basisSize)) + 1);
  const dRe = new Float64Array(reach);
  const dIm = new Float64Array(reach);
  const rule = switchRule(model);
  const K = offsets[model.elements.length];
  const widest = Math.max(...tables.centres.map((c) => c.functionCount));
  const B = new Float64Array(widest);
  const state: Switch = { fcut: 1, coreShare: 1, byCore: 0, nearest: -1, byDistance: 0 };
  return (s, list) => {
    const n = atomCount(s);
    const out = {
      energy: new Float64Array(K),
      forces: new Float64Array(3 * n * K),
      strain: new Float64Array(6 * K),
    };
    const species = mapElements('ace', tables.elements, s, new Int32Array(n));
    for (let i = 0; i < n; i++) {
      gather(site, s, list, i, species);
      expandNeighbours(site);
      multiply(site);
      project(site, B, 0);
      const core = site.v.subarray(0, site.count).reduce((sum, v) => sum + v, 0);
      rule(site, core, model.centres[site.centre].embedding, state);
      const slopes = embeddingSlopes(model, site.centre, B);
      const gradients = functionGradients(site, graphs[site.centre], dRe, dIm);
      addSite(site, i, { B, gradients, slopes, state, at: offsets[site.centre], K }, out);
    }
    return out;
  };
}

/** F_p and F_pp of every density, and c_pv. */
interface Slopes {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly coefficients: readonly Float64Array[];
}

const pair = new Float64Array(2);

function embeddingSlopes(model: AceModel, a: number, B: Float64Array): Slopes {
  const { embedding, functions } = model.centres[a];
  const { form, prefactors, exponents } = embedding;
  const first = new Float64Array(prefactors.length);
  const second = new Float64Array(prefactors.length);
  const coefficients = prefactors.map((_, p) => Float64Array.from(functions, (f) => f.coefficients[p]));
  prefactors.forEach((w, p) => {
    const rho = coefficients[p].reduce((sum, c, v) => sum + c * B[v], 0);
    embed(form, rho, exponents[p], pair);
    first[p] = w * pair[1];
    second[p] = w * curvature(form, rho, exponents[p]);
  });
  return { first, second, coefficients };
}

/** ∂B_v/∂r_ij, [neighbours × 3 × functions]. `dRe` and `dIm` are scratch. */
function functionGradients(
  site: Site,
  graphs: readonly FunctionGraph[],
  dRe: Float64Array,
  dIm: Float64Array,
): Float64Array {
  const F = graphs.length;
  const out = new Float64Array(3 * F * site.count);
  const { start, value, re, im } = functionAdjoints(site, site.tables.centres[site.centre], graphs);
  for (let j = 0; j < site.count; j++) {
    gradientOfA(site, j, dRe, dIm);
    for (let v = 0; v < F; v++) {
      const at = 3 * j * F + v;
      for (let q = start[v]; q < start[v + 1]; q++) {
        const k = 3 * value[q];
        for (let x = 0; x < 3; x++) out[at + x * F] += re[q] * dRe[k + x] - im[q] * dIm[k + x];
      }
    }
  }
  return out;
}

interface SiteTangent {
  readonly B: Float64Array;
  readonly gradients: Float64Array;
  readonly slopes: Slopes;
  readonly state: Switch;
  /** Where the centre's coefficients begin, and how many a row has. */
  readonly at: number;
  readonly K: number;
}

function addSite(
  site: Site,
  i: number,
  { B, gradients, slopes, state, at, K }: SiteTangent,
  out: Tangent,
): void {
  const F = site.tables.centres[site.centre].functionCount;
  const d = new Float64Array(F);
  slopes.coefficients.forEach((c, p) => {
    const first = slopes.first[p];
    const from = at + p * F;
    for (let v = 0; v < F; v++) out.energy[from + v] += state.fcut * first * B[v];
    for (let j = 0; j < site.count; j++) {
      const switching = state.byCore * site.dv[j] + (j === state.nearest ? state.byDistance : 0);
      for (let x = 0; x < 3; x++) {
        const gradient = gradients.subarray((3 * j + x) * F, (3 * j + x + 1) * F);
        let slope = 0;
        for (let v = 0; v < F; v++) slope += c[v] * gradient[v];
        const each = state.fcut * slopes.second[p] * slope + first * switching * site.u[3 * j + x];
        for (let v = 0; v < F; v++) d[v] = state.fcut * first * gradient[v] + each * B[v];
        addPair(site, i, j, x, d, from, K, out);
      }
    }
  });
}

/** Component x of ∂²E_i/∂c ∂r_ij for coefficients from `from` on. */
function addPair(
  site: Site,
  i: number,
  j: number,
  x: number,
  d: Float64Array,
  from: number,
  K: number,
  { forces, strain }: Tangent,
): void {
  const onI = (3 * i + x) * K + from;
  const onJ = (3 * site.atom[j] + x) * K + from;
  for (let v = 0; v < d.length; v++) {
    forces[onI + v] += d[v];
    forces[onJ + v] -= d[v];
  }
  VOIGT.forEach(([a, b], k) => {
    const along = 0.5 * site.r[j] * ((x === a ? site.u[3 * j + b] : 0) + (x === b ? site.u[3 * j + a] : 0));
    if (along !== 0) for (let v = 0; v < d.length; v++) strain[k * K + from + v] += along * d[v];
  });
}
