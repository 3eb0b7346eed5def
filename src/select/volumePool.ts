/**
 * Which environments are worth a label. Swapping the row b into slot j of the active set Â multiplies |det Â| by
 * |c_j|, with c = b Â⁻¹; the coordinates of every other environment follow by the rank-1 update
 *   c'_i = c_i − c_ij (c − e_j) / c_j        [MaxVol: Goreinov et al. 2010; arXiv 2212.08716]
 * so the greedy choice never needs Â again: what one label teaches lowers the grade of all that resemble it.
 */
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

function largest(c: Float64Array): number {
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

/** Environments waiting for a label. */
export interface Pool {
  /**
   * The one that adds most volume, if it adds enough. Until something has been learned no gain is asked for, and
   * the frame `first` comes before all others: a run that stopped there must learn something to go on.
   */
  next(): Environment | undefined;
  /** These have been learned: they leave, and what resembles them loses its grade. */
  learn(which: (e: Environment) => boolean): void;
  /** These leave without having been learned. */
  drop(which: (e: Environment) => boolean): void;
}

/** A pool over environments whose coordinates it may change. */
export function pool(environments: readonly Environment[], first: number, gain: number): Pool {
  let waiting = [...environments];
  let learned = false;
  const best = (of: readonly Environment[]) =>
    of.length > 0 ? of.reduce((a, b) => (volumeGain(b) > volumeGain(a) ? b : a)) : undefined;
  return {
    next() {
      if (!learned) return best(waiting.filter((e) => e.frame === first)) ?? best(waiting);
      return best(waiting.filter((e) => volumeGain(e) > gain));
    },
    learn(which) {
      const taught = waiting.filter(which);
      learned ||= taught.length > 0;
      for (let e = best(taught); e && volumeGain(e) > 1; e = best(taught)) {
        swapIn(e, waiting);
        taught.splice(taught.indexOf(e), 1);
      }
      waiting = waiting.filter((e) => !which(e));
    },
    drop(which) {
      waiting = waiting.filter((e) => !which(e));
    },
  };
}

/** The rank-1 update of all coordinates when `e` takes the slot where its own are largest. */
function swapIn(e: Environment, all: readonly Environment[]): void {
  const j = largest(e.coordinates);
  const step = e.coordinates.slice();
  const pivot = step[j];
  step[j] -= 1;
  // A grade that is not finite says nothing about the others.
  if (!Number.isFinite(pivot)) return;
  for (const { element, coordinates: c } of all) {
    if (element !== e.element) continue;
    const factor = c[j] / pivot;
    for (let k = 0; k < step.length; k++) c[k] -= factor * step[k];
  }
}
