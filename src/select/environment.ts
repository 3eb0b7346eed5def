import type { Evaluation } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';
import type { ActiveSet } from '../learn/activeSet.ts';
import { coordinates } from '../learn/maxvol.ts';

/** One flagged atom as the active set sees it. */
export interface Environment {
  readonly frame: number;
  readonly atom: number;
  /** Index in the active set. */
  readonly element: number;
  /** b in units of the active set's column scales, [K]. */
  readonly scaled: Float64Array;
  /** b Â⁻¹, [K]; falls as a pool learns. */
  readonly coordinates: Float64Array;
}

/** What an environment would multiply the volume of the active set by: its extrapolation grade. */
export function volumeGain(e: Environment): number {
  return Math.abs(e.coordinates[largest(e.coordinates)] ?? 0);
}

/** Where the largest magnitude is. */
export function largest(c: Float64Array): number {
  let best = 0;
  for (let j = 1; j < c.length; j++) if (Math.abs(c[j]) > Math.abs(c[best])) best = j;
  return best;
}

/** The environments of `atoms`; `e` must hold projections of `s`. */
export function environmentsOf(
  frame: number,
  atoms: readonly number[],
  s: Structure,
  e: Evaluation,
  active: ActiveSet,
): Environment[] {
  const setOf = s.elements.map((symbol) => active.findIndex((set) => set.element === symbol));
  return atoms.map((atom) => {
    const element = setOf[s.species[atom]];
    const set = active[element];
    if (!set) throw new Error(`no active set for ${s.elements[s.species[atom]]}`);
    const K = set.size;
    const b = e.projections.subarray(atom * e.projectionWidth, atom * e.projectionWidth + K);
    const scaled = b.map((value, v) => (set.scale[v] > 0 ? value / set.scale[v] : value));
    const c = coordinates(b, 1, K, set.inverse, new Float64Array(K));
    return { frame, atom, element, scaled, coordinates: c };
  });
}

/** Keeps, in order, those that differ from all kept before by at least the fraction `tolerance` of their norm. */
export function dropDuplicates(pool: readonly Environment[], tolerance: number): Environment[] {
  const kept: Environment[] = [];
  for (const e of pool) {
    const limit = (tolerance * Math.hypot(...e.scaled)) ** 2;
    const known = kept.some((k) => k.element === e.element && distanceSquared(k.scaled, e.scaled) < limit);
    if (!known) kept.push(e);
  }
  return kept;
}

function distanceSquared(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let v = 0; v < a.length; v++) sum += (a[v] - b[v]) ** 2;
  return sum;
}
