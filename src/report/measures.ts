import type { RunData } from './read/readRun.ts';
import { column } from './read/table.ts';
import type { Thresholds } from './read/thresholds.ts';

/** A measure of uncertainty as a run watched it. */
export interface MeasureTrace {
  readonly kind: string;
  readonly label: string;
  readonly thresholds: Thresholds | undefined;
  readonly time: readonly number[];
  /** Largest over all atoms. */
  readonly max: readonly number[];
}

/** Symbols of the measures that have one. */
const LABELS: Readonly<Record<string, string>> = {
  extrapolationGrade: 'γ max',
  localGrade: 'local γ max',
  committeeForce: 'σ max (eV/Å)',
  committeeEnergy: 'σE max (eV)',
  subspaceResidual: 'residual max',
};

/** Every measure of thermo.csv, grades first. */
export function measureTraces(run: RunData): MeasureTrace[] {
  const kinds = Object.keys(run.thermo ?? {}).flatMap((name) => /^(.+)_max$/.exec(name)?.[1] ?? []);
  // Those of one grade mean nothing to another.
  const told = Object.keys(run.thresholds).some(isGrade);
  return kinds
    .sort((a, b) => Number(isGrade(b)) - Number(isGrade(a)))
    .map((kind) => ({
      kind,
      label: LABELS[kind] ?? `${kind} max`,
      thresholds: run.thresholds[kind] ?? (isGrade(kind) && !told ? gradeThresholds(run) : undefined),
      time: column(run.thermo, 'time_fs'),
      max: column(run.thermo, `${kind}_max`),
    }));
}

/** Thresholds of the extrapolation grade, from the config or else from the validation. */
export function gradeThresholds(run: RunData): Thresholds | undefined {
  const kind = Object.keys(run.thresholds).find(isGrade);
  if (kind) return run.thresholds[kind];
  const { selectGrade, pauseGrade } = run.validation ?? {};
  return selectGrade && pauseGrade ? { select: selectGrade, pause: pauseGrade } : undefined;
}

function isGrade(kind: string): boolean {
  return /grade|gamma/i.test(kind);
}
