import { describe, expect, it } from 'vitest';
import type { MdState } from '../../src/core/mdState.ts';
import { takeOut } from '../../src/core/pointDefects.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { atomCount, type Structure, supercell } from '../../src/core/structure.ts';
import { createDetector } from '../../src/events/detector.ts';
import { displacements, lengths } from '../../src/events/displaced.ts';
import type { DetectorMemory } from '../../src/events/memory.ts';
import { detectionSchema } from '../../src/events/options.ts';
import type { Reaching } from '../../src/events/quench.ts';
import { scaleOf } from '../../src/events/scale.ts';
import { trajectory, walk, watched } from '../support/hops.ts';
import { pairCopper } from '../support/reaching.ts';

const unit = crystal('fcc', ['Cu'], 3.6);
const options = detectionSchema.parse({ radius: '5 Å' });

/** Counts the atoms of what it evaluates. */
function counted(evaluates: Reaching) {
  const sizes: number[] = [];
  const counting: Reaching = {
    cutoff: evaluates.cutoff,
    evaluate(s, want) {
      sizes.push(atomCount(s));
      return evaluates.evaluate(s, want);
    },
  };
  return { counting, sizes };
}

describe('a larger cell', () => {
  const perfect = supercell(unit, [9, 9, 9]);

  it('is looked at only where something has moved, and finds what a quench of the whole finds', async () => {
    const { start, hops } = walk(perfect, [250]);
    const stateAt = trajectory(start, hops, { width: 0.12, vibrates: true, drift: 1 });
    const { counting, sizes } = counted(pairCopper());
    const screening = createDetector(options, counting, stateAt(0));
    const found = await watched(screening, stateAt, 20, 600);
    const whole = createDetector({ ...options, wholeUpTo: 1e6 }, pairCopper(), stateAt(0));
    const truth = await watched(whole, stateAt, 20, 600);
    expect(truth.map((t) => t.moved)).toEqual(hops.map((h) => [h.atom]));
    expect(found.map(({ moved, between }) => ({ moved, between }))).toEqual(
      truth.map(({ moved, between }) => ({ moved, between })),
    );
    found.forEach((t, k) => {
      const off = lengths(displacements(t.after.structure, truth[k].after.structure));
      expect(Math.max(...off)).toBeLessThan(0.1);
    });
    // Once to begin with.
    expect(screening.quenches.whole).toBe(1);
    expect(whole.quenches.whole).toBeGreaterThan(5);
    expect(Math.max(...sizes.filter((n) => n < atomCount(start)))).toBeLessThan(atomCount(perfect) / 2);
  });

  it('is quenched whole now and then, which finds what no screen shows', async () => {
    const { start, hops } = walk(perfect, [250]);
    const stateAt = trajectory(start, hops, { width: 0.1, vibrates: true });
    const blind = { ...options, screen: 9 };
    const never = createDetector({ ...blind, wholeEvery: 0 }, pairCopper(), stateAt(0));
    expect(await watched(never, stateAt, 20, 1200)).toEqual([]);
    const detector = createDetector({ ...blind, wholeEvery: 400 }, pairCopper(), stateAt(0));
    const found = await watched(detector, stateAt, 20, 1200);
    expect(found.map((t) => t.moved)).toEqual([[hops[0].atom]]);
    const [last, first] = found[0].between;
    expect(last).toBeLessThan(250);
    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThanOrEqual(400);
    // To begin with, when it is due, and once more to be sure.
    expect(detector.quenches.whole).toBeLessThanOrEqual(5);
  });

  it('tells independent events in one stretch apart', async () => {
    const far = 4 * (5 * 81 + 5 * 9 + 5);
    const first = walk(perfect, [450], 0);
    const both = takeOut(perfect, [0, far]);
    // Of the second vacancy: the atom after it in the list is a neighbour in the same cell.
    const to = Array.from(perfect.positions.subarray(3 * far, 3 * far + 3));
    const hops = [first.hops[0], { step: 455, atom: far - 1, to }];
    const stateAt = trajectory(both, hops, { width: 0.1, vibrates: true });
    const found = await watched(createDetector(options, pairCopper(), stateAt(0)), stateAt, 20, 800);
    expect(found.map((t) => t.moved).sort((p, q) => p[0] - q[0])).toEqual(
      hops.map((h) => [h.atom]).sort((p, q) => p[0] - q[0]),
    );
    for (const t of found) expect(t.between).toEqual([440, 460]);
    // One after the other: the second begins where the first has led to, each end having come to rest by itself.
    const gap = lengths(displacements(found[0].after.structure, found[1].before.structure));
    expect(Math.max(...gap)).toBeLessThan(0.02);
  });

  it('finds what happened late in a stretch in the next one, with its place in time', async () => {
    const { start, hops } = walk(perfect, [391]);
    const stateAt = trajectory(start, hops, { width: 0.1, vibrates: true });
    const found = await watched(createDetector(options, pairCopper(), stateAt(0)), stateAt, 20, 800);
    expect(found.map((t) => t.moved)).toEqual([[hops[0].atom]]);
    const [last, first] = found[0].between;
    expect(last).toBeLessThan(391);
    expect(first).toBeGreaterThanOrEqual(391);
    expect(first - last).toBeLessThanOrEqual(options.quench / 2);
  });
});

describe('a cell of 10⁵ atoms', () => {
  it('costs a jump no more than a small one', async () => {
    const perfect = supercell(unit, [30, 30, 30]);
    const { start, hops } = walk(perfect, [150], 4 * 15 * 931);
    const stateAt = cheapTrajectory(start, hops[0]);
    const { counting, sizes } = counted(pairCopper());
    const memory: DetectorMemory = {
      step: 0,
      basin: { step: 0, structure: start },
      scale: scaleOf(supercell(unit, [4, 4, 4])),
      frames: [stateAt(0)],
      seen: [],
      asleep: false,
    };
    const coarse = { ...options, every: 50, quench: 200 };
    const detector = createDetector(coarse, counting, stateAt(0), memory);
    const found = await watched(detector, stateAt, 50, 600, 50);
    expect(found.map((t) => t.moved)).toEqual([[hops[0].atom]]);
    expect(found[0].between).toEqual([100, 150]);
    expect(detector.quenches.whole).toBe(0);
    expect(atomCount(start)).toBeGreaterThan(1e5);
    expect(Math.max(...sizes)).toBeLessThan(2500);
    // In all, less than two evaluations of the cell.
    expect(sizes.reduce((sum, n) => sum + n, 0)).toBeLessThan(2 * atomCount(start));
  });
});

/** Shaken by numbers that cost little. */
function cheapTrajectory(start: Structure, hop: { step: number; atom: number; to: readonly number[] }) {
  return (step: number): MdState => {
    const positions = start.positions.slice();
    if (step >= hop.step) positions.set(hop.to, 3 * hop.atom);
    for (let k = 0; k < positions.length; k++)
      positions[k] += 0.17 * Math.sin(k * 12.9898 + (step * (1 + (k % 7))) / 37);
    const none = new Float64Array(0);
    return { step, structure: { ...start, positions }, velocities: none, extended: none };
  };
}

describe('a melt', () => {
  it('is one transition, after which nothing is until the structure rests again', async () => {
    const { start, hops } = walk(supercell(unit, [3, 3, 3]), [3110]);
    const solid = trajectory(start, hops, { width: 0.1 });
    const liquid = trajectory(start, [], { width: 0.9 });
    const stateAt = (step: number) => (step > 510 && step < 1990 ? liquid(step) : solid(step));
    const sleepy = { ...options, asleep: 2 };
    const detector = createDetector(sleepy, pairCopper(), stateAt(0));
    const molten = await watched(detector, stateAt, 20, 1980);
    expect(molten).toHaveLength(1);
    expect(molten[0].moved.length).toBeGreaterThan(0.3 * atomCount(start));
    expect(detector.memoryAt(1980)!.asleep).toBe(true);
    // Back in the crystal it must have looked twice to know that it rests.
    expect(await watched(detector, stateAt, 2000, 2800)).toEqual([]);
    expect(detector.memoryAt(2800)!.asleep).toBe(false);
    const after = await watched(detector, stateAt, 2820, 3600);
    expect(after.map((t) => t.moved)).toEqual([[hops[0].atom]]);
  });
});
