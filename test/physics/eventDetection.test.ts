import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { nearestNeighbours } from '../../src/analysis/nearest.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { takeOut } from '../../src/core/pointDefects.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { createDetector, type Detector } from '../../src/events/detector.ts';
import { detectionSchema } from '../../src/events/options.ts';
import type { Transition } from '../../src/events/transition.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import { type Hop, type Shaking, trajectory } from '../support/hops.ts';

const potentialOf = (element: string) =>
  potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: [element] }));
const reaching = (element: string) => {
  const potential = potentialOf(element);
  return { ...plainly(potential), cutoff: potential.cutoff };
};
const copper = reaching('Cu');
const options = detectionSchema.parse({});

const fcc = supercell(crystal('fcc', ['Cu'], 3.615), [2, 2, 2]);
const bcc = supercell(crystal('bcc', ['W'], 3.165), [3, 3, 3]);

interface Walk {
  readonly start: Structure;
  readonly hops: readonly Hop[];
}

/** A vacancy that is filled by one of its nearest neighbours at each of `steps`, a different one each time. */
function walk(perfect: Structure, steps: readonly number[], gone = 0): Walk {
  const start = takeOut(perfect, [gone]);
  const { indices, count } = nearestNeighbours(perfect, 8);
  let hole = gone;
  let before = -1;
  const hops = steps.map((step, k) => {
    const around = Array.from(indices.subarray(hole * count, (hole + 1) * count));
    const site = around.filter((i) => i !== before)[(5 * k) % 7];
    // Who stands on that site now: its first owner, or who hopped there last.
    const atom = owners.get(site) ?? site - (site > gone ? 1 : 0);
    owners.set(hole, atom);
    const to = Array.from(perfect.positions.subarray(3 * hole, 3 * hole + 3));
    [before, hole] = [hole, site];
    return { step, atom, to };
  });
  return { start, hops };
}
const owners = new Map<number, number>();

async function watched(
  detector: Detector,
  stateAt: (step: number) => MdState,
  from: number,
  to: number,
): Promise<Transition[]> {
  const found: Transition[] = [];
  for (let step = from; step <= to; step += options.every)
    found.push(...(await detector.look(stateAt(step))));
  return found;
}

const brackets = (found: readonly Transition[], hops: readonly Hop[]) => {
  expect(found.map((t) => t.moved)).toEqual(hops.map((h) => [h.atom]));
  found.forEach(({ between: [last, first] }, k) => {
    expect(last).toBeLessThan(hops[k].step);
    expect(first).toBeGreaterThanOrEqual(hops[k].step);
    expect(first - last).toBe(options.every);
  });
};

async function seen(made: Walk, shaking: Shaking, to: number, evaluates = copper): Promise<Transition[]> {
  const stateAt = trajectory(made.start, made.hops, shaking);
  return watched(createDetector(options, evaluates, stateAt(0)), stateAt, options.every, to);
}

const JUMPS = [330, 1111, 1390, 2222];
const cases: readonly [string, Structure, string, Shaking][] = [
  ['fcc, white noise', fcc, 'Cu', { width: 0.12 }],
  ['fcc, vibrations', fcc, 'Cu', { width: 0.15, vibrates: true }],
  ['fcc, drift', fcc, 'Cu', { width: 0.12, vibrates: true, drift: 3 }],
  ['fcc, strain', fcc, 'Cu', { width: 0.12, vibrates: true, strain: 0.01 }],
  ['bcc, vibrations', bcc, 'W', { width: 0.12, vibrates: true }],
];

describe('a vacancy whose jumps are known', () => {
  it.each(cases)('%s: none missed, none made up', async (_, perfect, element, shaking) => {
    owners.clear();
    const made = walk(perfect, JUMPS);
    brackets(await seen(made, shaking, 3000, reaching(element)), made.hops);
  });
});
