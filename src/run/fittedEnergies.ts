/**
 * Two ways of writing labels. serendip: the calculator's own numbers under REF_energy, REF_forces, REF_stress. pacemaker: the energy
 * that is fitted, E − Σ n_e E₀(e), as `energy` (`energy_corrected` of its data frames), the calculator's as `energy_total`, and
 * `forces`; `w_energy` and `w_forces` say what does not count.
 */
import type { Label } from '../calculators/calculator.ts';
import { UserError } from '../core/errors.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { XyzFrame } from '../io/extxyz.ts';
import { readNumber } from '../io/number.ts';
import type { XyzOutput } from '../io/writeXyz.ts';
import { isLabelled, labelOf } from '../io/xyzLabel.ts';
import { fittedE0 } from '../learn/e0.ts';

/** eV per element. */
export type FreeAtoms = ReadonlyMap<string, number>;

/** E₀ by least squares of the labelled energies against composition. */
export function fittedFreeAtoms(frames: readonly XyzFrame[]): FreeAtoms {
  const labelled = frames.filter((f) => isLabelled(f) && f.info.faithful !== 'F');
  const elements = [...new Set(labelled.flatMap((f) => f.structure.elements))].sort();
  const energies = labelled.map((f) => ({ structure: f.structure, energy: labelOf(f).energy }));
  return new Map(Array.from(fittedE0(energies, elements), (E, k) => [elements[k], E]));
}

const TAKEN = ['REF_energy', 'REF_stress', 'energy', 'stress', 'virial'];
const CORRECTED = ['energy_total', 'energy_corrected', 'energy_corrected_per_atom'];

/** The frame as pacemaker's fits want it. Throws a UserError for a frame without label or with only some directions periodic. */
export function toPacemaker(frame: XyzFrame, e0: FreeAtoms, weighted: boolean): XyzOutput {
  const { structure, info, columns } = frame;
  if (new Set(structure.periodic).size > 1)
    fail(
      frame,
      `periodicity ${structure.periodic.join(' ')}`,
      'the same in all directions',
      'leave the frame out',
    );
  const { energy, forces, stress } = labelOf(frame);
  const core = columns.core ?? new Int32Array(atomCount(structure)).fill(1);
  const w_forces = Float64Array.from(core as ArrayLike<number>);
  return {
    structure,
    info: {
      energy: energy - freeEnergy(frame, e0),
      energy_total: energy,
      ...(stress && { stress }),
      ...(weighted && { w_energy: info.faithful === 'F' ? 0 : 1 }),
      ...without(info, [...TAKEN, ...CORRECTED, 'faithful']),
    },
    columns: {
      forces,
      ...(weighted && { w_forces }),
      ...without(columns, ['REF_forces', 'forces', 'force', 'core']),
    },
  };
}

/** Whether a frame says of some of its label that it does not count. */
export function isPartial({ info, columns }: XyzFrame): boolean {
  return info.faithful === 'F' || columns.core !== undefined;
}

/** eV/atom; `energy_total` and corrected energy plus E₀ may differ by the rounding of files in single precision. */
const AGREEMENT = 1e-3;

/**
 * The frame with its label as REF_*; one that has it already, or has none, passes. The energy is `energy_total` where it
 * stands, else the corrected one plus E₀. Throws a UserError where both are there and differ.
 */
export function toSerendip(frame: XyzFrame, e0: FreeAtoms | undefined): XyzOutput {
  const { structure, info, columns } = frame;
  const corrected = correctedEnergy(frame);
  if ('REF_energy' in info || corrected === undefined) return frame;
  const raised = e0 && corrected + freeEnergy(frame, e0);
  const total = numberAt(frame, 'energy_total');
  if (
    total !== undefined &&
    raised !== undefined &&
    Math.abs(total - raised) > AGREEMENT * atomCount(structure)
  )
    fail(
      frame,
      `energy_total ${total}`,
      `${raised}, the corrected energy plus E0`,
      'mend --e0 or leave it out',
    );
  const label: Label = labelOf({
    ...frame,
    info: { ...info, REF_energy: String(total ?? raised ?? corrected) },
  });
  return {
    structure,
    label,
    info: without(info, [...TAKEN, ...CORRECTED]),
    columns: without(columns, ['forces', 'force']),
  };
}

function correctedEnergy(frame: XyzFrame): number | undefined {
  const perAtom = numberAt(frame, 'energy_corrected_per_atom');
  return (
    numberAt(frame, 'energy_corrected') ??
    (perAtom === undefined ? numberAt(frame, 'energy') : perAtom * atomCount(frame.structure))
  );
}

function numberAt(frame: XyzFrame, key: string): number | undefined {
  const text = frame.info[key];
  if (text === undefined) return undefined;
  const value = readNumber(text);
  return value !== undefined && Number.isFinite(value)
    ? value
    : fail(frame, `${key} ${text}`, 'a finite number', 'mend it');
}

/** Σ n_e E₀(e), eV. */
function freeEnergy(frame: XyzFrame, e0: FreeAtoms): number {
  const s: Structure = frame.structure;
  const each = s.elements.map(
    (e) => e0.get(e) ?? fail(frame, `element ${e}`, `one of ${[...e0.keys()].join(', ')}`, `add --e0 ${e}=…`),
  );
  return s.species.reduce((sum, k) => sum + each[k], 0);
}

function without<T>(map: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

function fail({ place: { file, line } }: XyzFrame, got: string, rule: string, remedy: string): never {
  throw new UserError(`${file}:${line}: got ${got}, must be ${rule}; ${remedy}`);
}
