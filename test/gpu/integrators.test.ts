import { describe, expect, it } from 'vitest';
import { strains } from '../../integrators/collective.wgsl.ts';
import { integrators } from '../../integrators/registry.ts';
import { degreesOfFreedom, type Integrator } from '../../integrators/substeps.ts';
import type { Backend, Observables, Watch } from '../../src/backend/backend.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { subset } from '../../src/core/structure.ts';
import { BOLTZMANN } from '../../src/core/units.ts';
import { massesOf } from '../../src/core/velocities.ts';
import { argon, argonCrystal, startAt } from '../support/argon.ts';
import { largest } from '../support/compare.ts';
import { type Estimate, estimate, integratorFrom, never, sample, unwatched } from '../support/integrate.ts';
import { OPTIONS } from '../support/integratorOptions.ts';
import { backend, found } from './adapter.ts';

const start = startAt(argonCrystal(2), 60);
const volume = 10.7 ** 3;
const atoms = 32;
const off = (a: ArrayLike<number>, b: ArrayLike<number>) => largest(Float64Array.from(a, (x, k) => x - b[k]));

const KINDS = integrators.entries.map((e) => e.kind);
const made = (kind: string) =>
  OPTIONS[kind].map((o) => integratorFrom({ kind, timestep: '4 fs', seed: 2 ** 33 + 5, ...o }));
const label = ({ kind, substeps }: Integrator) => `${kind} (${substeps.map((s) => s.kind).join(', ')})`;
const VARIANTS = KINDS.flatMap(made).map((i) => [label(i), i] as const);

interface Course {
  readonly seen: Observables[];
  readonly states: MdState[];
}

/** Stretches of so many times ten steps, and the state at the end of each. */
async function course(
  on: Backend,
  integrator: Integrator,
  from: MdState,
  stretches: number[],
): Promise<Course> {
  const engine = await on.prepare(argon, integrator, from);
  const [seen, states]: [Observables[], MdState[]] = [[], []];
  for (const samples of stretches) {
    seen.push(...(await sample(engine, samples, 10)));
    states.push(engine.state());
  }
  engine.dispose();
  return { seen, states };
}

describe.skipIf(!found).each(VARIANTS)('on the device, %s', (_, integrator) => {
  it('follows the truth and goes on bitwise from a state', { timeout: 120_000 }, async () => {
    const truth = await course(plainBackend, integrator, start, [10]);
    const device = await course(backend, integrator, start, [4, 6]);
    const resumed = await course(backend, integrator, device.states[0], [6]);
    const [a, b, again] = [device, truth, resumed].map((c) => c.states.at(-1) as MdState);

    expect(a.step).toBe(100);
    expect(off(b.structure.positions, start.structure.positions)).toBeGreaterThan(0.1);
    expect(off(a.structure.positions, b.structure.positions)).toBeLessThan(3e-6);
    expect(off(a.velocities, b.velocities)).toBeLessThan(1e-8);
    expect(off(a.structure.cell, b.structure.cell)).toBeLessThan(5e-7);
    expect(off(a.extended, b.extended)).toBeLessThan(2e-6);
    // On the way: a path may lead back.
    const swelling = largest(truth.seen.map((o) => o.volume / volume - 1));
    if (integrator.substeps.some(strains)) expect(swelling).toBeGreaterThan(2e-3);
    else expect(a.structure.cell).toEqual(start.structure.cell);

    const swing = largest(truth.seen.map((o) => o.conserved - truth.seen[0].conserved));
    device.seen.forEach((o, k) => {
      const t = truth.seen[k];
      expect(Math.abs(o.conserved - t.conserved)).toBeLessThan(Math.max(2e-6, 0.02 * swing));
      expect(Math.abs(o.temperature - t.temperature)).toBeLessThan(1e-3);
      expect(off(o.stress, t.stress)).toBeLessThan(1e-8);
      expect(Math.abs(o.volume / t.volume - 1)).toBeLessThan(1e-7);
    });

    const { structure, velocities, extended } = again;
    expect(structure).toEqual(a.structure);
    expect(velocities).toEqual(a.velocities);
    expect(extended.subarray(1)).toEqual(a.extended.subarray(1));
    // Heat is f64 on the host and counted from where it looked last.
    expect(Math.abs(extended[0] - a.extended[0])).toBeLessThan(1e-8);

    const masses = massesOf(start.structure);
    const momentum = masses.reduce((sum, m, i) => sum + m * a.velocities[3 * i], 0);
    if (integrator.conservesMomentum) expect(Math.abs(momentum)).toBeLessThan(1e-6);
    else expect(Math.abs(momentum)).toBeGreaterThan(1e-4);
  });
});

describe.skipIf(!found)('on the device, where much happens at once', () => {
  const ramp = (from: string, to: string) => [
    { at: '20000000000.1 ps', value: from },
    { at: '20000000000.203 ps', value: to },
  ];
  const few = (count: number) => startAt(subset(start.structure, [...Array(count).keys()]), 60);
  const cases: readonly (readonly [string, Record<string, unknown>, MdState])[] = [
    [
      'a cell that outgrows the bins of the list',
      {
        kind: 'deform',
        strain: {
          xx: { from: 0, to: -0.15, over: '300 fs' },
          yy: { from: 0, to: 0.3, over: '400 fs' },
          xz: { rate: '800 1/ns' },
        },
        temperature: '60 K',
      },
      start,
    ],
    [
      'ramps after five million million steps',
      { kind: 'langevin', temperature: ramp('10 K', '300 K') },
      { ...start, step: 5e12 },
    ],
    [
      'a strain path as late',
      {
        kind: 'deform',
        strain: {
          zz: [
            { at: '20000000000.1 ps', value: 0 },
            { at: '20000000000.203 ps', value: 0.05 },
          ],
        },
      },
      { ...start, step: 5e12 },
    ],
    ['an odd number of atoms', { kind: 'csvr', temperature: '90 K' }, few(31)],
    ['two atoms', { kind: 'csvr', temperature: '90 K' }, few(2)],
  ];
  it.each(cases)('%s: follows the truth', { timeout: 120_000 }, async (_, options, from) => {
    const integrator = integratorFrom({ timestep: '4 fs', seed: 5, ...options });
    const [a, b] = await Promise.all([backend, plainBackend].map((on) => course(on, integrator, from, [10])));
    const [p, q] = [a, b].map((c) => c.states[0]);
    expect(p.step).toBe(from.step + 100);
    expect(off(q.structure.positions, from.structure.positions)).toBeGreaterThan(0.1);
    expect(off(p.structure.positions, q.structure.positions)).toBeLessThan(2e-5);
    expect(off(p.structure.cell, q.structure.cell)).toBeLessThan(1e-6);
    expect(off(p.extended, q.extended)).toBeLessThan(2e-5);
  });
});

/** Within four standard errors; the error itself must be small enough for the test to mean something. */
function expectNear(found: Estimate, expected: number, worst: number): void {
  expect(found.error).toBeLessThan(worst * Math.abs(expected));
  expect(Math.abs(found.mean - expected)).toBeLessThan(4 * found.error);
}

describe.skipIf(!found)('the trusted state on the device', () => {
  it.each([
    { kind: 'noseHooverChain', temperature: '60 K' },
    { kind: 'npt', temperature: '60 K', pressure: '0.1 GPa', cell: 'full', bulkModulus: '3 GPa' },
  ])('$kind: has the chain and the cell of its step', { timeout: 60_000 }, async (options) => {
    const integrator = integratorFrom({ timestep: '4 fs', seed: 5, ...options });
    const engine = await backend.prepare(argon, integrator, start);
    await engine.advance(17, unwatched, never);
    await engine.advance(8, unwatched, never);
    const trusted = engine.trusted();
    engine.dispose();
    const [then] = (await course(backend, integrator, start, [2])).states;
    expect(trusted.step).toBe(20);
    expect([trusted.structure, trusted.velocities]).toEqual([then.structure, then.velocities]);
    expect(trusted.extended.subarray(1)).toEqual(then.extended.subarray(1));
    expect(Math.abs(trusted.extended[0] - then.extended[0])).toBeLessThan(1e-8);
    expect(Math.abs(then.extended[0])).toBeGreaterThan(1e-4);
  });
});

describe.skipIf(!found)('distributions on the device', () => {
  // `every`: steps between two samples, about as many as it takes to forget.
  it.each([
    { kind: 'langevin', friction: '50 1/ps', every: 3 },
    { kind: 'noseHooverChain', relaxation: '50 fs', every: 6 },
    { kind: 'csvr', relaxation: '10 fs', every: 2 },
  ])(
    '$kind: mean ½NkT and variance ½N(kT)² of the kinetic energy',
    { timeout: 120_000 },
    async ({ every, ...options }) => {
      const integrator = integratorFrom({ timestep: '8 fs', temperature: '60 K', ...options });
      const engine = await backend.prepare(argon, integrator, start);
      await sample(engine, 1, 50);
      const kinetic = (await sample(engine, 160, every)).map((o) => o.kineticEnergy);
      engine.dispose();
      const n = degreesOfFreedom(integrator, atoms);
      const kT = BOLTZMANN * 60;
      expectNear(estimate(kinetic, 16), (n * kT) / 2, 0.025);
      expectNear(estimate(kinetic.map((k) => (k - (n * kT) / 2) ** 2)), (n * kT * kT) / 2, 0.2);
    },
  );

  it('npt: mean and fluctuation of the volume are those of the truth', { timeout: 120_000 }, async () => {
    const options = { kind: 'npt', timestep: '8 fs', temperature: '60 K', pressure: '0.1 GPa' };
    const coupling = { relaxation: '50 fs', cellRelaxation: '100 fs', bulkModulus: '3 GPa' };
    const volumes = async (on: Backend, seed: number, samples: number) => {
      const integrator = integratorFrom({ ...options, ...coupling, seed });
      const engine = await on.prepare(argon, integrator, start);
      await sample(engine, 1, 200);
      const seen = (await sample(engine, samples, 5)).map((o) => o.volume);
      engine.dispose();
      return seen;
    };
    const truth = await volumes(plainBackend, 1, 1000);
    const mean = estimate(truth);
    const spread = estimate(truth.map((v) => (v - mean.mean) ** 2));
    const seen = await volumes(backend, 2, 200);
    expect(Math.sqrt(spread.mean) / mean.mean).toBeGreaterThan(0.005);
    const a = estimate(seen);
    expect(a.error).toBeLessThan(0.004 * a.mean);
    expect(Math.abs(a.mean - mean.mean)).toBeLessThan(4 * Math.hypot(a.error, mean.error));
    const b = estimate(seen.map((v) => (v - mean.mean) ** 2));
    expect(b.error).toBeLessThan(0.4 * b.mean);
    expect(Math.abs(b.mean - spread.mean)).toBeLessThan(4 * Math.hypot(b.error, spread.error));
  });
});

describe.skipIf(!found)('what integrators refuse on the device', () => {
  const thermostat = { timestep: '4 fs', temperature: '60 K' };

  it('atoms at rest, which no csvr can rescale', async () => {
    const rest = { ...start, velocities: new Float64Array(3 * atoms) };
    const engine = await backend.prepare(argon, integratorFrom({ kind: 'csvr', ...thermostat }), {
      ...rest,
      structure: { ...rest.structure, positions: start.structure.positions },
    });
    await expect(engine.advance(5, unwatched, never)).rejects.toThrow(/csvr: got atoms at rest/);
  });

  it('a cell that bursts, and go back to where it could be trusted', async () => {
    const npt = integratorFrom({
      kind: 'npt',
      ...thermostat,
      pressure: '-20 GPa',
      cellRelaxation: '20 fs',
      bulkModulus: '3 GPa',
    });
    const engine = await backend.prepare(argon, npt, start);
    const watch: Watch = { interval: 5, measures: [] };
    const stop = await engine.advance(50, watch, never);
    expect(stop).toMatchObject({
      reason: 'unstable',
      detail: expect.stringMatching(/the volume changed by/),
    });
    expect(stop.state.structure.cell).toEqual(start.structure.cell);
  });
});
