import type { Potential } from '../core/potential.ts';
import type { LabelledFrame } from './dataset.ts';
import { type FrameErrors, frameErrors } from './errors.ts';

/** Errors over the frames of one kind; NaN where they have nothing to compare. */
export interface GroupErrors {
  readonly group: string;
  readonly frames: number;
  /** eV/atom. */
  readonly energyMae: number;
  readonly energyRmse: number;
  /** eV/Å per component. */
  readonly forceMae: number;
  readonly forceRmse: number;
  readonly forceMax: number;
}

/** Of all frames first, then of each group in order of its name; all alone where there is one group. */
export function groupErrors(potential: Potential, frames: readonly LabelledFrame[]): GroupErrors[] {
  const each = frames.map((frame) => ({ group: frame.group, errors: frameErrors(potential, frame) }));
  const groups = [...new Set(each.map((e) => e.group))].sort();
  const of = (group: string, chosen: typeof each) =>
    summary(
      group,
      chosen.map((e) => e.errors),
    );
  const all = of('all', each);
  if (groups.length === 1) return [all];
  return [
    all,
    ...groups.map((g) =>
      of(
        g,
        each.filter((e) => e.group === g),
      ),
    ),
  ];
}

function summary(group: string, errors: readonly FrameErrors[]): GroupErrors {
  const energies = errors.map((e) => e.energy).filter((e) => !Number.isNaN(e));
  const forces = errors.flatMap((e) => Array.from(e.forces));
  return {
    group,
    frames: errors.length,
    energyMae: mean(energies.map(Math.abs)),
    energyRmse: Math.sqrt(mean(energies.map((e) => e * e))),
    forceMae: mean(forces.map(Math.abs)),
    forceRmse: Math.sqrt(mean(forces.map((f) => f * f))),
    forceMax: forces.reduce((most, f) => Math.max(most, Math.abs(f)), 0),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
