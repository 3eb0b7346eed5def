/**
 * min Σ w_m subject to w ≥ 0 and A(w) = B + Σ w_m I_m ⪰ U Uᵀ. By Schur's complement that is G(w) = 1 − Uᵀ A⁻¹ U ⪰ 0, only as large as
 * there are wishes. A barrier: Newton steps on t Σ w − ln det G − Σ ln w with growing t; on the central path the sum is within
 * (q + N)/t of the least. Boyd and Vandenberghe, Convex Optimization, § 11.3, 11.6 and A.5.5.
 *
 * There is no package to do it: scs-solver (1.0.2) is built without LAPACK and refuses semidefinite cones, cvxjs (0.1.4) has none.
 */
import { CholeskyDecomposition, Matrix, solve } from 'ml-matrix';

export interface Programme {
  /** Symmetric, positive semidefinite, [p × p]. */
  readonly informations: readonly Matrix[];
  /** U, a column a wish, [p × q]. */
  readonly wishes: Matrix;
  /** B, known without any weight; with all candidates it must be positive definite. */
  readonly base: Matrix;
}

export interface Solution {
  /** [N]. */
  readonly weights: Float64Array;
  /** How far Σ w may be above the least. */
  readonly gap: number;
}

/** Growth of t from one centre to the next. */
const GROWTH = 20;
/** Newton steps towards one centre at most. */
const STEPS = 60;
/** All weights alike that are tried to begin with reach so far. */
const FAR = 2 ** 60;

/** Undefined where no weights satisfy it. `tolerance`: of the gap, relative to Σ w. */
export function solveProgramme(programme: Programme, tolerance = 1e-6): Solution | undefined {
  const { informations } = programme;
  const N = informations.length;
  const q = programme.wishes.columns;
  let w = start(programme);
  if (!w) return undefined;
  for (let t = (q + N) / total(w); ; t *= GROWTH) {
    w = centre(programme, w, t);
    const gap = (q + N) / t;
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

interface Slack {
  /** X = A⁻¹ U, [p × q]. */
  readonly X: Matrix;
  /** L⁻¹ with A = L Lᵀ. */
  readonly inverse: Matrix;
  /** G⁻¹, [q × q]. */
  readonly G: Matrix;
  readonly logDet: number;
}

/** Undefined where the weights do not satisfy it. */
function slack({ informations, wishes, base }: Programme, w: Float64Array): Slack | undefined {
  const A = base.clone();
  informations.forEach((info, m) => {
    A.add(Matrix.mul(info, w[m]));
  });
  const L = factor(A);
  if (!L) return undefined;
  const inverse = lowerInverse(L);
  const V = inverse.mmul(wishes);
  const gap = Matrix.eye(wishes.columns).sub(V.transpose().mmul(V));
  const root = factor(gap.clone().add(gap.transpose()).mul(0.5));
  if (!root) return undefined;
  const half = lowerInverse(root);
  return {
    X: inverse.transpose().mmul(V),
    inverse,
    G: half.transpose().mmul(half),
    logDet: root.diagonal().reduce((sum, d) => sum + 2 * Math.log(d), 0),
  };
}

/** Cholesky's factor, or undefined. */
function factor(A: Matrix): Matrix | undefined {
  const found = new CholeskyDecomposition(A);
  if (!found.isPositiveDefinite()) return undefined;
  const L = found.lowerTriangularMatrix;
  return L.diagonal().every((d) => d > 0 && Number.isFinite(d)) ? L : undefined;
}

/** Newton's way to the minimum of t Σ w − ln det G − Σ ln w. */
function centre(programme: Programme, from: Float64Array, t: number): Float64Array {
  let w = from;
  for (let step = 0; step < STEPS; step++) {
    const { gradient, hessian } = derivatives(programme, w, slack(programme, w)!, t);
    // In units of the weights, which may differ by many orders, no pivot is small.
    const units = Array.from(w);
    const scaled = hessian.clone().mulRowVector(units).mulColumnVector(units);
    const move = solve(scaled, gradient.clone().mulColumnVector(units))
      .to1DArray()
      .map((x, m) => x * units[m]);
    const decrement = move.reduce((sum, x, m) => sum + x * gradient.get(m, 0), 0);
    if (decrement < 1e-8) return w;
    w = along(programme, w, move, t, decrement);
  }
  return w;
}

/** With Y_m = Xᵀ I_m X: ∂G/∂w_m = Y_m and ∂²G/∂w_m∂w_n = −Xᵀ (I_m A⁻¹ I_n + I_n A⁻¹ I_m) X. */
function derivatives({ informations }: Programme, w: Float64Array, { X, inverse, G }: Slack, t: number) {
  const N = informations.length;
  const [p, q] = [X.rows, X.columns];
  const gradient = new Matrix(N, 1);
  // G⁻¹ Y_m and its transpose, and L⁻¹ I_m X with and without G⁻¹, a row each: traces become products of rows.
  const [left, right] = [new Matrix(N, q * q), new Matrix(N, q * q)];
  const [plain, weighed] = [new Matrix(N, p * q), new Matrix(N, p * q)];
  informations.forEach((info, m) => {
    const IX = info.mmul(X);
    const GY = G.mmul(X.transpose().mmul(IX));
    gradient.set(m, 0, t - GY.trace() - 1 / w[m]);
    left.setRow(m, GY.to1DArray());
    right.setRow(m, GY.transpose().to1DArray());
    const Z = inverse.mmul(IX);
    plain.setRow(m, Z.to1DArray());
    weighed.setRow(m, Z.mmul(G).to1DArray());
  });
  const hessian = left.mmul(right.transpose()).add(weighed.mmul(plain.transpose()).mul(2));
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
    const found = slack(programme, at);
    if (!found) return Number.POSITIVE_INFINITY;
    return t * total(at) - found.logDet - at.reduce((sum, x) => sum + Math.log(x), 0);
  };
  const now = value(w);
  for (let size = 1; size > 1e-12; size /= 2) {
    const next = w.map((x, m) => x - size * move[m]);
    if (value(next) <= now - 0.1 * size * decrement) return next;
  }
  return w;
}
