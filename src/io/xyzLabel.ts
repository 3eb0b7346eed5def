import type { Label } from '../calculators/calculator.ts';
import { volume } from '../core/cell.ts';
import { atomCount } from '../core/structure.ts';
import type { XyzFrame } from './extxyz.ts';
import { malformed } from './malformed.ts';
import { readNumber, words } from './number.ts';

/** Keys under which labels are looked for, the first that is present wins. */
export interface LabelKeys {
  readonly energy: readonly string[];
  readonly forces: readonly string[];
  /** eV/Å³, tensile positive. */
  readonly stress: readonly string[];
  /** eV, −V·stress; looked at where no key of `stress` that stands before it is present. */
  readonly virial: readonly string[];
}

export const LABEL_KEYS: LabelKeys = {
  energy: ['REF_energy', 'energy', 'free_energy', 'Energy'],
  forces: ['REF_forces', 'forces', 'force'],
  stress: ['REF_stress', 'stress'],
  virial: ['virial'],
};

/**
 * The reference label of a frame. Throws a UserError where energy or forces are missing, or a number is not finite.
 * The stress is absent where the file gives none.
 */
export function labelOf(frame: XyzFrame, keys: LabelKeys = LABEL_KEYS): Label {
  const label = uncheckedLabelOf(frame, keys);
  const { energy, forces, stress } = label;
  const bad = [...forces].findIndex((f) => !Number.isFinite(f));
  const what = !Number.isFinite(energy)
    ? 'energy'
    : bad >= 0
      ? `force on atom ${Math.floor(bad / 3)}`
      : stress?.some((x) => !Number.isFinite(x))
        ? 'stress'
        : undefined;
  if (what)
    throw malformed(frame.place, what, 'NaN or infinity', 'finite', 'remove the frame or label it again');
  return label;
}

/** As {@link labelOf}, but NaN and infinity pass, for callers that judge them. */
export function uncheckedLabelOf(frame: XyzFrame, keys: LabelKeys = LABEL_KEYS): Label {
  const energy = numbersOf(frame, keys.energy, [1], 'energy')?.[0];
  if (energy === undefined) throw missing(frame, 'energy', keys.energy);
  const forces = forcesOf(frame, keys.forces);
  const stress = stressOf(frame, keys);
  return stress ? { energy, forces, stress } : { energy, forces };
}

/** Whether the frame carries any label at all. */
export function isLabelled(frame: XyzFrame, keys: LabelKeys = LABEL_KEYS): boolean {
  return keys.energy.some((key) => key in frame.info) || keys.forces.some((key) => key in frame.columns);
}

function forcesOf(frame: XyzFrame, keys: readonly string[]): Float64Array {
  const key = keys.find((k) => k in frame.columns);
  if (key === undefined) throw missing(frame, 'forces', keys);
  const column = frame.columns[key];
  if (!(column instanceof Float64Array) || column.length !== 3 * atomCount(frame.structure))
    throw malformed(frame.place, key, 'another type or width', 'real of width 3', `write ${key}:R:3`);
  return column;
}

/** `REF_stress`, then `virial`, then `stress`: six numbers are Voigt, nine are rows. */
function stressOf(frame: XyzFrame, keys: LabelKeys): Float64Array | undefined {
  const [first, ...others] = keys.stress;
  const direct = numbersOf(frame, [first], [6, 9], 'stress');
  if (direct) return voigt(direct, frame, first);
  const virial = numbersOf(frame, keys.virial, [6, 9], 'virial');
  if (!virial) {
    const other = numbersOf(frame, others, [6, 9], 'stress');
    return other && voigt(other, frame, 'stress');
  }
  const v = volume(frame.structure.cell);
  if (!(v > 0))
    throw malformed(
      frame.place,
      'virial',
      'a frame without volume',
      'given with Lattice="…"',
      'remove the virial',
    );
  return voigt(virial, frame, 'virial').map((w) => -w / v);
}

function numbersOf(
  frame: XyzFrame,
  keys: readonly string[],
  counts: readonly number[],
  what: string,
): number[] | undefined {
  const key = keys.find((k) => k in frame.info);
  if (key === undefined) return undefined;
  const numbers = words(frame.info[key].replace(/[[\],]/g, ' ')).map(readNumber);
  if (!counts.includes(numbers.length) || numbers.includes(undefined))
    throw malformed(
      frame.place,
      key,
      frame.info[key],
      `${counts.join(' or ')} number${counts[0] === 1 ? '' : 's'}`,
      `mend the ${what}`,
    );
  return numbers as number[];
}

/** xx yy zz yz xz xy of six or nine numbers. */
function voigt(m: readonly number[], frame: XyzFrame, key: string): Float64Array {
  if (m.length === 6) return Float64Array.from(m);
  const scale = Math.max(...m.map(Math.abs));
  for (const [p, q] of [[5, 7], [2, 6], [1, 3]]) // biome-ignore format: pairs
    if (Math.abs(m[p] - m[q]) > 1e-3 * scale)
      throw malformed(frame.place, key, m.join(' '), 'symmetric', 'check what the numbers mean');
  return Float64Array.of(m[0], m[4], m[8], (m[5] + m[7]) / 2, (m[2] + m[6]) / 2, (m[1] + m[3]) / 2);
}

function missing(frame: XyzFrame, what: string, keys: readonly string[]): Error {
  return malformed(frame.place, what, 'none', keys.join(' or '), 'label the structure or name the key');
}
