import { describe, expect, it } from 'vitest';
import { crystal } from '../../src/core/prototypes.ts';
import { supercell } from '../../src/core/structure.ts';
import { createDetector, type Detector } from '../../src/events/detector.ts';
import { detectionSchema } from '../../src/events/options.ts';
import type { Transition } from '../../src/events/transition.ts';
import { type Hop, type Shaking, trajectory, walk, watched } from '../support/hops.ts';
import { zhou } from '../support/reaching.ts';

const options = detectionSchema.parse({});
const copper = zhou('Cu');
const fcc = supercell(crystal('fcc', ['Cu'], 3.615), [2, 2, 2]);

const lively: Shaking = { width: 0.15, vibrates: true };

const expectHops = (found: readonly Transition[], hops: readonly Hop[]) => {
  expect(found.map((t) => t.moved)).toEqual(hops.map((h) => [h.atom]));
  found.forEach(({ between: [last, first] }, k) => {
    expect(last).toBeLessThan(hops[k].step);
    expect(first).toBeGreaterThanOrEqual(hops[k].step);
    expect(first - last).toBe(options.every);
  });
};

describe('a detector', () => {
  const made = walk(fcc, [330, 710]);
  const stateAt = trajectory(made.start, made.hops, lively);
  const plain = (found: readonly Transition[]) => structuredClone(found);

  it('goes on from its memory as if it had never stopped', async () => {
    const whole = plain(await watched(createDetector(options, copper, stateAt(0)), stateAt, 20, 1200));
    expect(whole).toHaveLength(2);
    // Between searches, with something waiting to be confirmed, and with some frames more.
    for (const stop of [340, 400, 860]) {
      const first = createDetector(options, copper, stateAt(0));
      const before = await watched(first, stateAt, 20, stop);
      const second = createDetector(options, copper, stateAt(stop), structuredClone(first.memoryAt(stop)));
      const after = await watched(second, stateAt, stop + 20, 1200);
      expect(plain([...before, ...after])).toEqual(whole);
    }
  });

  it('remembers little after a quiet search', async () => {
    const detector = createDetector(options, copper, stateAt(0));
    await watched(detector, stateAt, 20, 200);
    const { frames, seen: waiting, basin } = detector.memoryAt(200)!;
    expect(frames.map((f) => f.step)).toEqual([200]);
    expect(waiting).toEqual([]);
    expect(basin!.step).toBe(200);
  });

  /** A detector that goes on from what another one knew at a step. */
  const backAt = (detector: Detector, step: number) =>
    createDetector(options, copper, stateAt(step), detector.memoryAt(step));

  it('goes back with the trajectory', async () => {
    const calm = trajectory(made.start, [], lively);
    const first = createDetector(options, copper, stateAt(0));
    // It has seen a jump, which is waiting to be confirmed, when the trajectory goes back and does not jump.
    expect(await watched(first, stateAt, 20, 500)).toEqual([]);
    expect(first.memoryAt(500)!.seen.some((s) => s.rest !== null)).toBe(true);
    expect(first.memoryAt(320)!.frames.at(-1)!.step).toBe(320);
    const second = backAt(first, 320);
    expect(await watched(second, calm, 340, 1000)).toEqual([]);
    const third = backAt(second, 900);
    const later = trajectory(made.start, [{ ...made.hops[0], step: 930 }], lively);
    expectHops(await watched(third, later, 920, 1400), [{ ...made.hops[0], step: 930 }]);
    expect(third.memoryAt(500)).toBeUndefined();
  });

  it('stays in the new basin when the trajectory goes back to after the jump', async () => {
    const detector = createDetector(options, copper, stateAt(0));
    expectHops(await watched(detector, stateAt, 20, 600), made.hops.slice(0, 1));
    expectHops(await watched(backAt(detector, 440), stateAt, 460, 1000), made.hops.slice(1, 2));
  });

  it('begins anew with the basin of the state it is given', async () => {
    const [jump] = await watched(createDetector(options, copper, stateAt(0)), stateAt, 20, 600);
    const anew = createDetector(options, copper, jump.origin);
    const [again] = await watched(anew, stateAt, jump.origin.step + 20, 700);
    expect(again.between).toEqual(jump.between);
    expect(again.moved).toEqual(jump.moved);
  });
});
