import { describe, expect, it } from 'vitest';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { createDetector } from '../../src/events/detector.ts';
import { detectionSchema } from '../../src/events/options.ts';
import type { Transition } from '../../src/events/transition.ts';
import { type Hop, type Shaking, trajectory, type Walk, walk, watched } from '../support/hops.ts';
import { zhou } from '../support/reaching.ts';

const options = detectionSchema.parse({});
const copper = zhou('Cu');
const fcc = supercell(crystal('fcc', ['Cu'], 3.615), [2, 2, 2]);
const bcc = supercell(crystal('bcc', ['W'], 3.165), [3, 3, 3]);

const expectHops = (found: readonly Transition[], hops: readonly Hop[]) => {
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
    const made = walk(perfect, JUMPS);
    expectHops(await seen(made, shaking, 2600, zhou(element)), made.hops);
  });
});

const lively: Shaking = { width: 0.15, vibrates: true };

describe('recrossings', () => {
  it('that are back before the second search are no events', async () => {
    const { start, hops } = walk(fcc, [390]);
    const { atom } = hops[0];
    const home = Array.from(start.positions.subarray(3 * atom, 3 * atom + 3));
    const there = [...hops, { step: 590, atom, to: home }];
    expect(await seen({ start, hops: there }, lively, 1600)).toEqual([]);
    // What stays one search longer is one, and its return another.
    const longer = [...hops, { step: 1010, atom, to: home }];
    expectHops(await seen({ start, hops: longer }, lively, 1600), longer);
  });

  it('do not hide what comes of them, nor what happens in between', async () => {
    const made = walk(fcc, [410, 450, 790]);
    expectHops(await seen(made, lively, 1400), made.hops);
  });
});
