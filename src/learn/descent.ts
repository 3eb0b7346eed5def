/**
 * Levenberg-Marquardt for ‖r(δ)‖² + λ‖Γδ‖², whose prior keeps δ near zero: every step solves the tangent problem
 * ‖Xδ' − y‖² + λ‖Γδ'‖² + μ‖Γ(δ' − δ)‖² and is taken only where the true objective falls; μ = 0, Gauss-Newton, comes first.
 * Marquardt, J. Soc. Ind. Appl. Math. 11, 431 (1963).
 */
import type { RidgeProblem } from './algebra.ts';
import type { Factor } from './solve.ts';

export interface CurvedProblem {
  readonly roughness: Float64Array;
  /** Factor of [X | y] of the tangent at δ: residuals at δ' are about Xδ' − y. Void at the next call. */
  tangent(delta: Float64Array): Factor;
  /** ‖r(δ)‖². */
  squares(delta: Float64Array): number;
  /** Minimises the tangent problem. */
  solve(problem: RidgeProblem): Float64Array;
}

export interface Descent {
  readonly delta: Float64Array;
  /** ‖r‖² + λ‖Γδ‖² there. */
  readonly objective: number;
  /** Of the tangent at `delta`; void when the problem's next one is made. */
  readonly tangent: Factor;
  readonly lambda: number;
}

/** Steps that one lesson may take. */
const STEPS = 6;

/** Relative fall of the objective below which no further step is tried. */
const SETTLED = 1e-3;

/** μ of the attempts at one step, in units of the largest diagonal element of XᵀX/Γ². */
const DAMPING = [0, 1e-8, 1e-6, 1e-4, 1e-2, 1];

/** `lambdaOf` settles λ from the first tangent. */
export function descend(
  problem: CurvedProblem,
  start: Float64Array,
  lambdaOf: (tangent: Factor) => number,
): Descent {
  const { roughness } = problem;
  let tangent = problem.tangent(start);
  const lambda = lambdaOf(tangent);
  const objective = (delta: Float64Array) =>
    problem.squares(delta) + lambda * delta.reduce((sum, d, v) => sum + (roughness[v] * d) ** 2, 0);
  let at = { delta: start, objective: objective(start) };
  for (let k = 0; k < STEPS; k++) {
    const next = step(problem, tangent, lambda, at, objective);
    if (!next) break;
    const settled = at.objective - next.objective < SETTLED * at.objective;
    at = next;
    tangent = problem.tangent(at.delta);
    if (settled) break;
  }
  return { ...at, tangent, lambda };
}

interface Point {
  readonly delta: Float64Array;
  readonly objective: number;
}

/** Undefined where no damping makes the objective fall. */
function step(
  { roughness, solve }: CurvedProblem,
  data: Factor,
  lambda: number,
  at: Point,
  objective: (delta: Float64Array) => number,
): Point | undefined {
  const unit = largestDiagonal(data, roughness);
  for (const damping of DAMPING) {
    const mu = damping * unit;
    // λ‖Γδ'‖² + μ‖Γ(δ' − δ)‖² is (λ + μ)‖Γδ'‖² drawn to μ/(λ + μ) δ, but for a constant.
    const anchor = at.delta.map((d, v) => (mu / Math.sqrt(lambda + mu)) * roughness[v] * d);
    const delta = solve({ data, roughness, lambda: lambda + mu, anchor });
    const found = objective(delta);
    if (found < at.objective) return { delta, objective: found };
  }
  return undefined;
}

function largestDiagonal({ width, r }: Factor, roughness: Float64Array): number {
  return roughness.reduce((most, g, v) => {
    let sum = 0;
    for (let k = 0; k <= v; k++) sum += (r[v * width + k] / g) ** 2;
    return Math.max(most, sum);
  }, 0);
}
