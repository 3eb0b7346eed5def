/**
 * Barriers and their 95 % bars. The members' energies are taken at the mean's images: each member's own rest positions and saddle lie
 * elsewhere, but energies are stationary there, so that its barrier differs in the second order of what it differs by.
 *
 * Members that share a basis know nothing of what it cannot say. Before the reference has been asked, their deviation σ counts as
 * often as labels have shown: with z² the mean of (error/deviation)² over d of them, the bar is t(d) z σ, t Student's factor. Once
 * the reference has given energies at both images, the error e is known there, and what is left is that its own rest position and saddle
 * lie elsewhere: by δ = −½ fᵀH⁻¹f of its forces f and the ensemble's curvatures H (`settling.ts`), known to about its own size u. The bar is |e + δ| + u.
 */
import type { Label } from '../calculators/calculator.ts';
import { studentFactor } from '../core/interval.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { Evaluates } from '../properties/evaluates.ts';
import type { HessianOptions } from '../properties/hessianTimes.ts';
import { type Settling, settlingEnergy } from '../properties/settling.ts';
import { memberSpread } from '../uncertainty/committee.ts';
import type { Barrier, PathRecord } from './record.ts';

export type PathEnergies = Pick<PathRecord, 'energies' | 'members' | 'spreads'>;

/** Of the ensemble at every image of a path; members and spreads are empty where there are fewer than two members. */
export async function pathEnergies(
  evaluates: Evaluates,
  images: readonly Structure[],
): Promise<PathEnergies> {
  const energies: number[] = [];
  const members: number[][] = [];
  const spreads: number[] = [];
  for (const image of images) {
    const n = atomCount(image);
    const e = await evaluates.evaluate(image, ['memberEnergies', 'memberForces']);
    energies.push(e.energy);
    const count = e.memberEnergies.length / n;
    if (count < 2) continue;
    for (let m = 0; m < count; m++) {
      members[m] ??= [];
      members[m].push(e.memberEnergies.subarray(m * n, (m + 1) * n).reduce((sum, x) => sum + x, 0));
    }
    spreads.push(Math.max(...memberSpread(e.memberForces, n, 3, count)));
  }
  const overFirst = (all: readonly number[]) => all.map((e) => e - all[0]);
  return { energies: overFirst(energies), members: members.map(overFirst), spreads };
}

/** A difference of energies between two structures whose labels the ensemble had not learned. */
export interface EnergyPair {
  /** eV, label minus mean. */
  readonly error: number;
  /** eV, standard deviation over the members. */
  readonly deviation: number;
}

/** What the reference says at a rest position or saddle of the ensemble. */
export interface ReferencePoint {
  /** eV. */
  readonly energy: number;
  readonly settling: Pick<Settling, 'shift' | 'size'>;
}

export async function referencePoint(
  evaluates: Evaluates,
  s: Structure,
  label: Pick<Label, 'energy' | 'forces'>,
  options: HessianOptions = {},
): Promise<ReferencePoint> {
  return { energy: label.energy, settling: await settlingEnergy(evaluates, s, label.forces, options) };
}

export interface BarrierKnowledge {
  /** Of the labels so far; none: without the reference nothing tells how wide the bar is, and it is NaN. */
  readonly calibration?: readonly EnergyPair[];
  /** Where the reference has been asked. */
  readonly reference?: {
    readonly first?: ReferencePoint | undefined;
    readonly saddle?: ReferencePoint | undefined;
    readonly last?: ReferencePoint | undefined;
  };
}

export interface Barriers {
  readonly forward: Barrier;
  readonly backward: Barrier;
}

/** Of the ensemble, with bars that hold the reference's own barriers. */
export function barriersOf(
  path: Pick<PathRecord, 'energies' | 'members' | 'saddle' | 'outside'>,
  { calibration, reference }: BarrierKnowledge = {},
): Barriers {
  const { energies, members, saddle, outside = { first: 0, saddle: 0, last: 0 } } = path;
  const over = (from: number, point: ReferencePoint | undefined, settled: number): Barrier => {
    const held = barrierWithBar(
      energies[saddle] - energies[from],
      members.map((e) => e[saddle] - e[from]),
      point && reference?.saddle && { rest: point, saddle: reference.saddle },
      calibration,
    );
    return { ...held, value: held.value + outside.saddle - settled };
  };
  return {
    forward: over(0, reference?.first, outside.first),
    backward: over(energies.length - 1, reference?.last, outside.last),
  };
}

/** eV: `value` by the mean and `members` by each of them. */
export function barrierWithBar(
  value: number,
  members: readonly number[],
  reference?: { readonly rest: ReferencePoint; readonly saddle: ReferencePoint },
  calibration: readonly EnergyPair[] = [],
): Barrier {
  if (reference) {
    const own = ownBarrier(reference.rest, reference.saddle);
    return { value, bar: Math.abs(own.value - value) + own.bar };
  }
  const d = calibration.length;
  if (d === 0 || members.length < 2) return { value, bar: Number.NaN };
  const z = Math.sqrt(calibration.reduce((sum, p) => sum + (p.error / p.deviation) ** 2 / d, 0));
  return { value, bar: studentFactor(d) * z * deviationOf(members) };
}

/** The reference's own barrier, as its labels at the ensemble's images tell it. */
export function ownBarrier(rest: ReferencePoint, saddle: ReferencePoint): Barrier {
  return {
    value: saddle.energy + saddle.settling.shift - rest.energy - rest.settling.shift,
    bar: saddle.settling.size + rest.settling.size,
  };
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x / values.length, 0);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
}
