import type { Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import { relax } from './relax.ts';
import { strained, unitStrain } from './strain.ts';

export interface TensilePoint {
  /** Engineering strain along the axis. */
  readonly strain: number;
  /** GPa, along the axis. */
  readonly stress: number;
}

/** Both sides free: lateral strains that a pull along x, y or z leaves open, Voigt. */
const LATERAL = [
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/**
 * A crystal pulled along a Cartesian axis (0, 1, 2) in steps, its sides and atoms settled at every one; ends with the first step that
 * does not settle.
 */
export async function tensileCurve(
  evaluates: Evaluates,
  relaxed: Structure,
  axis: 0 | 1 | 2,
  strains: readonly number[],
): Promise<TensilePoint[]> {
  const curve: TensilePoint[] = [];
  const cell = [0, 1, 2, 3, 4, 5].map((k) => LATERAL[axis].some((free) => free === k));
  let now = relaxed;
  let reached = 0;
  for (const strain of strains) {
    const step = (1 + strain) / (1 + reached) - 1;
    const found = await relax(evaluates, strained(now, unitStrain(axis, step)), {
      cell,
      force: 1e-3,
      stress: 0.02,
    });
    if (!found.converged) break;
    now = found.structure;
    reached = strain;
    curve.push({ strain, stress: found.stress[axis] });
  }
  return curve;
}

/** GPa: the first stress after which it falls; NaN where it never does. */
export function idealStrength(curve: readonly TensilePoint[]): number {
  const at = curve.findIndex(
    ({ stress }, k) => k > 0 && k + 1 < curve.length && curve[k + 1].stress < stress,
  );
  if (at < 0) return Number.NaN;
  // The top of the parabola through the highest point and its neighbours.
  const [a, b, c] = [curve[at - 1], curve[at], curve[at + 1]];
  const bend = a.stress - 2 * b.stress + c.stress;
  return b.stress - (c.stress - a.stress) ** 2 / (8 * bend);
}
