import { describe, expect, it } from 'vitest';
import type { Engine, Watch } from '../../src/backend/backend.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import type { Potential, Quantity } from '../../src/core/potential.ts';
import type { Structure } from '../../src/core/structure.ts';
import type { Uncertainty } from '../../src/uncertainty/uncertainty.ts';
import { argon, argonCrystal, startAt } from '../support/argon.ts';
import { integratorFrom, never, unwatched } from '../support/integrate.ts';

const start = startAt(argonCrystal(1), 60);
const verlet = integratorFrom({ kind: 'velocityVerlet', timestep: '2 fs' });

const prepare = (potential: Potential = argon, from: MdState = start): Promise<Engine> =>
  plainBackend.prepare(potential, verlet, from);

/** Grades one atom by the number of the check, counted from 0; the others get 0. */
function scripted(grades: readonly number[], atom = 2, kind = 'scripted') {
  const seen: Float64Array[] = [];
  const measure: Uncertainty = {
    kind,
    unit: '',
    needs: [],
    grade(_, s) {
      const out = new Float64Array(s.species.length);
      out[atom] = grades[seen.length] ?? 0;
      seen.push(s.positions.slice());
      return out;
    },
  };
  return { measure, seen };
}

const watching = (measure: Uncertainty, interval = 10): Watch => ({
  interval,
  measures: [{ measure, select: 1, pause: 5 }],
});

describe('flight recorder', () => {
  it('stops where a grade crosses pause, with the last trusted state and every frame since', async () => {
    const { measure, seen } = scripted([0, 2, 0.5, 1.5, 3, 9]);
    const engine = await prepare();
    const stop = await engine.advance(1000, watching(measure), never);
    if (stop.reason !== 'uncertain') throw new Error(stop.reason);
    expect(stop.step).toBe(50);
    expect(stop.state.step).toBe(20);
    expect(stop.state.structure.positions).toEqual(seen[2]);
    expect(stop.frames.map((f) => f.step)).toEqual([30, 40, 50]);
    expect(stop.frames.map((f) => f.structure.positions)).toEqual(seen.slice(3));
    expect(stop.frames.at(-1)!.flagged).toEqual([{ atom: 2, measure: 'scripted', grade: 9 }]);
    expect(engine.checks()).toEqual([{ measure: 'scripted', max: 9, atom: 2 }]);
    expect(engine.observe().step).toBe(50);
    expect(engine.trusted()).toEqual(stop.state);
  });

  it('goes on bitwise from the trusted state', async () => {
    const engine = await prepare();
    const stop = await engine.advance(1000, watching(scripted([0, 0, 9]).measure), never);
    const again = await prepare(argon, stop.state);
    const straight = await prepare();
    await again.advance(20, unwatched, never);
    await straight.advance(30, unwatched, never);
    expect(stop.state.step).toBe(10);
    expect(again.state()).toEqual(straight.state());
  });

  it('checks the start state if its step is divisible, and trusts it for want of a better', async () => {
    const engine = await prepare();
    const stop = await engine.advance(100, watching(scripted([7]).measure), never);
    if (stop.reason !== 'uncertain') throw new Error(stop.reason);
    expect([stop.step, stop.state.step, stop.frames.length]).toEqual([0, 0, 1]);
    const later = await prepare(argon, { ...start, step: 3 });
    const second = await later.advance(100, watching(scripted([7]).measure), never);
    if (second.reason !== 'uncertain') throw new Error(second.reason);
    expect([second.step, second.state.step]).toEqual([10, 3]);
  });

  it('grades each step once, however it is advanced, and remembers between calls', async () => {
    const script = [0, 2, 3, 9];
    const { measure, seen } = scripted(script);
    const engine = await prepare();
    const watch = watching(measure);
    for (const steps of [0, 5, 5, 0, 3, 10]) await engine.advance(steps, watch, never);
    expect(seen).toHaveLength(3);
    const stop = await engine.advance(100, watch, never);
    const whole = await (await prepare()).advance(100, watching(scripted(script).measure), never);
    expect(stop).toEqual(whole);
    expect(stop.reason).toBe('uncertain');
  });

  it('keeps the latest 16 frames of a long excursion', async () => {
    const engine = await prepare();
    const watch = watching(scripted([...new Array(20).fill(2), 9]).measure, 1);
    const stop = await engine.advance(100, watch, never);
    if (stop.reason !== 'uncertain') throw new Error(stop.reason);
    expect(stop.frames.map((f) => f.step)).toEqual(Array.from({ length: 16 }, (_, k) => k + 5));
  });

  it('takes a grade that is NaN for infinite', async () => {
    const engine = await prepare();
    const stop = await engine.advance(100, watching(scripted([0, Number.NaN]).measure), never);
    if (stop.reason !== 'uncertain') throw new Error(stop.reason);
    expect(stop.step).toBe(10);
    expect(engine.checks()[0].max).toBe(Infinity);
  });

  it('names the measure that is furthest above its select', async () => {
    const near = { measure: scripted([4], 1, 'near').measure, select: 2, pause: 10 };
    const far = { measure: scripted([0.9], 1, 'far').measure, select: 0.1, pause: 0.5 };
    const stop = await (await prepare()).advance(9, { interval: 10, measures: [near, far] }, never);
    if (stop.reason !== 'uncertain') throw new Error(stop.reason);
    expect(stop.frames[0].flagged).toEqual([{ atom: 1, measure: 'far', grade: 0.9 }]);
  });

  it('asks for what the measures need on check steps alone', async () => {
    const wants: (readonly Quantity[])[] = [];
    const potential: Potential = {
      ...argon,
      evaluate(s, neighbours, want, out) {
        wants.push(want);
        return argon.evaluate(s, neighbours, want, out);
      },
    };
    const measure: Uncertainty = { ...scripted([]).measure, needs: ['memberForces'] };
    const engine = await prepare(potential);
    await engine.advance(25, watching(measure), never);
    const rich = wants.flatMap((want, k) => (want.includes('memberForces') ? [k] : []));
    expect(wants).toHaveLength(27);
    expect(rich).toEqual([1, 11, 21]);
  });
});

/** Argon whose forces are spoilt by `spoil` once an evaluation has been made `after` times. */
function failing(after: number, spoil: (forces: Float64Array, s: Structure) => void): Potential {
  let evaluations = 0;
  return {
    ...argon,
    evaluate(s, neighbours, want, out) {
      const e = argon.evaluate(s, neighbours, want, out);
      if (++evaluations > after) spoil(e.forces, s);
      return e;
    },
  };
}

describe('instability', () => {
  const advance = async (potential: Potential, watch: Watch = unwatched) => {
    const stop = await (await prepare(potential)).advance(1000, watch, never);
    if (stop.reason !== 'unstable') throw new Error(stop.reason);
    return stop;
  };

  it('names the atoms whose force is not a number', async () => {
    const spoil = (f: Float64Array) => {
      f[3] = Number.NaN;
      f[11] = Infinity;
    };
    const stop = await advance(failing(25, spoil));
    expect(stop.detail).toBe('step 25: 2 of 4 atoms have NaN force (1, 3)');
    expect([stop.step, stop.state.step]).toEqual([25, 20]);
  });

  it('stops before forces are computed of an atom that flies', async () => {
    const velocities = start.velocities.slice();
    velocities[4] = 0.6;
    const engine = await prepare(argon, { ...start, velocities });
    const stop = await engine.advance(1000, unwatched, never);
    expect(stop).toMatchObject({
      step: 1,
      detail: 'step 1: 1 of 4 atoms moved more than 1 Å in one step (1)',
    });
    expect(stop.state).toEqual({ ...start, velocities, extended: new Float64Array(1) });
  });

  it('stops when the temperature explodes', async () => {
    const stop = await advance(failing(25, (f) => f.set([1000, 0, 0], 0)));
    expect(stop.detail).toMatch(/^step 25: the temperature is .* K, must stay below 2500 K$/);
  });

  it('delivers what was seen before', async () => {
    const potential = failing(36, (f) => f.fill(Number.NaN));
    const stop = await advance(potential, watching(scripted([0, 0, 2, 3]).measure));
    expect(stop.state.step).toBe(10);
    expect(stop.frames.map((f) => f.step)).toEqual([20, 30]);
  });

  it('refuses to step from a bad start', async () => {
    const stop = await advance(failing(0, (f) => f.fill(Number.NaN)));
    expect([stop.step, stop.state.step]).toEqual([0, 0]);
  });
});

describe('a good citizen', () => {
  it('obeys an abort that comes while it runs, between two steps', async () => {
    const controller = new AbortController();
    const engine = await prepare();
    setTimeout(() => controller.abort(), 1);
    const stop = await engine.advance(1e9, unwatched, controller.signal);
    expect(stop.reason).toBe('aborted');
    expect(stop.state).toEqual(engine.state());
    expect(stop.state.step).toBeGreaterThan(0);
    const straight = await prepare();
    await straight.advance(stop.state.step, unwatched, never);
    expect(straight.state()).toEqual(stop.state);
  });

  it('hands out copies and leaves the start alone', async () => {
    const before = start.structure.positions.slice();
    const engine = await prepare();
    engine.state().structure.positions.fill(0);
    engine.trusted().velocities.fill(0);
    await engine.advance(10, unwatched, never);
    expect(start.structure.positions).toEqual(before);
    expect(engine.state().structure.positions).not.toEqual(before);
    expect(Math.abs(engine.state().structure.positions[3] - before[3])).toBeLessThan(0.5);
  });

  it('observes the energy of the state as it is', async () => {
    const engine = await prepare();
    await engine.advance(7, unwatched, never);
    const here = await prepare(argon, engine.state());
    expect(here.observe()).toEqual(engine.observe());
    expect(engine.observe().time).toBe(14);
  });
});
