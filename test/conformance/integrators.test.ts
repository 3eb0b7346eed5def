import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { integrators } from '../../integrators/registry.ts';
import type { SubStep } from '../../integrators/substeps.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import type { Potential } from '../../src/core/potential.ts';
import { massesOf } from '../../src/core/velocities.ts';
import { argon, argonCrystal, startAt } from '../support/argon.ts';
import { integratorFrom, never, sample, unwatched } from '../support/integrate.ts';
import { OPTIONS } from '../support/integratorOptions.ts';

const RANDOM: readonly SubStep['kind'][] = ['ornsteinUhlenbeck', 'csvr', 'cellRescale'];
const MOVES_ATOMS: readonly SubStep['kind'][] = ['drift', 'cellRescale', 'deform'];

const start = startAt(argonCrystal(2), 60);

async function run(integrator: ReturnType<typeof integratorFrom>, from: MdState, chunks: readonly number[]) {
  const engine = await plainBackend.prepare(argon, integrator, from);
  for (const steps of chunks) await engine.advance(steps, unwatched, never);
  return engine.state();
}

describe.each(integrators.entries.map((e) => e.kind))('integrator %s', (kind) => {
  const variants = OPTIONS[kind] ?? [];
  const made = variants.map((o) => integratorFrom({ kind, timestep: '4 fs', seed: 5, ...o }));

  it('has options to be tested with', () => {
    expect(made.length).toBeGreaterThan(0);
  });

  it('is a list that evaluates forces once, after the last move, and adds up to one step', () => {
    for (const { substeps } of made) {
      const kinds = substeps.map((s) => s.kind);
      expect(kinds.filter((k) => k === 'force')).toHaveLength(1);
      expect(Math.max(...MOVES_ATOMS.map((k) => kinds.lastIndexOf(k)))).toBeLessThan(kinds.indexOf('force'));
      for (const k of RANDOM) expect(kinds.filter((other) => other === k).length).toBeLessThanOrEqual(1);
      for (const k of ['kick', 'drift'] as const)
        expect(substeps.reduce((sum, s) => sum + (s.kind === k ? s.fraction : 0), 0)).toBe(1);
    }
  });

  it('refuses timesteps outside (0, 10] fs and says so', () => {
    for (const timestep of ['20 fs', '0 fs', '-1 fs']) {
      const parsed = integrators.schema.safeParse({ kind, ...variants[0], timestep });
      expect(parsed.success).toBe(false);
      expect(parsed.error?.issues[0].message).toContain(
        `got ${Number.parseInt(timestep, 10)} fs, must be > 0 and ≤ 10 fs`,
      );
      expect(parsed.error?.issues[0].path).toEqual(['timestep']);
    }
  });

  it('goes on bitwise from a state, and however it is cut into pieces', async () => {
    for (const integrator of made) {
      const whole = await run(integrator, start, [60]);
      const resumed = await run(integrator, await run(integrator, start, [30]), [30]);
      const chunked = await run(integrator, start, [1, 0, 22, 37]);
      expect(whole.structure.positions).not.toEqual(start.structure.positions);
      expect(resumed).toEqual(whole);
      expect(chunked).toEqual(whole);
    }
  });

  it('draws its noise from the seed alone', async () => {
    for (const integrator of made) {
      const random = integrator.substeps.some((s) => RANDOM.includes(s.kind));
      const one = await run(integrator, start, [5]);
      const other = await run({ ...integrator, seed: 6 }, start, [5]);
      expect(Object.is(one.velocities[0], other.velocities[0])).toBe(!random);
    }
  });

  it('evaluates the potential once a step', async () => {
    let evaluations = 0;
    const counting: Potential = {
      ...argon,
      evaluate(...args) {
        evaluations++;
        return argon.evaluate(...args);
      },
    };
    for (const integrator of made) {
      const engine = await plainBackend.prepare(counting, integrator, start);
      evaluations = 0;
      await engine.advance(25, unwatched, never);
      expect(evaluations).toBe(25);
    }
  });

  it('keeps its conserved quantity while energy comes and goes', async () => {
    for (const integrator of made) {
      const engine = await plainBackend.prepare(argon, integrator, start);
      const first = engine.observe();
      const seen = await sample(engine, 100, 5);
      const swing = (of: (o: typeof first) => number) =>
        Math.max(...seen.map((o) => Math.abs(of(o) - of(first))));
      expect(swing((o) => o.kineticEnergy)).toBeGreaterThan(0.05);
      expect(swing((o) => o.conserved)).toBeLessThan(5e-4);
    }
  });

  it('keeps the total momentum at zero if and only if it says so', async () => {
    const masses = massesOf(start.structure);
    for (const integrator of made) {
      const { velocities } = await run(integrator, start, [20]);
      const momentum = masses.reduce((sum, m, i) => sum + m * velocities[3 * i], 0);
      if (integrator.conservesMomentum) expect(Math.abs(momentum)).toBeLessThan(1e-12);
      else expect(Math.abs(momentum)).toBeGreaterThan(1e-4);
    }
  });
});

it('the options can be exported as a JSON Schema', () => {
  expect(JSON.stringify(z.toJSONSchema(integrators.schema, { io: 'input' }))).toContain('cellRelaxation');
});

it('every option set belongs to a registered integrator', () => {
  expect(Object.keys(OPTIONS).sort()).toEqual(integrators.entries.map((e) => e.kind).sort());
});
