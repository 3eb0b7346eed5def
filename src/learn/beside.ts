/**
 * Teaches a curved potential f(c₂) beside a linear one: minimises ‖X₁c₁ + f(c₂) − y‖² + λ‖Γ₁c₁‖² + λ‖Γ₂(c₂ − c₂⁰)‖² by variable projection.
 * c₁ follows c₂ exactly, so the descent is over c₂ alone, by what the linear functions cannot take up of its tangent, X₂ − X₁C.
 * Kaufman, BIT 15, 49 (1975); Golub and Pereyra, Inverse Problems 19, R1 (2003).
 */
import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { RefinablePotential } from '../../potentials/refinable.ts';
import { createAlgebra } from './algebra.ts';
import type { LabelledFrame } from './dataset.ts';
import { type CurvedProblem, descend } from './descent.ts';
import { frameRows, residual, weightedBlock, weightedRows } from './designMatrix.ts';
import { type Block, linearSide } from './linearSide.ts';
import { asConstant } from './refineRows.ts';
import { solveRidge } from './ridge.ts';
import type { TrainOptions } from './schema.ts';
import { appendRows, emptyFactor, type Factor } from './solve.ts';
import type { TrainerKernels } from './trainer.ts';
import { rowWeights, type WeightOptions } from './weights.ts';

/** The objective falls slowly at first. */
const DESCENT = { steps: 30, settled: 1e-4 };

/** So many steps in a row that do not help the frames held out end it, too. */
const IN_VAIN = 5;

/** Of so many frames one is held out. */
const HOLD_OUT = 10;

/** Mean squared weighted residuals of frames held out, with the linear potential alone and with both. */
export interface HeldOut {
  readonly linear: number;
  readonly both: number;
}

export interface BesideFit {
  /** c₂ where the frames held out are met best, [K₂]. */
  readonly mean: Float64Array;
  readonly heldOut: HeldOut;
}

/** `linear` was taught with `lambda`; of both, every function's coefficients are free. Every tenth frame is held out. */
export function teachBeside(
  linear: LearnablePotential,
  curved: RefinablePotential,
  frames: readonly LabelledFrame[],
  options: Pick<TrainOptions, 'weights' | 'corePrior'>,
  lambda: number,
  { kernels = 'wasm', threads }: TrainerKernels = {},
): BesideFit {
  const K = curved.functionCount;
  const algebra = createAlgebra(kernels, linear.functionCount + 1, threads);
  const isHeldOut = (f: number) => f % HOLD_OUT === HOLD_OUT - 1;
  const side = linearSide(linear, frames, isHeldOut, options, lambda, algebra);
  const start = curved.parameters.mean;
  const raised = (delta: Float64Array) => delta.map((d, v) => start[v] + d);
  const at = (delta: Float64Array) =>
    curved.withParameters({ ...curved.parameters, mean: raised(delta), members: [] });

  /** What is left beside the best c₁: all squares of the frames seen, and the mean square of those held out. */
  function left(potential: LearnablePotential | undefined) {
    const rows = (block: Block) => besideRows(block, potential, options.weights);
    const right = side.seen.map(rows);
    const c1 = side.follow(right, 1);
    const squares = (blocks: readonly Block[], of: readonly Float64Array[]) =>
      blocks.reduce((sum, block, b) => sum + squared(side.left(block, c1, of[b], 1)), 0);
    const count = side.heldOut.reduce((sum, block) => sum + block.count, 0);
    return {
      seen: squares(side.seen, right) + squared(side.prior(c1, 1)),
      heldOut: squares(side.heldOut, side.heldOut.map(rows)) / count,
    };
  }

  function tangent(delta: Float64Array): Factor {
    const potential = at(delta);
    const right = side.seen.map((block) => besideRows(block, potential, options.weights));
    const C = side.follow(right, K + 1);
    const out = emptyFactor(K + 1);
    side.seen.forEach((block, b) => {
      appendAbout(out, side.left(block, C, right[b], K + 1), delta);
    });
    appendAbout(out, side.prior(C, K + 1), delta);
    return out;
  }

  const alone = left(undefined).heldOut;
  let best: BesideFit = { mean: start, heldOut: { linear: alone, both: Number.POSITIVE_INFINITY } };
  let since = 0;
  const problem: CurvedProblem = {
    roughness: curved.roughness,
    tangent(delta) {
      const { heldOut: both } = left(asConstant(at(delta)));
      since++;
      if (both < best.heldOut.both) {
        best = { mean: raised(delta), heldOut: { linear: alone, both } };
        since = 0;
      }
      return tangent(delta);
    },
    squares: (delta) => left(asConstant(at(delta))).seen,
    solve: (p) => solveRidge(p.data, p.roughness, p.lambda, p.anchor).coefficients,
  };
  descend(problem, new Float64Array(K), () => lambda, lambda, { ...DESCENT, enough: () => since >= IN_VAIN });
  algebra.dispose();
  return best;
}

/** Adds rows [X | r] of a tangent at δ as [X | r + Xδ]. `values` is destroyed. */
function appendAbout(into: Factor, values: Float64Array, delta: Float64Array): void {
  const { width } = into;
  const count = values.length / width;
  for (let k = 0; k < count; k++)
    delta.forEach((d, v) => {
      values[(k + 1) * width - 1] += d * values[k * width + v];
    });
  appendRows(into, weightedBlock({ count, values }, width, 1), count);
}

/** [X₂ | y − f] of a block, or y alone without a potential: f = 0. */
function besideRows(
  { count, values, frame }: Block,
  potential: LearnablePotential | undefined,
  options: WeightOptions,
): Float64Array {
  const K = potential?.functionCount ?? 0;
  const out = new Float64Array(count * (K + 1));
  if (frame && potential) {
    const bare = frameRows(unlabelled(frame), potential, new Float64Array(potential.elements.length));
    const rows = weightedRows(bare, rowWeights(frame, options), K + 1);
    out.set(rows.values);
    const c2 = potential.parameters.mean.subarray(0, K);
    for (let k = 0; k < count; k++) out[k * (K + 1) + K] = -residual(rows, k, c2);
  }
  const stride = values.length / count;
  for (let k = 0; k < count; k++) out[k * (K + 1) + K] += values[(k + 1) * stride - 1];
  return out;
}

function unlabelled(frame: LabelledFrame): LabelledFrame {
  const { forces, stress } = frame.label;
  const nothing = { energy: 0, forces: new Float64Array(forces.length) };
  return { ...frame, label: { ...nothing, ...(stress && { stress: new Float64Array(6) }) } };
}

const squared = (values: Float64Array) => values.reduce((sum, x) => sum + x * x, 0);
