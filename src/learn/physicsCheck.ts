/** What a new potential must show before a simulation goes on with it. */
import type { z } from 'zod';
import { element } from '../core/elements.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import { normals, STREAM } from '../core/philox.ts';
import type { Potential } from '../core/potential.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { dimer } from './corePrior.ts';
import type { ErrorSummary } from './errors.ts';
import type { boundsSchema } from './schema.ts';

export interface Verdict {
  readonly passed: boolean;
  /** One sentence per failed check: what, its value, the rule. */
  readonly reasons: readonly string[];
}

export type Bounds = z.output<typeof boundsSchema>;

export function physicsCheck(
  potential: Potential,
  frame: Structure,
  training: ErrorSummary,
  bounds: Bounds,
): Verdict {
  const reasons = [
    ...checkErrors(training, bounds),
    ...checkForces(potential, frame, bounds),
    ...potential.elements.flatMap((a, k) =>
      potential.elements.slice(k).flatMap((b) => checkDimer(potential, a, b, bounds)),
    ),
  ];
  return { passed: reasons.length === 0, reasons };
}

/** An error that is NaN, because nothing was labelled to compare with, breaks no bound. */
function checkErrors(training: ErrorSummary, bounds: Bounds): string[] {
  const reasons: string[] = [];
  if (training.forceRmse > bounds.forceRmse)
    reasons.push(
      `training error of forces: ${training.forceRmse.toPrecision(3)} eV/Å, must be ≤ ${bounds.forceRmse}`,
    );
  if (training.energyRmse > bounds.energyRmse)
    reasons.push(
      `training error of energies: ${training.energyRmse.toPrecision(3)} eV/atom, must be ≤ ${bounds.energyRmse}`,
    );
  return reasons;
}

/** Å; with it and its half the two central differences give an error of fourth order. */
const STEP = 4e-3;
/** eV/Å, added to the size of the forces that a deviation is relative to: in a perfect crystal there are none. */
const FLOOR = 0.1;

/** Forces along one random direction against Richardson's central difference of the energy. */
function checkForces(potential: Potential, s: Structure, bounds: Bounds): string[] {
  const n = atomCount(s);
  const direction = new Float64Array(3 * n);
  const four = new Float64Array(4);
  for (let i = 0; i < n; i++) direction.set(normals(0, STREAM.rattle, 0, i, four).subarray(0, 3), 3 * i);
  const energyAt = (h: number) => {
    const positions = s.positions.map((x, k) => x + h * direction[k]);
    const moved = { ...s, positions };
    return potential.evaluate(moved, buildNeighbours(moved, potential.cutoff), []).energy;
  };
  const slope = (h: number) => (energyAt(h) - energyAt(-h)) / (2 * h);
  const expected = -(4 * slope(STEP / 2) - slope(STEP)) / 3;
  const { forces } = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces']);
  const found = forces.reduce((sum, f, k) => sum + f * direction[k], 0);
  const size = Math.sqrt(forces.reduce((sum, f) => sum + f * f, 0)) + FLOOR;
  const deviation = Math.abs(found - expected) / size;
  if (deviation <= bounds.forceConsistency) return [];
  return [
    `forces against central differences: relative deviation ${deviation.toPrecision(3)}, must be ≤ ${bounds.forceConsistency}`,
  ];
}

/** Dimer distances checked, in units of the sum of the covalent radii. */
const CLOSE = { from: 0.25, to: 0.5, points: 11 };

/** Two atoms brought together must repel, ever more the closer they are. */
function checkDimer(potential: Potential, a: string, b: string, bounds: Bounds): string[] {
  const reach = element(a).covalentRadius + element(b).covalentRadius;
  const energyAt = (r: number) => {
    const s = dimer(a, b, r);
    return potential.evaluate(s, buildNeighbours(s, potential.cutoff), []).energy;
  };
  const apart = energyAt(2 * potential.cutoff);
  const distances = Array.from(
    { length: CLOSE.points },
    (_, k) => reach * (CLOSE.from + ((CLOSE.to - CLOSE.from) * k) / (CLOSE.points - 1)),
  );
  const energies = distances.map((r) => energyAt(r) - apart);
  const place = `dimer ${a}-${b}`;
  const last = energies.at(-1)!;
  const wall = distances.at(-1)!.toFixed(2);
  const reasons: string[] = [];
  if (!(last >= bounds.dimerEnergy))
    reasons.push(`${place}: ${last.toPrecision(3)} eV at ${wall} Å, must be ≥ ${bounds.dimerEnergy}`);
  const dip = energies.findIndex((e, k) => k > 0 && !(e < energies[k - 1]));
  if (dip > 0)
    reasons.push(
      `${place}: attracts between ${distances[dip - 1].toFixed(2)} and ${distances[dip].toFixed(2)} Å, must repel`,
    );
  return reasons;
}
