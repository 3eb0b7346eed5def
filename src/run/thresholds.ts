/**
 * Thresholds that follow from a force error that the user states. Every label pairs grades with true force errors; what is learned from
 * them (calibration.ts) sets `select` where nine atoms of ten are still within the target, and `pause` where the mean error comes to it.
 */
import { type Calibration, calibrate, type ErrorPairs, gradesAt } from '../uncertainty/calibration.ts';
import { committeeForce } from '../uncertainty/committee.ts';

/** What the ensemble believed of the core atoms of a label before it learned it, and how wrong it was. */
export interface GradePairs extends ErrorPairs {
  /** Kind of the measure that `grades` are of. */
  readonly measure: string;
  /** Committee spread of the same atoms, eV/Å. */
  readonly sigmas: readonly number[];
}

/** A measure's numbers as the config gives them. */
export interface GivenThresholds {
  readonly measure: string;
  readonly select: number;
  readonly pause: number;
}

/** The numbers in force, and where they come from. */
export interface Thresholds extends GivenThresholds {
  /** `given`: as configured, for want of a target or of labels to learn them from. */
  readonly source: 'given' | 'calibrated';
  /** Pairs that they were learned from. */
  readonly pairs: number;
  /** eV/Å. */
  readonly target?: number;
}

/** Latest labels that count: early ensembles were another matter. */
const RECENT = 40;

/** Of the given thresholds; below, labels would be asked for what has been learned already. */
const LEAST = 0.5;

/** The same for the same labels, so that a run that goes on repeats itself. */
export function thresholdsFrom(
  given: GivenThresholds,
  target: number | undefined,
  labels: readonly GradePairs[],
): Thresholds {
  if (target === undefined) return { ...given, source: 'given', pairs: 0 };
  const made = calibrate(given.measure, labels.slice(-RECENT));
  if (!made) return { ...given, source: 'given', pairs: 0, target };
  const { bound, expected } = gradesAt(made, target);
  const select = Math.max(LEAST * given.select, bound);
  const pause = Math.max(LEAST * given.pause, select, expected);
  return { measure: given.measure, select, pause, source: 'calibrated', pairs: made.pairs, target };
}

/** What labels so far say of the leading measure and of the committee, in eV/Å; none while there are too few. */
export function calibrationsFrom(labels: readonly GradePairs[]): Calibration[] {
  const recent = labels.slice(-RECENT);
  const measure = recent.at(-1)?.measure;
  if (measure === undefined) return [];
  const spreads = recent.map(({ sigmas, errors }) => ({ grades: sigmas, errors }));
  const sigma = measure === committeeForce.kind ? undefined : calibrate(committeeForce.kind, spreads);
  return [calibrate(measure, recent), sigma].filter((made) => made !== undefined);
}
