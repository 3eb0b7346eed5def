/**
 * Barriers and their 95 % bars. The members' energies are taken at the mean's images: each member's own rest positions and saddle lie
 * elsewhere, but energies are stationary there, so that its barrier differs in the second order of what it differs by.
 *
 * Members that share a basis know nothing of what it cannot say, so that before the reference has been asked nothing tells how wide a bar
 * is. Once it has given energies at both images, the error e is known there, and what is left is that its own rest position and saddle
 * lie elsewhere: by δ = −½ fᵀH⁻¹f of its forces f and the ensemble's curvatures H (`settling.ts`), known to about its own size u. The bar is |e + δ| + u.
 */
import type { Label } from '../calculators/calculator.ts';
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

/** Where the reference has been asked. */
export interface AskedPoints {
  readonly first?: ReferencePoint | undefined;
  readonly saddle?: ReferencePoint | undefined;
  readonly last?: ReferencePoint | undefined;
}

export interface Barriers {
  readonly forward: Barrier;
  readonly backward: Barrier;
}

/** Of the ensemble, with bars that hold the reference's own barriers; NaN where it has not been asked. */
export function barriersOf(
  {
    energies,
    saddle,
    outside = { first: 0, saddle: 0, last: 0 },
  }: Pick<PathRecord, 'energies' | 'saddle' | 'outside'>,
  asked: AskedPoints = {},
): Barriers {
  const over = (from: number, rest: ReferencePoint | undefined, settled: number): Barrier => {
    const value = energies[saddle] - energies[from];
    const bar = rest && asked.saddle ? barOf(value, ownBarrier(rest, asked.saddle)) : Number.NaN;
    return { value: value + outside.saddle - settled, bar };
  };
  return {
    forward: over(0, asked.first, outside.first),
    backward: over(energies.length - 1, asked.last, outside.last),
  };
}

const barOf = (value: number, own: Barrier) => Math.abs(own.value - value) + own.bar;

/** The reference's own barrier, as its labels at the ensemble's images tell it. */
export function ownBarrier(rest: ReferencePoint, saddle: ReferencePoint): Barrier {
  return {
    value: saddle.energy + saddle.settling.shift - rest.energy - rest.settling.shift,
    bar: saddle.settling.size + rest.settling.size,
  };
}
