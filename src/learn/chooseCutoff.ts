/**
 * The cutoff of greatest evidence: of models that differ in nothing else, that which makes the labels most likely. It asks for no labels
 * to be held out, and neighbours that say nothing cost it evidence, because resolution is spent on them.
 */
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { volume } from '../core/cell.ts';
import { UserError } from '../core/errors.ts';
import { atomCount } from '../core/structure.ts';
import type { LabelledFrame } from './dataset.ts';
import { modelEvidence } from './modelEvidence.ts';
import type { WeightOptions } from './weights.ts';

/** In units of the cube root of the volume of an atom; the search begins in the middle. */
const CANDIDATES = [1.5, 1.65, 1.8, 1.95, 2.1, 2.25, 2.4];
const FIRST = 3;

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
  const unit = Math.cbrt(volumePerAtom(frames));
  const cutoffs = CANDIDATES.map((c) => rounded(c * unit));
  const known = new Map<number, number>();
  const evidenceAt = (k: number) => {
    if (k < 0 || k >= cutoffs.length) return Number.NEGATIVE_INFINITY;
    if (!known.has(k)) known.set(k, modelEvidence(modelOf(cutoffs[k]), frames, e0Of, weights));
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
