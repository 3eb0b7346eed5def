import type { FrameEvaluator } from '../backend/backend.ts';
import { volume } from '../core/cell.ts';
import { UserError } from '../core/errors.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import type { Potential } from '../core/potential.ts';
import type { XyzFrame } from '../io/extxyz.ts';
import type { XyzOutput } from '../io/writeXyz.ts';
import { type Calibration, forceErrorAt } from '../uncertainty/calibration.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';

/** How predictions are named and rounded. */
export interface PredictionStyle {
  /** Put before every key and column. */
  readonly prefix: string;
  /** Significant digits, 1 to 17; 17 reads back bitwise. */
  readonly digits: number;
  /** What the grade is in eV/Å. */
  readonly calibration?: Calibration;
}

/**
 * A frame with what a potential says of it: keys energy (eV), virial (eV, 9 numbers, −V·stress) and, where all directions
 * repeat, stress (eV/Å³, Voigt, tensile positive); columns energies, forces and, with a grade, gamma, and where it is calibrated
 * force_error and force_error_90 (eV/Å, expected, and not exceeded by nine in ten). Everything else of the
 * frame passes through. Throws a UserError naming the frame, the `number`th.
 */
export async function predict(
  evaluator: FrameEvaluator,
  grade: Uncertainty | undefined,
  frame: XyzFrame,
  number: number,
  { prefix, digits, calibration }: PredictionStyle,
): Promise<XyzOutput> {
  const { structure } = frame;
  const wanted = ['forces', 'virial', ...(grade?.needs ?? [])] as const;
  const e = await evaluator.evaluate(structure, wanted).catch((error: unknown) => {
    const { file, line } = frame.place;
    throw error instanceof UserError
      ? new UserError(`${file}:${line} frame ${number}: ${error.message}`, error.exitCode)
      : error;
  });
  const rounded = (values: ArrayLike<number>) =>
    Float64Array.from(values, (x) => Number(x.toPrecision(digits)));
  const named = <T>(entries: Record<string, T>) =>
    Object.fromEntries(Object.entries(entries).map(([name, value]) => [prefix + name, value]));
  const bulk = structure.periodic.every(Boolean);
  const stress = [0, 4, 8, 5, 2, 1].map((k) => -e.virial[k] / volume(structure.cell));
  const info = {
    energy: rounded([e.energy]),
    virial: rounded(e.virial),
    ...(bulk && { stress: rounded(stress) }),
  };
  const gamma = grade?.grade(e, structure);
  const errors = gamma && calibration && Array.from(gamma, (g) => forceErrorAt(calibration, g));
  const columns = {
    energies: rounded(e.energies),
    forces: rounded(e.forces),
    ...(gamma && { gamma: rounded(gamma) }),
    ...(errors && {
      force_error: rounded(errors.map((x) => x.expected)),
      force_error_90: rounded(errors.map((x) => x.bound)),
    }),
  };
  return {
    ...frame,
    info: { ...without(frame.info, prefix, KEYS), ...named(info) },
    columns: { ...without(frame.columns, prefix, COLUMNS), ...named(columns) },
  };
}

const KEYS = ['energy', 'virial', 'stress'];
const COLUMNS = ['energies', 'forces', 'gamma', 'force_error', 'force_error_90'];

/** Predictions of an earlier evaluation under the same prefix would contradict this one. */
function without<T>(
  map: Readonly<Record<string, T>>,
  prefix: string,
  names: readonly string[],
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(map).filter(([key]) => !names.some((name) => key === prefix + name)),
  );
}

/** A frame with one column a measure. */
export function gradeFrame(
  potential: Potential,
  measures: readonly Uncertainty[],
  frame: XyzFrame,
): XyzOutput & { readonly columns: Readonly<Record<string, Float64Array>> } {
  const { structure, info } = frame;
  const needs = [...new Set(measures.flatMap((m) => m.needs))];
  const e = potential.evaluate(structure, buildNeighbours(structure, potential.cutoff), needs);
  return {
    structure,
    info,
    columns: Object.fromEntries(measures.map((m) => [m.kind, m.grade(e, structure)])),
  };
}
