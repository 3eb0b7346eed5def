/** Rows of a linear potential that are held, so that its coefficients c₁ = (X₁ᵀX₁ + λΓ₁²)⁻¹X₁ᵀb can follow anything asked of them. */
import type { LearnablePotential } from '../../potentials/learnable.ts';
import type { Algebra, MatrixView } from './algebra.ts';
import { newFactor } from './algebra.ts';
import { corePriorRows } from './corePrior.ts';
import type { LabelledFrame } from './dataset.ts';
import { frameRows, type LabelRows, weightedRows } from './designMatrix.ts';
import { solveRidge } from './ridge.ts';
import type { TrainOptions } from './schema.ts';
import { backSubstitute, type Factor } from './solve.ts';
import { rowWeights } from './weights.ts';

/** [X₁ | y] of a frame times their weights; without a frame, of the core prior. */
export interface Block extends LabelRows {
  readonly frame?: LabelledFrame;
}

export interface LinearSide {
  /** Those that c₁ follows. */
  readonly seen: readonly Block[];
  readonly heldOut: readonly Block[];
  /** C = (X₁ᵀX₁ + λΓ₁²)⁻¹X₁ᵀB, [K₁ × width], of one B for each block seen. */
  follow(right: readonly Float64Array[], width: number): Float64Array;
  /** B − X₁C of one block. */
  left(block: Block, C: Float64Array, B: Float64Array, width: number): Float64Array;
  /** −√λΓ₁C, what the prior leaves. */
  prior(C: Float64Array, width: number): Float64Array;
}

/** E₀ is that of `linear`. `isHeldOut` by the frame's index. `algebra` is one for K₁ functions. */
export function linearSide(
  linear: LearnablePotential,
  frames: readonly LabelledFrame[],
  isHeldOut: (f: number) => boolean,
  options: Pick<TrainOptions, 'weights' | 'corePrior'>,
  lambda: number,
  algebra: Algebra,
): LinearSide {
  const { functionCount: K, roughness } = linear;
  const { doubles, lend, multiply } = algebra;
  const block = ({ count, values }: LabelRows, frame?: LabelledFrame): Block => {
    const own = doubles(values.length);
    own.set(values);
    return { count, values: own, ...(frame && { frame }) };
  };
  const ofFrame = (frame: LabelledFrame) => {
    const rows = frameRows(frame, linear, linear.parameters.e0, algebra.crew);
    return block(weightedRows(rows, rowWeights(frame, options.weights), K + 1), frame);
  };
  const heldOut = frames.filter((_, f) => isHeldOut(f)).map(ofFrame);
  const seen = frames.filter((_, f) => !isHeldOut(f)).map(ofFrame);
  if (options.corePrior) seen.push(block(corePriorRows(linear)));
  const all = newFactor(algebra, K + 1);
  for (const rows of seen) algebra.append(all, rows, 1);
  const { factor } = solveRidge(all, roughness, lambda);

  /** `into` + α A B, of which A is held by the algebra; a new array. */
  const product = (
    into: Float64Array,
    [m, n, k]: readonly [number, number, number],
    alpha: number,
    A: MatrixView,
    B: Float64Array,
  ) =>
    lend((lender) => {
      const [b, c] = [lender(B.length), lender(into.length)];
      b.set(B);
      c.set(into);
      multiply(m, n, k, alpha, A, { data: b, row: n, column: 1 }, c);
      return new Float64Array(c);
    });

  return {
    seen,
    heldOut,
    follow(right, width) {
      let sum: Float64Array = new Float64Array(K * width);
      seen.forEach(({ count, values }, f) => {
        sum = product(sum, [K, width, count], 1, { data: values, row: 1, column: K + 1 }, right[f]);
      });
      return solveNormal(factor, sum, width);
    },
    left: ({ count, values }, C, B, width) =>
      product(B, [count, width, K], -1, { data: values, row: K + 1, column: 1 }, C),
    prior: (C, width) => C.map((c, k) => -Math.sqrt(lambda) * roughness[Math.floor(k / width)] * c),
  };
}

/** X of RᵀR X = B for B [K × width]. */
function solveNormal({ width: stride, r }: Factor, B: Float64Array, width: number): Float64Array {
  const K = stride - 1;
  const out = new Float64Array(K * width);
  for (let q = 0; q < width; q++) {
    const x = Float64Array.from({ length: K }, (_, i) => B[i * width + q]);
    for (let i = 0; i < K; i++) {
      for (let j = 0; j < i; j++) x[i] -= r[i * stride + j] * x[j];
      x[i] /= r[i * stride + i];
    }
    backSubstitute({ width: stride, r }, x);
    for (let i = 0; i < K; i++) out[i * width + q] = x[i];
  }
  return out;
}
