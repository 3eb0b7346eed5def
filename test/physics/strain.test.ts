import { describe, expect, it } from 'vitest';
import { integrators } from '../../integrators/registry.ts';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { countStructures, localStructure } from '../../src/analysis/localStructure.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../src/core/structure.ts';
import { GPA } from '../../src/core/units.ts';
import { memberPotentials, plainly } from '../../src/properties/evaluates.ts';
import { inherentStructure } from '../../src/properties/inherentStructure.ts';
import { memberStresses, spreadOf } from '../../src/properties/memberStress.ts';
import { faultedStack } from '../../src/properties/stackingFault.ts';
import { stressOf } from '../../src/properties/strain.ts';
import { findYield } from '../../src/properties/yield.ts';
import type { StrainCurve } from '../../src/report/read/strain.ts';
import { rattled as rattledBy } from '../../src/run/startingData.ts';
import { curveSampler } from '../../src/run/strain/curve.ts';
import { quasiStatic } from '../../src/run/strain/quasiStatic.ts';
import { restAtYield } from '../../src/run/strain/yieldFrames.ts';
import { yieldVerdict } from '../../src/run/strain/yieldVerdict.ts';

const copper: { kind: string } & Record<string, unknown> = { kind: 'eam', set: 'zhou', elements: ['Cu'] };
const zhou = potentials.create(potentials.schema.parse(copper));

/** Gaussian displacements, Å. */
function shaken(s: Structure, amplitude: number, seed: number): Structure {
  return rattledBy(s, { frames: 1, amplitude, strain: 0, seed })[0].structure;
}

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

describe('the verdict on yield', () => {
  const strain = Array.from({ length: 200 }, (_, k) => k / 1000);
  /** Yields at `at` and 60·`at` GPa. */
  const curve = (who: string, at: number): StrainCurve => {
    const stress = strain.map((e) => (e < at ? 60 * e : 60 * at - 400 * (e - at)));
    const none = strain.map(() => 0);
    const structures = {
      other: none,
      fcc: none,
      hcp: none,
      bcc: none,
      diamond: none,
      'hexagonal diamond': none,
    };
    const spread = strain.map(() => (who === 'this run' ? 0.1 : Number.NaN));
    const step = strain.map((_, k) => 10 * k);
    const yields = findYield(strain, stress, { window: 1 });
    return { who, step, strain, stress, spread, structures, yields };
  };
  const data = (own: number, others: readonly number[]) => ({
    component: 'zz' as const,
    run: curve('this run', own),
    references: others.map((at, k) => curve(`reference ${k + 1}`, at)),
    found: undefined,
  });

  it('is inside where one more run of the reference would lie, by Student’s factor', () => {
    const found = yieldVerdict(data(0.128, [0.12, 0.122, 0.124]));
    // t(2) = 4.303; s = 0.002; √(1 + 1/3).
    expect(found.band!.strain.mean).toBeCloseTo(0.122, 9);
    expect(found.band!.strain.half).toBeCloseTo(4.3027 * 0.002 * Math.sqrt(4 / 3), 6);
    expect(found.band!.stress.half).toBeCloseTo(60 * found.band!.strain.half, 6);
    expect(found.run).toEqual({ strain: 0.128, stress: 60 * 0.128, spread: 0.1 });
    expect(found.references[0]!.spread).toBeNull();
    expect(found.inside).toEqual({ strain: true, stress: true });
    expect(yieldVerdict(data(0.133, [0.12, 0.122, 0.124])).inside).toEqual({ strain: false, stress: false });
  });

  it('is none without two references that yield, and outside where the run does not', () => {
    expect(yieldVerdict(data(0.12, [0.12])).inside).toBeUndefined();
    expect(yieldVerdict(data(0.12, [0.12, 0.5])).band).toBeUndefined();
    expect(yieldVerdict(data(0.5, [0.12, 0.121]))).toMatchObject({
      run: null,
      inside: { strain: false, stress: false },
    });
  });

  it('says what the atoms are at rest: a stacking fault hidden in heat is two layers of hcp', async () => {
    const evaluates = plainly(zhou);
    // Twelve planes (111) with a fault between two of them, in a tilted cell without a surface.
    const faulted = supercell(faultedStack('Cu', 3.615, 12, 1), [4, 4, 1]);
    const hot = shaken(faulted, 0.16, 3);
    const moving = countStructures(localStructure(hot));
    expect(moving.fcc).toBeLessThan(0.8 * 160);
    expect(moving.hcp).not.toBe(32);
    const rest = await inherentStructure(evaluates, hot);
    expect(rest.converged).toBe(true);
    expect(countStructures(localStructure(rest.structure))).toMatchObject({ hcp: 32, fcc: 160, other: 0 });

    // The frame nearest to each point is taken, and each says its own step.
    const strain = Array.from({ length: 100 }, (_, k) => k / 1000);
    const stress = strain.map((e) => (e < 0.05 ? 60 * e : 1));
    const read = { ...curve('this run', 0.05), strain, step: strain.map((_, k) => 10 * k) };
    const yields = findYield(strain, stress, { window: 1 })!;
    const frames = [0, 480, 510, 600, 990].map((step) => ({
      step,
      structure: step < 500 ? crystal('fcc', ['Cu'], 3.615) : hot,
    }));
    const rested = await restAtYield(evaluates, { ...read, yields }, frames);
    expect(rested.map(({ frame }) => [frame.when, frame.step, frame.counts.hcp])).toEqual([
      ['start', 0, 0],
      ['yield', 480, 0],
      ['fallen', 510, 32],
      ['end', 990, 32],
    ]);
    expect(rested[1].frame.strain).toBeCloseTo(0.048, 9);
    expect(await restAtYield(evaluates, { ...read, yields: undefined }, frames)).toEqual([]);
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
