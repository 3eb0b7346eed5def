/**
 * Grades in eV/Å. From labels held out, the mean force error is a rising function f of the grade (isotonic regression on one half
 * of the frames), and by split conformal prediction on the other half the ratio q that error/f exceeds in one atom of ten turns
 * it into a bound q·f: of atoms of the same kind nine in ten are within it, whatever the distribution of errors. Vovk, Gammerman,
 * Shafer, Algorithmic Learning in a Random World, Springer 2005; Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018).
 */
import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { isotonic, type Monotone, reachOf, valueAt } from './monotone.ts';
import type { Uncertainty } from './uncertainty.ts';

/** Grades and true force errors ‖F − F_true‖, eV/Å, of the core atoms of one labelled frame. */
export interface ErrorPairs {
  readonly grades: readonly number[];
  readonly errors: readonly number[];
}

export interface Calibration {
  /** Kind of the measure. */
  readonly measure: string;
  /** Pairs it was made of. */
  readonly pairs: number;
  /** Mean force error, eV/Å, by grade. */
  readonly curve: Monotone;
  /** What nine in ten errors are at most, in units of the mean. */
  readonly ratio: number;
}

export interface ForceError {
  /** eV/Å, the mean at this grade. */
  readonly expected: number;
  /** eV/Å; nine in ten are below. */
  readonly bound: number;
}

export const LEVEL = 0.9;

/** Pairs that a half needs at least. */
const ENOUGH = 16;

/** Halves are every second frame; bounds hold the share `level`. Undefined where there are too few pairs. */
export function calibrate(
  measure: string,
  frames: readonly ErrorPairs[],
  level = LEVEL,
): Calibration | undefined {
  const [own, other] = [0, 1].map((half) => joined(frames.filter((_, k) => k % 2 === half)));
  if (own.grades.length < ENOUGH || other.grades.length < ENOUGH) return undefined;
  const curve = isotonic(own.grades, own.errors);
  const ratios = other.errors.map((e, k) => e / (valueAt(curve, other.grades[k]) || Number.MIN_VALUE));
  return {
    measure,
    pairs: own.grades.length + ratios.length,
    curve,
    ratio: conformalQuantile(ratios, level),
  };
}

/** What a further, exchangeable value exceeds with a chance of at most 1 − level; Infinity where there are too few to say. */
export function conformalQuantile(values: ArrayLike<number>, level = LEVEL): number {
  const rank = Math.ceil((values.length + 1) * level);
  return Float64Array.from(values).sort()[rank - 1] ?? Number.POSITIVE_INFINITY;
}

export function forceErrorAt({ curve, ratio }: Calibration, grade: number): ForceError {
  const expected = valueAt(curve, grade);
  return { expected, bound: ratio * expected };
}

/** Grades at which the bound, and at which the mean itself, comes to an error of `target` eV/Å. */
export function gradesAt(
  { curve, ratio }: Calibration,
  target: number,
): { readonly bound: number; readonly expected: number } {
  return { bound: reachOf(curve, target / ratio), expected: reachOf(curve, target) };
}

/** What a measure says of frames beside what is true; grades that are not finite tell nothing and are left out. */
export function errorPairs(
  potential: Potential,
  measure: Uncertainty,
  { structure: s, label, core }: LabelledFrame,
): ErrorPairs {
  const e = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces', ...measure.needs]);
  const grades = measure.grade(e, s);
  const atoms = Array.from(core.keys()).filter((i) => core[i] === 1 && Number.isFinite(grades[i]));
  const off = (k: number) => e.forces[k] - label.forces[k];
  return {
    grades: atoms.map((i) => grades[i]),
    errors: atoms.map((i) => Math.hypot(off(3 * i), off(3 * i + 1), off(3 * i + 2))),
  };
}

export function joined(frames: readonly ErrorPairs[]): ErrorPairs {
  return { grades: frames.flatMap((f) => f.grades), errors: frames.flatMap((f) => f.errors) };
}
