import type { LearnablePotential } from '../../potentials/learnable.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Structure } from '../core/structure.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type { ErrorSummary } from '../learn/errors.ts';
import { errorsOn } from '../learn/errors.ts';
import { errorPairs } from '../uncertainty/calibration.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import type { GradePairs } from './thresholds.ts';

/** What one generation believes of structures outside the engine. */
export interface Judge {
  /** Grade of every atom by the leading measure, [n]. */
  grades(s: Structure): Float64Array;
  /** How wrong and how doubtful the ensemble was about a frame. */
  before(frame: LabelledFrame): ErrorSummary & {
    readonly maxGrade: number;
    readonly maxSigma: number;
    readonly pairs: GradePairs;
  };
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
      pairs: pairsOf(potential, leading, sigma, frame),
    }),
  };
}

function largestInCore(grades: Float64Array, core: Uint8Array): number {
  return grades.reduce((most, grade, i) => (core[i] ? Math.max(most, grade) : most), 0);
}

/** Most atoms of a label that are written down. */
const ATOMS = 48;

/** In even steps through the core atoms by grade, from the least to the highest. */
function pairsOf(
  potential: LearnablePotential,
  leading: Uncertainty,
  sigma: Uncertainty,
  frame: LabelledFrame,
): GradePairs {
  const own = errorPairs(potential, leading, frame);
  const spread = errorPairs(potential, sigma, frame);
  // Where one of them cannot grade an atom, the two lists do not go together.
  const usable = spread.grades.length === own.grades.length ? own.grades.length : 0;
  const order = Array.from({ length: usable }, (_, k) => k).sort((p, q) => own.grades[p] - own.grades[q]);
  const count = Math.min(ATOMS, usable);
  const atoms = Array.from(
    { length: count },
    (_, k) => order[Math.round((k * (usable - 1)) / Math.max(1, count - 1))],
  );
  return {
    measure: leading.kind,
    grades: atoms.map((k) => own.grades[k]),
    sigmas: atoms.map((k) => spread.grades[k]),
    errors: atoms.map((k) => own.errors[k]),
  };
}
