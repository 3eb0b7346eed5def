/**
 * The least curvatures at a structure: eigenvalues of the matrix of second derivatives, which is only ever multiplied with vectors, by
 * finite differences of forces. A block of k vectors grows into a Krylov space in which the k lowest Ritz pairs are sought; with one vector
 * only, curvatures that are equal would be found once. C. Lanczos, J. Res. Natl. Bur. Stand. 45, 255 (1950); blocks: G. H. Golub and R. Underwood (1977).
 * Held atoms do not move and the whole does not shift; turning an isolated cluster counts, with a curvature of nought.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { normals, STREAM } from '../core/philox.ts';
import type { Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import {
  type HessianOptions,
  type HessianTimes,
  hessianTimes,
  normalise,
  orthogonalise,
} from './hessianTimes.ts';
import { dot } from './minimise.ts';

export interface CurvatureOptions extends HessianOptions {
  /** How many; default 2, enough to tell a saddle of first order. */
  readonly count?: number;
  /** eV/Å²: residual |Hv − cv| of each; a curvature is off by its square over the distance to the next one. */
  readonly residual?: number;
  /** [3n]: where the least curvature may lie, as the mode of a band does. */
  readonly guess?: Float64Array;
  /** Products with vectors at most, two evaluations each. */
  readonly products?: number;
}

export interface Curvatures {
  /** eV/Å², ascending. */
  readonly values: readonly number[];
  /** Unit vectors, [count][3n]. */
  readonly vectors: readonly Float64Array[];
  /** eV/Å², of each. */
  readonly residuals: readonly number[];
  readonly converged: boolean;
  readonly evaluations: number;
}

const CURVATURES = { count: 2, residual: 0.05, products: 200 } as const;

export async function lowestCurvatures(
  evaluates: Evaluates,
  s: Structure,
  options: CurvatureOptions = {},
): Promise<Curvatures> {
  const {
    count = CURVATURES.count,
    residual = CURVATURES.residual,
    products = CURVATURES.products,
  } = options;
  const H = hessianTimes(evaluates, s, options);
  const basis: Float64Array[] = [];
  const images: Float64Array[] = [];
  let block = starts(H, s.positions.length, count, options.guess);
  let ritz: Ritz = { values: [], vectors: [], off: [] };
  while (true) {
    for (const v of block) {
      if (!joins(v, basis)) continue;
      images.push(await H.times(v));
    }
    ritz = ritzPairs(basis, images, count);
    const open = ritz.off.filter((r) => length(r) > residual);
    if (open.length === 0 || basis.length >= products) break;
    const before = basis.length;
    block = open.filter((r) => orthogonalise(r, basis) && length(r) > 1e-9).map(normalise);
    if (block.length === 0 || before === basis.length + block.length) break;
  }
  const residuals = ritzPairs(basis, images, count).off.map(length);
  return {
    values: ritz.values,
    vectors: ritz.vectors,
    residuals,
    converged: residuals.every((r) => r <= residual),
    evaluations: H.evaluations,
  };
}

/** The guess and vectors of random numbers that depend on nothing: no symmetry of a structure is theirs. */
function starts(H: HessianTimes, size: number, count: number, guess?: Float64Array): Float64Array[] {
  return Array.from({ length: count }, (_, k) => {
    if (k === 0 && guess) return H.project(guess.slice());
    const four = new Float64Array(4);
    return H.project(
      Float64Array.from({ length: size }, (_, i) => normals(0, STREAM.curvature, k, i, four)[0]),
    );
  });
}

/** Makes `v` a further vector of the basis; false where it is none. */
function joins(v: Float64Array, basis: Float64Array[]): boolean {
  const before = length(v);
  orthogonalise(v, basis);
  if (!(length(v) > 1e-8 * before)) return false;
  basis.push(normalise(v));
  return true;
}

interface Ritz {
  readonly values: number[];
  readonly vectors: Float64Array[];
  /** Hv − cv. */
  readonly off: Float64Array[];
}

function ritzPairs(basis: readonly Float64Array[], images: readonly Float64Array[], count: number): Ritz {
  const m = basis.length;
  const T = Matrix.zeros(m, m);
  for (let a = 0; a < m; a++)
    for (let b = 0; b <= a; b++) {
      const t = (dot(basis[a], images[b]) + dot(basis[b], images[a])) / 2;
      T.set(a, b, t);
      T.set(b, a, t);
    }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(T, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[a] - realEigenvalues[b]);
  const chosen = order.slice(0, count);
  const combined = (of: readonly Float64Array[], k: number) => {
    const sum = new Float64Array(of[0].length);
    of.forEach((v, a) => {
      const c = eigenvectorMatrix.get(a, k);
      for (let i = 0; i < sum.length; i++) sum[i] += c * v[i];
    });
    return sum;
  };
  const values = chosen.map((k) => realEigenvalues[k]);
  const vectors = chosen.map((k) => combined(basis, k));
  const off = chosen.map((k, p) => combined(images, k).map((x, i) => x - values[p] * vectors[p][i]));
  return { values, vectors, off };
}

function length(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}
