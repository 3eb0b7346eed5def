import type { LearnablePotential } from '../../potentials/learnable.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Structure } from '../core/structure.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type { ErrorSummary } from '../learn/errors.ts';
import { errorsOn } from '../learn/errors.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';

/** What one generation believes of structures outside the engine. */
export interface Judge {
  /** Grade of every atom by the leading measure, [n]. */
  grades(s: Structure): Float64Array;
  /** How wrong and how doubtful the ensemble was about a frame. */
  before(frame: LabelledFrame): ErrorSummary & { readonly maxGrade: number; readonly maxSigma: number };
}

/** `leading` colours structures; `sigma` is the committee's force spread. */
export function createJudge(potential: LearnablePotential, leading: Uncertainty, sigma: Uncertainty): Judge {
  const graded = (measure: Uncertainty, s: Structure) => {
    const evaluation = potential.evaluate(s, buildNeighbours(s, potential.cutoff), measure.needs);
    return measure.grade(evaluation, s);
  };
  return {
    grades: (s) => graded(leading, s),
    before: (frame) => ({
      ...errorsOn(potential, [frame]),
      maxGrade: largestInCore(graded(leading, frame.structure), frame.core),
      maxSigma: largestInCore(graded(sigma, frame.structure), frame.core),
    }),
  };
}

function largestInCore(grades: Float64Array, core: Uint8Array): number {
  return grades.reduce((most, grade, i) => (core[i] ? Math.max(most, grade) : most), 0);
}
