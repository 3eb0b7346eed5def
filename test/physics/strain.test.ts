import { describe, expect, it } from 'vitest';
import { integrators } from '../../integrators/registry.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { GPA } from '../../src/core/units.ts';
import { memberPotentials, plainly } from '../../src/properties/evaluates.ts';
import { memberStresses, spreadOf } from '../../src/properties/memberStress.ts';
import { stressOf } from '../../src/properties/strain.ts';
import { findYield } from '../../src/properties/yield.ts';
import { curveSampler } from '../../src/run/strain/curve.ts';
import { quasiStatic } from '../../src/run/strain/quasiStatic.ts';

const copper: { kind: string } & Record<string, unknown> = { kind: 'eam', set: 'zhou', elements: ['Cu'] };
const zhou = potentials.create(potentials.schema.parse(copper));

function rattled(s: Structure): Structure {
  return { ...s, positions: s.positions.map((x, k) => x + 0.1 * Math.sin(7 * k + 1)) };
}

describe('stress of members', () => {
  it('is that of each member by its own virial', async () => {
    const blank = createAce(
      aceRequestSchema.parse({ elements: ['Cu'], cutoff: '4 Å', nradmax: [4, 2], lmax: [0, 2] }),
    );
    const row = (seed: number) =>
      Float64Array.from({ length: blank.functionCount }, (_, k) => Math.sin(seed + k));
    const ensemble = blank.withParameters({
      e0: blank.parameters.e0,
      mean: row(0),
      members: [row(1), row(2), row(3)],
    });
    const s = rattled(supercell(crystal('fcc', ['Cu'], 3.7), [2, 1, 1]));
    const found = await memberStresses(plainly(ensemble), s);
    expect(found).toHaveLength(3);
    for (const [m, member] of memberPotentials(ensemble).entries()) {
      const e = await plainly(member).evaluate(s, ['virial']);
      const exact = stressOf(e, s.cell);
      expect(Math.max(...exact.map(Math.abs))).toBeGreaterThan(0.01);
      for (let k = 0; k < 6; k++) expect(found[m][k]).toBeCloseTo(exact[k], 6);
    }
    expect(spreadOf(found.slice(0, 1))[0]).toBeNaN();
    expect(spreadOf([Float64Array.of(1, 0, 0, 0, 0, 0), Float64Array.of(3, 0, 0, 0, 0, 0)])[0]).toBeCloseTo(
      Math.SQRT2,
    );
  });
});

describe('yield', () => {
  const strain = Array.from({ length: 200 }, (_, k) => k / 1000);
  const noise = (k: number) => 0.1 * Math.sin(12.9898 * k * k);
  const curve = (k: number) => (strain[k] < 0.12 ? 60 * strain[k] : 7.2 - 100 * (strain[k] - 0.12));
  const stress = strain.map((_, k) => Math.max(1, curve(k)) + noise(k));

  it('is found at the maximum, in tension and in compression', () => {
    const found = findYield(strain, stress)!;
    expect(Math.abs(found.strain - 0.12)).toBeLessThan(0.004);
    expect(Math.abs(found.stress - 7.2)).toBeLessThan(0.2);
    expect(stress[found.fallen]).toBeLessThan(0.85 * found.stress);
    const pressed = findYield(
      strain.map((e) => -e),
      stress.map((s) => -s),
    )!;
    expect([pressed.index, pressed.stress]).toEqual([found.index, -found.stress]);
  });

  it('is neither noise, nor a dip that recovers, nor unloading, nor too small a fall', () => {
    expect(
      findYield(
        strain,
        strain.map((e, k) => 60 * e + noise(k)),
      ),
    ).toBeUndefined();
    const dip = strain.map((e, k) => 60 * e * (Math.abs(e - 0.05) < 0.004 ? 0.6 : 1) + noise(k));
    expect(findYield(strain, dip)).toBeUndefined();
    const backAndForth = strain.map((e) => 0.1 - Math.abs(e - 0.1));
    expect(
      findYield(
        backAndForth,
        backAndForth.map((e, k) => 60 * e + noise(k)),
      ),
    ).toBeUndefined();
    expect(findYield(strain, stress, { drop: 0.95 })).toBeUndefined();
    expect(findYield([0], [0])).toBeUndefined();
  });
});

describe('quasi-static strain', () => {
  it('pulls copper by its Young’s modulus, sides and atoms settled', async () => {
    const integrator = integrators.create(
      integrators.schema.parse({
        kind: 'deform',
        timestep: '1 fs',
        strain: { zz: { from: 0, to: 0.004, over: '4 fs' } },
        temperature: '1 K',
        pressure: '0 GPa',
      }),
    );
    const cell = crystal('fcc', ['Cu'], 3.615);
    const backend = quasiStatic(plainBackend, { force: 1e-4, stress: 1e-3 / GPA, steps: 200 });
    const start = {
      step: 0,
      structure: cell,
      velocities: new Float64Array(12).fill(1),
      extended: new Float64Array(0),
    };
    const engine = await backend.prepare(zhou, integrator, start);
    const sampler = await curveSampler(backend, zhou, cell.cell);
    const stresses: number[] = [];
    for (let k = 0; k < 4; k++) {
      const stop = await engine.advance(1, { interval: 1, measures: [] }, new AbortController().signal);
      expect(stop.reason).toBe('finished');
      const point = await sampler.point(engine.state(), engine.observe());
      expect(point.strain[2]).toBeCloseTo(0.001 * (k + 1), 9);
      expect(Math.abs(point.stress[0])).toBeLessThan(2e-3);
      expect(point.spread[0]).toBeNaN();
      expect(point.structures[1]).toBe(4);
      stresses.push(point.stress[2]);
    }
    // E[001] = (C11 − C12)(C11 + 2 C12)/(C11 + C12) of this potential: 170.0, 122.6 GPa.
    const [C11, C12] = [170, 122.6];
    const young = ((C11 - C12) * (C11 + 2 * C12)) / (C11 + C12);
    expect((stresses[3] - stresses[0]) / 0.003 / young).toBeCloseTo(1, 1);
    expect(engine.state().velocities.every((v) => v === 0)).toBe(true);
  });
});
