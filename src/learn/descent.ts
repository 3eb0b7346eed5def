/**
 * Levenberg-Marquardt for ‖r(δ)‖² + λ‖Γδ‖², whose prior keeps δ near zero: every step solves the tangent problem
 * ‖Xδ' − y‖² + λ‖Γδ'‖² + μ‖Γ(δ' − δ)‖² and is taken only where the true objective falls. μ = 0, Gauss-Newton, comes first; then μ grows tenfold where a step fails and falls where one is taken.
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
  /** μ of the last step that was taken: how far the tangent holds. */
  readonly damping: number;
}

/** How far a descent goes. */
export interface Patience {
  readonly steps: number;
  /** Relative fall of the objective below which no further step is tried. */
  readonly settled: number;
  /** Asked after every step. */
  readonly enough?: () => boolean;
}

/** Of one lesson among many. */
const LESSON: Patience = { steps: 8, settled: 0.02 };

/**
 * `fixed`: λ, else `evidence` says it from the first tangent, which knows nothing of where the tangent ends: λ is at least
 * the damping that the first step needs, or data that the tangent alone could meet would lead far from all that was known.
 */
export function descend(
  problem: CurvedProblem,
  start: Float64Array,
  evidence: (tangent: Factor) => number,
  fixed?: number,
  { steps, settled: least, enough }: Patience = LESSON,
): Descent {
  const { roughness } = problem;
  let tangent = problem.tangent(start);
  let lambda = fixed ?? evidence(tangent);
  const objective = (delta: Float64Array) =>
    problem.squares(delta) + lambda * delta.reduce((sum, d, v) => sum + (roughness[v] * d) ** 2, 0);
  const outset = (): Point => ({ delta: start, objective: objective(start), damping: 0 });
  if (fixed === undefined)
    lambda = Math.max(lambda, step(problem, tangent, lambda, outset(), objective)?.damping ?? 0);
  let at = outset();
  for (let k = 0; k < steps; k++) {
    const next = step(problem, tangent, lambda, at, objective);
    if (!next) break;
    const settled = at.objective - next.objective < least * at.objective;
    at = next;
    tangent = problem.tangent(at.delta);
    if (settled || enough?.()) break;
  }
  return { ...at, tangent, lambda };
}

/** μ‖Γ(δ' − δ)‖² beside λ‖Γδ' − prior/√λ‖² is (λ + μ)‖Γδ'‖² with this anchor, but for a constant. */
export function dampedAnchor(
  { delta, damping: mu }: Pick<Descent, 'delta' | 'damping'>,
  lambda: number,
  roughness: Float64Array,
  prior?: Float64Array,
): Float64Array {
  return delta.map(
    (d, v) => (mu * roughness[v] * d + Math.sqrt(lambda) * (prior ? prior[v] : 0)) / Math.sqrt(lambda + mu),
  );
}

type Point = Pick<Descent, 'delta' | 'objective' | 'damping'>;

/** Undefined where no damping makes the objective fall. */
function step(
  { roughness, solve }: CurvedProblem,
  data: Factor,
  lambda: number,
  at: Point,
  objective: (delta: Float64Array) => number,
): Point | undefined {
  const largest = Math.max(lambda, largestDiagonal(data, roughness));
  let damping = at.damping > lambda ? at.damping / 10 : 0;
  while (damping <= MOST * largest) {
    const anchor = dampedAnchor({ ...at, damping }, lambda, roughness);
    const delta = solve({ data, roughness, lambda: lambda + damping, anchor });
    const found = objective(delta);
    if (found < at.objective) return { delta, objective: found, damping };
    damping = Math.max(10 * damping, lambda, FIRST * largest);
  }
  return undefined;
}

/** Least μ but 0 and the greatest, in units of the largest diagonal element of XᵀX/Γ²: the true problem may be far more curved. */
const FIRST = 1e-14;
const MOST = 1e6;

function largestDiagonal({ width, r }: Factor, roughness: Float64Array): number {
  return roughness.reduce((most, g, v) => {
    let sum = 0;
    for (let k = 0; k <= v; k++) sum += (r[v * width + k] / g) ** 2;
    return Math.max(most, sum);
  }, 0);
}
