/**
 * The cutoff of greatest evidence: of models that differ in nothing else, that which makes the labels most likely. It asks for no labels
 * to be held out, and neighbours that say nothing cost it evidence, because resolution is spent on them.
 */
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { volume } from '../core/cell.ts';
import { UserError } from '../core/errors.ts';
import { atomCount } from '../core/structure.ts';
import { createAlgebra, newFactor } from './algebra.ts';
import type { LabelledFrame } from './dataset.ts';
import { frameRows } from './designMatrix.ts';
import { greatestEvidence } from './evidence.ts';
import { rowWeights, type WeightOptions } from './weights.ts';

/** In units of the cube root of the volume of an atom; the search begins in the middle. */
const CANDIDATES = [1.5, 1.65, 1.8, 1.95, 2.1, 2.25, 2.4];
const FIRST = 3;

/** Frames that are looked at, evenly spread over the data. */
const FRAMES = 60;

/**
 * Å. `modelOf` makes a small model of each cutoff tried; E₀ as the fit will have it. Throws a UserError where no frame is periodic in all
 * directions.
 */
export function chooseCutoff(
  frames: readonly LabelledFrame[],
  modelOf: (cutoff: number) => LearnablePotential,
  e0Of: (model: LearnablePotential) => Float64Array,
  weights: WeightOptions,
): number {
  const seen = someOf(frames);
  const unit = Math.cbrt(volumePerAtom(frames));
  const cutoffs = CANDIDATES.map((c) => rounded(c * unit));
  const known = new Map<number, number>();
  const evidenceAt = (k: number) => {
    if (k < 0 || k >= cutoffs.length) return Number.NEGATIVE_INFINITY;
    if (!known.has(k)) known.set(k, evidenceOf(modelOf(cutoffs[k]), seen, e0Of, weights));
    return known.get(k)!;
  };
  let best = FIRST;
  for (;;) {
    const next = [best - 1, best + 1].find((k) => evidenceAt(k) > evidenceAt(best));
    if (next === undefined) return cutoffs[best];
    best = next;
  }
}

function rounded(cutoff: number): number {
  return Math.round(20 * cutoff) / 20;
}

/** Frames that stand for all. */
function someOf(frames: readonly LabelledFrame[]): readonly LabelledFrame[] {
  const every = Math.ceil(frames.length / FRAMES);
  return frames.filter((_, f) => f % every === 0);
}

/** Å³: the median over periodic frames, so that slabs with their vacuum do not count. */
function volumePerAtom(frames: readonly LabelledFrame[]): number {
  const volumes = frames
    .filter(({ structure: s }) => s.periodic.every(Boolean))
    .map(({ structure: s }) => volume(s.cell) / atomCount(s))
    .sort((a, b) => a - b);
  if (volumes.length === 0)
    throw new UserError(
      'model.cutoff: got none, must be given where no frame is periodic; write for instance cutoff: 5 Å',
    );
  return volumes[Math.floor(volumes.length / 2)];
}

/** ln p(labels | model). */
function evidenceOf(
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
  for (const frame of frames) {
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
