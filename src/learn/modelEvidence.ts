import type { LearnablePotential } from '../../potentials/learnable.ts';
import { createAlgebra, newFactor } from './algebra.ts';
import type { LabelledFrame } from './dataset.ts';
import { frameRows } from './designMatrix.ts';
import { greatestEvidence } from './evidence.ts';
import { rowWeights, type WeightOptions } from './weights.ts';

/** Frames that are looked at, evenly spread over the data. */
const FRAMES = 60;

/** ln p(labels | model) of frames evenly spread over the data: what says which of two models explains them better. */
export function modelEvidence(
  model: LearnablePotential,
  frames: readonly LabelledFrame[],
  e0Of: (model: LearnablePotential) => Float64Array,
  options: WeightOptions,
): number {
  const width = model.functionCount + 1;
  const algebra = createAlgebra('wasm', width);
  const factor = newFactor(algebra, width);
  const e0 = e0Of(model);
  let count = 0;
  for (const frame of someOf(frames)) {
    const { energy, forces, stress } = frameRows(frame, model, e0, algebra.crew);
    const weights = rowWeights(frame, options);
    for (const [rows, weight] of [
      [energy, weights.energy],
      [forces, weights.force],
      [stress, weights.stress],
    ] as const) {
      if (weight === 0) continue;
      algebra.append(factor, rows, weight);
      count += rows.count;
    }
  }
  const { evidence } = greatestEvidence(algebra, factor, model.roughness, count);
  algebra.dispose();
  return evidence;
}

/** Frames that stand for all. */
function someOf(frames: readonly LabelledFrame[]): readonly LabelledFrame[] {
  const every = Math.ceil(frames.length / FRAMES);
  return frames.filter((_, f) => f % every === 0);
}
