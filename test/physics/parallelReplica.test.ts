import { describe, expect, it } from 'vitest';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import {
  type Basins,
  type ReplicaEngine,
  type ReplicaTimes,
  replicaEngine,
} from '../../src/events/parallelReplica.ts';
import { cosineWells, inWell, wellOf } from '../support/cosineWells.ts';
import { average, integratorFrom, never, unwatched } from '../support/integrate.ts';

const langevin = integratorFrom({
  kind: 'langevin',
  timestep: '4 fs',
  temperature: '60 K',
  friction: '20 1/ps',
  seed: 5,
});
const TIMES = { decorrelation: 80, dephasing: 80, every: 10 };

function byWell(entered: number[] = []): Basins {
  let well = 0;
  return {
    enter: async ({ structure, step }) => {
      entered.push(step);
      well = wellOf(structure);
    },
    changed: async ({ structure }) => wellOf(structure) !== well,
  };
}

const start: MdState = {
  step: 0,
  structure: inWell(),
  velocities: new Float64Array(3),
  extended: new Float64Array(0),
};
const prepare = (times: ReplicaTimes, from = start, seed = 5, basins = byWell()): Promise<ReplicaEngine> =>
  replicaEngine(plainBackend, cosineWells, { ...langevin, seed }, from, basins, times);

/**
 * Steps that stays took on the clock, from where the trajectory has come to know its basin to the next change; and how many steps were
 * carried out. Changes while it is not settled are not counted: they are the correlated ones.
 */
async function stays(replicas: number, steps: number, seed: number) {
  const entered: number[] = [];
  const engine = await prepare({ ...TIMES, replicas }, start, seed, byWell(entered));
  const stop = await engine.advance(steps, unwatched, never);
  if (stop.reason !== 'finished') throw new Error(stop.reason);
  const { clock, work, wall, escapes } = engine.account();
  engine.dispose();
  expect(clock).toBe(steps);
  expect(entered).toHaveLength(escapes + 1);
  const times = entered.slice(1).map((at, k) => at - entered[k] - TIMES.decorrelation);
  return { times: times.filter((t) => t > 0), clock, work, wall };
}

function moments(times: readonly number[]) {
  const mean = average(times);
  const deviation = Math.sqrt(average(times.map((t) => (t - mean) ** 2)));
  return { mean, error: deviation / Math.sqrt(times.length), variation: deviation / mean };
}

describe('parallel-replica dynamics', () => {
  it('has the escape times of one long trajectory, exponentially distributed', async () => {
    const [one, four] = [await stays(1, 150_000, 5), await stays(4, 150_000, 6)];
    const [plain, parallel] = [moments(one.times), moments(four.times)];
    // Many looks a stay, and stays much longer than the correlation.
    expect(plain.mean).toBeGreaterThan(5 * TIMES.decorrelation);
    const error = Math.hypot(plain.error, parallel.error);
    expect(error / plain.mean).toBeLessThan(0.15);
    expect(Math.abs(parallel.mean - plain.mean)).toBeLessThan(3 * error);
    // The coefficient of variation of N exponential times is 1 ± 1/√N.
    for (const { times } of [one, four])
      expect(Math.abs(moments(times).variation - 1)).toBeLessThan(3 / Math.sqrt(times.length));
    expect(one.work).toBe(one.clock);
    expect(one.wall).toBe(one.clock);
    // Of every stay, the time it takes to know the basin is not shared.
    expect(four.clock / four.wall).toBeGreaterThan(2);
    expect(four.work).toBeGreaterThan(four.clock);
  });

  it('goes on bitwise from any state, in any phase, and refuses another number of replicas', async () => {
    const times = { ...TIMES, replicas: 3 };
    const whole = await prepare(times);
    const pieces = [await prepare(times)];
    const phases = new Set<number>();
    for (const steps of [7, 93, 85, 311, 1, 1503, 2000]) {
      await whole.advance(steps, unwatched, never);
      const latest = pieces[pieces.length - 1];
      await latest.advance(steps, unwatched, never);
      expect(latest.state()).toEqual(whole.state());
      expect(latest.account()).toEqual(whole.account());
      phases.add(latest.account().replicas);
      pieces.push(await prepare(times, latest.state()));
      latest.dispose();
    }
    expect([...phases].sort()).toEqual([1, 3]);
    expect(whole.account().escapes).toBeGreaterThan(2);
    expect(whole.observe()).toMatchObject({ step: 4000, time: 16000 });
    await expect(prepare({ ...times, replicas: 4 }, whole.state())).rejects.toThrow('number of replicas');
  });

  it('goes on by itself where a basin is too short-lived to be dephased in', async () => {
    // Longer than any stay: every replica is thrown away, and the trajectory is the plain one.
    const times = { decorrelation: 80, dephasing: 40_000, every: 10 };
    const [fleeting, plain] = [
      await prepare({ ...times, replicas: 2 }),
      await prepare({ ...times, replicas: 1 }),
    ];
    for (const engine of [fleeting, plain]) await engine.advance(200, unwatched, never);
    expect(fleeting.account().work).toBeGreaterThan(1000);
    expect(fleeting.state().structure).toEqual(plain.state().structure);
    expect(fleeting.observe()).toEqual(plain.observe());
  });

  it('refuses what tells replicas apart', async () => {
    const ramp = { from: '60 K', to: '90 K', over: '1 ps' };
    for (const options of [
      { kind: 'velocityVerlet', timestep: '2 fs' },
      { kind: 'langevin', timestep: '2 fs', temperature: ramp },
    ])
      await expect(
        replicaEngine(plainBackend, cosineWells, integratorFrom(options), start, byWell(), {
          ...TIMES,
          replicas: 2,
        }),
      ).rejects.toThrow('use langevin with a constant temperature');
  });
});
