import type { LearnablePotential, Parameters } from '../../potentials/learnable.ts';
import type { RefinablePotential } from '../../potentials/refinable.ts';
import { UserError } from '../core/errors.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import { activeSetsOf } from './activeSetsOf.ts';
import { createAlgebra, newFactor } from './algebra.ts';
import type { LabelledFrame } from './dataset.ts';
import { type CurvedProblem, type Descent, dampedAnchor, descend } from './descent.ts';
import { checkFrame } from './designMatrix.ts';
import { fittedE0, givenE0 } from './e0.ts';
import { bootstrapAnchor, bootstrapWeight, posteriorMember } from './ensemble.ts';
import { errorsOn } from './errors.ts';
import { evidenceLambda } from './evidence.ts';
import type { GivenSet } from './givenActiveSet.ts';
import { physicsCheck } from './physicsCheck.ts';
import {
  aboutChange,
  asConstant,
  refineRows,
  squaresOf,
  type WeightedRows,
  wallRows,
  wallsOf,
} from './refineRows.ts';
import { solveRidge } from './ridge.ts';
import type { TrainOptions } from './schema.ts';
import type { Factor } from './solve.ts';
import type { Trainer, TrainerKernels } from './trainer.ts';

/** In the place of a frame's index; every member takes them as they are. */
const WALLS = -1;

/**
 * Teaches a potential that is not linear in its coefficients, from those it has: every lesson refines them by a second-order
 * descent over all frames so far, with the prior around the first ones, and draws members by one more Gauss-Newton step
 * each. The cost grows with the frames. `given`: active sets of the start, one for each element, that the frames extend; a full one
 * counts as made with the present coefficients.
 */
export function createRefiner<P extends RefinablePotential>(
  options: TrainOptions,
  start: Omit<RefinablePotential, 'withParameters'> & { withParameters(parameters: Parameters): P },
  given: readonly GivenSet[] = [],
  { kernels = 'wasm', threads }: TrainerKernels = {},
): Trainer<P> {
  const { elements, functionCount: K, roughness } = start;
  const { kind, members, seed } = options.ensemble;
  if (given.length > 0 && options.activeSet.clusters !== undefined)
    throw new UserError(
      'train.activeSet.clusters: got clusters beside model.activeSet, whose environments are not known one by one; leave one of the two out',
    );
  const c0 = start.parameters.mean;
  const raised = (delta: Float64Array) => delta.map((d, v) => c0[v] + d);
  const withoutE0 = (delta: Float64Array) =>
    start.withParameters({ e0: new Float64Array(elements.length), mean: raised(delta), members: [] });
  const algebra = createAlgebra(kernels, K + 1, threads);
  const all = newFactor(algebra, K + 1);
  const weighted =
    kind === 'bootstrap' ? Array.from({ length: members }, () => newFactor(algebra, K + 1)) : [];
  const nothing = withoutE0(new Float64Array(K));
  const walls = options.corePrior ? wallsOf(nothing) : [];
  const frames: LabelledFrame[] = [];
  let e0: Float64Array = new Float64Array(elements.length);
  let delta: Float64Array = new Float64Array(K);
  let lastLambda: number | undefined;

  function* rowsAt(potential: LearnablePotential): Generator<[number, WeightedRows]> {
    yield [WALLS, wallRows(walls, potential)];
    for (const [f, frame] of frames.entries())
      for (const rows of refineRows(frame, potential, e0, options.weights)) yield [f, rows];
  }

  /** The tangent at δ; `count` says how often a frame counts in each of the factors. */
  function fill(
    factors: readonly Factor[],
    at: Float64Array,
    count: (factor: number, frame: number) => number,
  ) {
    for (const { r } of factors) r.fill(0);
    for (const [f, found] of rowsAt(withoutE0(at))) {
      const { rows, weight } = aboutChange(found, c0);
      factors.forEach((factor, m) => {
        algebra.append(factor, rows, weight * Math.sqrt(f === WALLS ? 1 : count(m, f)));
      });
    }
  }

  const problem: CurvedProblem = {
    roughness,
    tangent(at) {
      fill([all], at, () => 1);
      return all;
    },
    squares(at) {
      let sum = 0;
      for (const [, rows] of rowsAt(asConstant(withoutE0(at)))) sum += squaresOf(rows);
      return sum;
    },
    solve: (ridge) => algebra.ridge([ridge])[0].coefficients,
  };

  /** Within the reach of the tangent: with the damping of the last step. */
  function draw(found: Descent, sigma: number): Float64Array[] {
    const { delta: at, tangent, lambda } = found;
    const damped = lambda + found.damping;
    if (kind === 'posterior') {
      const around = { ...solveRidge(tangent, roughness, damped), coefficients: at };
      return Array.from({ length: members }, (_, m) => posteriorMember(around, sigma, seed, m));
    }
    fill(weighted, at, (m, f) => bootstrapWeight(seed, m, f));
    const problems = weighted.map((data, m) => ({
      data,
      roughness,
      lambda: damped,
      anchor: dampedAnchor(found, lambda, roughness, bootstrapAnchor(K, sigma, seed, m)),
    }));
    return algebra.ridge(problems).map(({ coefficients }) => coefficients);
  }

  function rowCount(): number {
    let count = 0;
    for (const [, { rows }] of rowsAt(asConstant(nothing))) count += rows.count;
    return count;
  }

  return {
    learn(fresh) {
      if (fresh.length === 0)
        throw new UserError('train: got no frames, must be at least one; label some structures first');
      for (const [k, frame] of fresh.entries()) checkFrame(frame, `training frame ${frames.length + k + 1}`);
      if (frames.length === 0) e0 = firstE0(fresh, options, nothing);
      frames.push(...fresh);
      const rows = rowCount();
      const fixed = options.regularisation;
      const found = descend(
        problem,
        delta,
        (tangent) => evidenceLambda(algebra, tangent, roughness, rows, lastLambda),
        fixed === 'evidence' ? undefined : fixed,
      );
      delta = found.delta;
      lastLambda = found.lambda;
      const drawn = draw(found, Math.sqrt(found.objective / rows)).map(raised);
      const potential = start.withParameters({ e0, mean: raised(delta), members: drawn });
      const errors = errorsOn(potential, frames);
      return {
        potential,
        ...activeSetsOf(potential, frames, options.activeSet, given),
        errors,
        frames: frames.length,
        rows,
        regularisation: found.lambda,
        environments: frames.reduce((sum, { core }) => sum + core.reduce((a, b) => a + b, 0), 0),
        checks: physicsCheck(potential, fresh[0].structure, errors, options.bounds),
      };
    },
    get bytes() {
      return algebra.bytes;
    },
    dispose: algebra.dispose,
  };
}

/** E₀ as configured, or fitted to what the start leaves of the faithful energies of the first frames. */
function firstE0(
  frames: readonly LabelledFrame[],
  options: TrainOptions,
  withoutE0: LearnablePotential,
): Float64Array {
  if (options.e0 !== 'fit') return givenE0(options.e0, withoutE0.elements);
  const energies = frames
    .filter((f) => f.faithful)
    .map(({ structure: s, label }) => ({
      structure: s,
      energy: label.energy - withoutE0.evaluate(s, buildNeighbours(s, withoutE0.cutoff), []).energy,
    }));
  return fittedE0(energies, withoutE0.elements);
}
