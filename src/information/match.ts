/**
 * Which labels determine wanted properties, and how precise each has to be: minimise Σ w_m subject to w ≥ 0 and
 * Σ w_m I_m ⪰ J, with I_m = J_mᵀJ_m of candidate m, J = J_Qᵀ Σ_Q⁻¹ J_Q of the targets, and w_m = 1/σ_m².
 * Kurniawan et al., arXiv 2411.02740.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { solveProgramme } from './semidefinite.ts';

/** A wanted property. */
export interface Target {
  readonly name: string;
  /** ∂Q/∂θ, [p]. */
  readonly gradient: Float64Array;
  /** Standard deviation that is wanted, in units of Q. */
  readonly accuracy: number;
}

export interface Matching {
  /** 1/σ_m² of each candidate; 0 for those that are not needed, [N]. */
  readonly weights: Float64Array;
  /** All candidates, the most needed first; those of weight 0 by how near they are to being needed. */
  readonly ranking: readonly number[];
  /** How far Σ w may be above the least. */
  readonly gap: number;
}

/** Properties that no candidate informs: for people, and what they were found by. */
export interface Uninformed {
  /** Share of each target's gradient that lies outside what the candidates span, largest first. */
  readonly outside: readonly { readonly name: string; readonly share: number }[];
}

/** Directions in which all candidates together tell less than this share of the most told one are not told at all. */
const SILENT = 1e-11;
/** Share of a gradient's square outside the span that is taken for rounding. */
const ROUNDING = 1e-6;
/** A weight below this share of the largest is what the barrier leaves of none. */
const NONE = 1e-4;

/** `informations`: [p × p] each; `base`: what is known already; `tolerance`: of Σ w. */
export function matchInformation(
  informations: readonly Matrix[],
  targets: readonly Target[],
  base: Matrix = Matrix.zeros(targets[0].gradient.length, targets[0].gradient.length),
  tolerance = 1e-5,
): Matching | Uninformed {
  const whole = informations.reduce((sum, info) => sum.add(info), base.clone());
  // Parameters of very different size, each in units of what is told of it.
  const units = whole.diagonal().map((d) => (d > 0 ? 1 / Math.sqrt(d) : 0));
  const scaled = (A: Matrix) => scaleBoth(A, units);
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(scaled(whole), {
    assumeSymmetric: true,
  });
  const most = Math.max(...values);
  const told = values.map((_, k) => k).filter((k) => values[k] > SILENT * most);
  // In these coordinates all candidates together tell 1.
  const whitener = new Matrix(units.length, told.length);
  told.forEach((k, c) => {
    for (let v = 0; v < units.length; v++) whitener.set(v, c, vectors.get(v, k) / Math.sqrt(values[k]));
  });
  const outside = targets.map(({ name, gradient }) => ({
    name,
    share: shareOutside(gradient, units, vectors, told),
  }));
  if (outside.some(({ share }) => share > ROUNDING))
    return { outside: outside.filter((o) => o.share > ROUNDING).sort((a, b) => b.share - a.share) };
  const within = (A: Matrix) => symmetric(whitener.transpose().mmul(scaled(A)).mmul(whitener));
  const found = solveProgramme(
    {
      informations: informations.map(within),
      wishes: whitener.transpose().mmul(wishesOf(targets, units)),
      base: within(base),
    },
    tolerance,
  );
  if (!found) return { outside: outside.sort((a, b) => b.share - a.share) };
  const largest = Math.max(...found.weights);
  const ranking = Array.from(found.weights.keys()).sort(
    (a, b) => found.weights[b] - found.weights[a] || a - b,
  );
  return { weights: found.weights.map((w) => (w > NONE * largest ? w : 0)), ranking, gap: found.gap };
}

export function isMatched(found: Matching | Uninformed): found is Matching {
  return 'weights' in found;
}

/** g/σ of every target in units of the parameters, a column each: J = U Uᵀ. */
function wishesOf(targets: readonly Target[], units: readonly number[]): Matrix {
  const columns = targets.map(({ gradient, accuracy }) =>
    Array.from(gradient, (g, v) => (g * units[v]) / accuracy),
  );
  return new Matrix(columns).transpose();
}

/** Rounding makes a product of three only nearly symmetric. */
function symmetric(A: Matrix): Matrix {
  return A.clone().add(A.transpose()).mul(0.5);
}

function scaleBoth(A: Matrix, units: readonly number[]): Matrix {
  const out = A.clone();
  for (let a = 0; a < units.length; a++)
    for (let b = 0; b < units.length; b++) out.set(a, b, A.get(a, b) * units[a] * units[b]);
  return out;
}

/** A parameter that nothing tells of has no unit: what a gradient has there is outside altogether. */
function shareOutside(
  gradient: Float64Array,
  units: readonly number[],
  vectors: Matrix,
  told: readonly number[],
): number {
  const g = Array.from(gradient, (x, v) => (units[v] > 0 ? x * units[v] : 0));
  const lost = gradient.some((x, v) => units[v] === 0 && x !== 0);
  const all = g.reduce((sum, x) => sum + x * x, 0);
  let inside = 0;
  for (const k of told) {
    let dot = 0;
    for (let v = 0; v < g.length; v++) dot += g[v] * vectors.get(v, k);
    inside += dot * dot;
  }
  if (lost) return 1;
  return all > 0 ? Math.max(0, 1 - inside / all) : 0;
}
