import { existsSync, readFileSync } from 'node:fs';
import type { ValidationSummary } from '../../run/events.ts';

/** Force components of one generation over the validation frames, eV/Å. */
export interface ParitySample {
  readonly generation: number;
  readonly reference: readonly number[];
  readonly predicted: readonly number[];
}

/** Per atom: both measures of uncertainty, and the true force error, eV/Å. */
export interface CalibrationSample {
  readonly generation: number;
  readonly grade: readonly number[];
  readonly sigma: readonly number[];
  readonly error: readonly number[];
}

/** validation.json */
export interface Validation {
  readonly summary: ValidationSummary;
  readonly parity: readonly ParitySample[];
  readonly calibration: readonly CalibrationSample[];
  readonly selectGrade?: number;
  readonly pauseGrade?: number;
}

/** Undefined where the file is absent; throws where it is no JSON. */
export function readValidation(path: string): Validation | undefined {
  if (!existsSync(path)) return undefined;
  const stored = JSON.parse(readFileSync(path, 'utf8')) as Validation;
  return {
    ...stored,
    parity: (stored.parity ?? []).map((s) => ({
      ...s,
      reference: numbers(s.reference),
      predicted: numbers(s.predicted),
    })),
    calibration: (stored.calibration ?? []).map((s) => ({
      ...s,
      grade: numbers(s.grade),
      sigma: numbers(s.sigma),
      error: numbers(s.error),
    })),
  };
}

/** JSON writes what is not finite as null. */
function numbers(stored: readonly (number | null)[]): number[] {
  return stored.map((value) => value ?? Number.NaN);
}
