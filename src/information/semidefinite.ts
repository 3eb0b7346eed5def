/**
 * min Σ w_m subject to w ≥ 0 and S(w) = B + Σ w_m I_m − J ⪰ 0, by a barrier: Newton steps on t Σ w − ln det S − Σ ln w with growing t.
 * On the central path the sum is within (p + N)/t of the least. Boyd and Vandenberghe, Convex Optimization, § 11.3 and 11.6.
 *
 * There is no package to do it: scs-solver (1.0.2) is built without LAPACK and refuses semidefinite cones, cvxjs (0.1.4) has none.
 */
import { CholeskyDecomposition, Matrix, solve } from 'ml-matrix';

export interface Programme {
  /** Symmetric, positive semidefinite, [p × p]. */
  readonly informations: readonly Matrix[];
  readonly wanted: Matrix;
  /** Known without any weight. */
  readonly base: Matrix;
}

export interface Solution {
  /** [N]. */
  readonly weights: Float64Array;
  /** How far Σ w may be above the least. */
  readonly gap: number;
}

/** Growth of t from one centre to the next. */
const GROWTH = 8;
/** Newton steps towards one centre at most. */
const STEPS = 60;
/** All weights alike that are tried to begin with reach so far. */
const FAR = 2 ** 60;

/** Undefined where no weights satisfy it. `tolerance`: of the gap, relative to Σ w. */
export function solveProgramme(
  programme: Programme,
  tolerance = 1e-6,
  progress?: (gap: number) => void,
): Solution | undefined {
  const { informations } = programme;
  const N = informations.length;
  const p = programme.wanted.rows;
  let w = start(programme);
  if (!w) return undefined;
  for (let t = (p + N) / total(w); ; t *= GROWTH) {
    w = centre(programme, w, t);
    const gap = (p + N) / t;
    progress?.(gap / total(w));
    if (gap <= tolerance * total(w)) return { weights: w, gap };
  }
}

function total(w: Float64Array): number {
  return w.reduce((sum, x) => sum + x, 0);
}

/** Equal weights that are more than enough. */
function start(programme: Programme): Float64Array | undefined {
  const N = programme.informations.length;
  for (let w = 1; w < FAR; w *= 4) {
    const all = new Float64Array(N).fill(w);
    if (slack(programme, all)) return all;
  }
  return undefined;
}

/** The Cholesky factor of S(w), or undefined where it is not positive definite. */
function slack({ informations, wanted, base }: Programme, w: Float64Array): Matrix | undefined {
  const S = Matrix.sub(base, wanted);
  informations.forEach((info, m) => {
    S.add(Matrix.mul(info, w[m]));
  });
  const found = new CholeskyDecomposition(S);
  if (!found.isPositiveDefinite()) return undefined;
  const L = found.lowerTriangularMatrix;
  return L.diagonal().every((d) => d > 0 && Number.isFinite(d)) ? L : undefined;
}

/** Newton's way to the minimum of t Σ w − ln det S − Σ ln w. */
function centre(programme: Programme, from: Float64Array, t: number): Float64Array {
  let w = from;
  for (let step = 0; step < STEPS; step++) {
    const L = slack(programme, w)!;
    const { gradient, hessian } = derivatives(programme, w, L, t);
    const move = solve(hessian, gradient).to1DArray();
    const decrement = move.reduce((sum, x, m) => sum + x * gradient.get(m, 0), 0);
    if (decrement < 1e-8) return w;
    w = along(programme, w, move, t, decrement);
  }
  return w;
}

function derivatives({ informations }: Programme, w: Float64Array, L: Matrix, t: number) {
  const N = informations.length;
  const p = L.rows;
  const inverse = lowerInverse(L);
  const across = inverse.transpose();
  // L⁻¹ I_m L⁻ᵀ, a row each: tr(S⁻¹ I_m S⁻¹ I_n) is the product of two rows.
  const rows = new Matrix(N, p * p);
  const gradient = new Matrix(N, 1);
  informations.forEach((info, m) => {
    const T = inverse.mmul(info).mmul(across);
    rows.setRow(m, T.to1DArray());
    gradient.set(m, 0, t - T.trace() - 1 / w[m]);
  });
  const hessian = rows.mmul(rows.transpose());
  for (let m = 0; m < N; m++) hessian.set(m, m, hessian.get(m, m) + 1 / w[m] ** 2);
  return { gradient, hessian };
}

function lowerInverse(L: Matrix): Matrix {
  const p = L.rows;
  const out = Matrix.zeros(p, p);
  for (let c = 0; c < p; c++)
    for (let r = c; r < p; r++) {
      let sum = r === c ? 1 : 0;
      for (let k = c; k < r; k++) sum -= L.get(r, k) * out.get(k, c);
      out.set(r, c, sum / L.get(r, r));
    }
  return out;
}

/** The longest of halved steps that stays inside and makes the function fall. */
function along(
  programme: Programme,
  w: Float64Array,
  move: readonly number[],
  t: number,
  decrement: number,
): Float64Array {
  const value = (at: Float64Array) => {
    if (at.some((x) => x <= 0)) return Number.POSITIVE_INFINITY;
    const L = slack(programme, at);
    if (!L) return Number.POSITIVE_INFINITY;
    const logs = L.diagonal().reduce((sum, d) => sum + 2 * Math.log(d), 0);
    return t * total(at) - logs - at.reduce((sum, x) => sum + Math.log(x), 0);
  };
  const now = value(w);
  for (let size = 1; size > 1e-12; size /= 2) {
    const next = w.map((x, m) => x - size * move[m]);
    if (value(next) <= now - 0.1 * size * decrement) return next;
  }
  return w;
}
