import type { System } from '../../../integrators/system.ts';
import { volume } from '../../core/cell.ts';

/** Å an atom may move in one step: a fraction of any bond. */
const FARTHEST = 1;

/** Fraction of its volume that a cell may change by in one step. */
export const VOLUME_JUMP = 0.2;

/** How many times hotter than it should be a system may get. */
const HOTTER = 5;

/** K below which no temperature is expected to stay: a strained crystal starts at rest and heats by itself. */
const COLDEST = 500;

/** Why forces at these positions are not worth computing, or undefined. `timestep` in fs, `volumeBefore` in Å³. */
export function motionTrouble(system: System, timestep: number, volumeBefore: number): string | undefined {
  const { positions, velocities: v, cell } = system;
  if (!allFinite(positions)) return atomsThat('have NaN position', positions, badTriple);
  const limit = (FARTHEST / timestep) ** 2;
  const tooFast = (a: Float64Array, k: number) => !(a[k] ** 2 + a[k + 1] ** 2 + a[k + 2] ** 2 <= limit);
  for (let k = 0; k < v.length; k += 3)
    if (tooFast(v, k)) return atomsThat(`moved more than ${FARTHEST} Å in one step`, v, tooFast);
  const change = volume(cell) / volumeBefore - 1;
  if (volumeBefore > 0 && !(Math.abs(change) <= VOLUME_JUMP))
    return `the volume changed by ${(100 * change).toFixed(0)} % in one step`;
  return undefined;
}

/** Why a state with these forces is not worth going on from, or undefined. `temperature` and `expected` in K. */
export function stateTrouble(system: System, temperature: number, expected: number): string | undefined {
  const { forces } = system;
  if (!allFinite(forces)) return atomsThat('have NaN force', forces, badTriple);
  const limit = hottest(expected);
  if (!(temperature <= limit))
    return `the temperature is ${temperature.toPrecision(4)} K, must stay below ${limit.toPrecision(4)} K`;
  return undefined;
}

/** K that a system may reach which should have `expected`. */
export function hottest(expected: number): number {
  return HOTTER * Math.max(expected, COLDEST);
}

/** eV/atom by which the conserved quantity may move between two checks. */
export const CONSERVED_JUMP = 0.05;

/** Why the steps since the last check were no dynamics at all, or undefined. Conserved quantities in eV. */
export function driftTrouble(before: number, now: number, atoms: number): string | undefined {
  const jump = Math.abs(now - before) / atoms;
  if (jump <= CONSERVED_JUMP) return undefined;
  return `the conserved quantity moved by ${jump.toPrecision(3)} eV/atom since the last check, must be ≤ ${CONSERVED_JUMP}`;
}

function allFinite(values: Float64Array): boolean {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += 0 * values[k];
  return sum === 0;
}

function badTriple(a: Float64Array, k: number): boolean {
  return !Number.isFinite(a[k] + a[k + 1] + a[k + 2]);
}

const NAMED = 8;

function atomsThat(did: string, a: Float64Array, bad: (a: Float64Array, k: number) => boolean): string {
  const atoms: number[] = [];
  for (let k = 0; k < a.length; k += 3) if (bad(a, k)) atoms.push(k / 3);
  const names = atoms.slice(0, NAMED).join(', ') + (atoms.length > NAMED ? ', …' : '');
  return `${atoms.length} of ${a.length / 3} atoms ${did} (${names})`;
}
