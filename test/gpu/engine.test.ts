import { afterAll, describe, expect, it, vi } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import type { Engine, Watch } from '../../src/backend/backend.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { SKIN } from '../../src/backend/stepping/evaluator.ts';
import { openGpu } from '../../src/backend/webgpu/device.ts';
import { webgpuBackend } from '../../src/backend/webgpu/webgpuBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import type { Potential } from '../../src/core/potential.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { extrapolationGrade } from '../../src/uncertainty/extrapolationGrade.ts';
import type { Uncertainty } from '../../src/uncertainty/uncertainty.ts';
import { argon, argonCrystal, startAt } from '../support/argon.ts';
import { largest } from '../support/compare.ts';
import { integratorFrom, never, unwatched } from '../support/integrate.ts';
import { WEBGPU } from '../tolerances.ts';
import { backend, found } from './adapter.ts';

const open: Engine[] = [];
afterAll(() => {
  for (const e of open) e.dispose();
});
async function engine(
  potential: Potential,
  options: Record<string, unknown>,
  start: MdState,
): Promise<Engine> {
  const e = await backend.prepare(potential, integratorFrom(options), start);
  open.push(e);
  return e;
}
const verlet = { kind: 'velocityVerlet', timestep: '4 fs' };
const start = () => startAt(argonCrystal(2), 60);
const off = (a: Float64Array, b: Float64Array) => largest(a.map((x, k) => x - b[k]));

describe.skipIf(!found)('motion on the device', () => {
  it('makes room when a cluster shrinks, without losing a step', { timeout: 60_000 }, async () => {
    const s = argonCrystal(2, 7);
    const dense = startAt({ ...s, periodic: [false, false, false] }, 60);
    const inwards = dense.velocities.map((v, k) => v - 0.0025 * (s.positions[k] - 5));
    const from = { ...dense, velocities: inwards };
    const pairs = (x: Structure) => buildNeighbours(x, argon.cutoff + SKIN).indices.length;
    const plain = await plainBackend.prepare(argon, integratorFrom(verlet), from);
    const device = await engine(argon, verlet, from);
    for (const e of [plain, device]) await e.advance(30, unwatched, never);
    expect(pairs(plain.state().structure)).toBeGreaterThan(1.3 * pairs(from.structure) + 64);
    expect(off(device.state().structure.positions, plain.state().structure.positions)).toBeLessThan(1e-4);
  });

  it('stops where atoms fly apart', { timeout: 60_000 }, async () => {
    const from = start();
    from.velocities[7] = 0.3;
    const device = await engine(argon, verlet, from);
    const stop = await device.advance(20, unwatched, never);
    expect(stop).toMatchObject({
      reason: 'unstable',
      step: 1,
      detail: expect.stringMatching(/atom 2 moved more than 1 Å/),
    });
  });

  it.each([
    ['hot', 2, 1, /the temperature is \S+ K, must stay below 2500 K/],
    ['what no dynamics gives', 2.25, 10, /the conserved quantity moved by more than 0.05 eV\/atom/],
  ])(
    'that gets %s ends at the check at which the truth ends',
    { timeout: 60_000 },
    async (_, r, timestep, why) => {
      const { positions: x, ...s } = argonCrystal(2);
      // The second atom comes as close as `r` Å to the first.
      const closer = x.map((at, k) =>
        k < 3 || k > 5 ? at : x[k - 3] + ((at - x[k - 3]) * r) / Math.hypot(x[3], x[4], x[5]),
      );
      const collision = startAt({ ...s, positions: closer }, 60);
      const options = { ...verlet, timestep: `${timestep} fs` };
      const device = await engine(argon, options, collision);
      const plain = await plainBackend.prepare(argon, integratorFrom(options), collision);
      const [d, p] = [await device.advance(40, unwatched, never), await plain.advance(40, unwatched, never)];
      if (d.reason !== 'unstable' || p.reason !== 'unstable') throw new Error(`${d.reason}, ${p.reason}`);
      expect(d.detail).toMatch(why);
      expect(d.step).toBeGreaterThanOrEqual(p.step);
      expect(d.step - p.step).toBeLessThan(unwatched.interval);
      expect(d.state.step).toBe(d.step - unwatched.interval);
    },
  );
});

/** A backend, and how often the host has read from its device. */
function counted() {
  let readings = 0;
  const backend = webgpuBackend(undefined, async () => {
    const gpu = await openGpu();
    const make = gpu.device.createBuffer.bind(gpu.device);
    Object.defineProperty(gpu.device, 'createBuffer', {
      value(options: GPUBufferDescriptor) {
        if (options.usage & GPUBufferUsage.MAP_READ) readings++;
        return make(options);
      },
    });
    return gpu;
  });
  return { ...backend, readings: () => readings };
}

const four = new Float64Array(4);
const normal = (seed: number, k: number) => normals(seed, STREAM.select, 0, k, four)[0];

describe.skipIf(!found)('grades of motion on the device', () => {
  const bare = createAce(
    aceRequestSchema.parse({ elements: ['Cu'], cutoff: '4.6 Å', nradmax: [4, 2], lmax: [0, 2] }),
  );
  const potential = bare.withParameters({
    e0: Float64Array.of(-3),
    mean: bare.roughness.map((rough, k) => (0.5 * normal(1, k)) / rough),
    members: [],
  });
  const size = potential.functionCount;
  const activeSet = [
    {
      element: 'Cu',
      size,
      inverse: Float64Array.from({ length: size * size }, (_, k) => 0.02 * normal(51, k)),
      span: new Float64Array(0),
      rank: 0,
      scale: new Float64Array(size),
    },
  ];
  const measure: Uncertainty = extrapolationGrade.create({} as never)({ activeSet, potential });
  const copper = structureFrom(
    ['Cu', 'Cu', 'Cu', 'Cu'],
    [0, 0, 0, 0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0],
    [3.6, 0, 0, 0, 3.6, 0, 0, 0, 3.6],
  );
  const from = startAt(supercell(copper, [2, 1, 1]), 400);
  const options = { kind: 'velocityVerlet', timestep: '2 fs' };
  const watch = (pause: number): Watch => ({
    interval: 5,
    measures: [{ measure, select: 0.97 * pause, pause }],
  });

  it('keep the trusted state of the device, and are those of the truth', { timeout: 60_000 }, async () => {
    const warned = vi.spyOn(process, 'emitWarning');
    const langevin = { kind: 'langevin', timestep: '2 fs', temperature: '400 K', seed: 4 };
    const plain = await plainBackend.prepare(potential, integratorFrom(langevin), from);
    const device = await engine(potential, langevin, from);
    for (const e of [plain, device])
      for (const steps of [3, 30, 4, 1]) await e.advance(steps, watch(1e9), never);
    const [a, b] = [device, plain].map((e) => e.checks()[0]);
    expect(warned).not.toHaveBeenCalled();
    expect(a.max).toBe(Math.fround(a.max));
    expect(b.max).toBeGreaterThan(0.1);
    expect(Math.abs(a.max - b.max)).toBeLessThan(WEBGPU.grade * (1 + b.max));
    const [t, u] = [device.trusted(), plain.trusted()];
    expect([t.step, u.step]).toEqual([35, 35]);
    expect(off(t.structure.positions, u.structure.positions)).toBeLessThan(1e-4);
    expect(Math.abs(t.extended[0] - u.extended[0])).toBeLessThan(1e-5);
  });

  it('are f64 at every check, and say so, where f32 is not enough', { timeout: 60_000 }, async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const s = from.structure;
    const { projections } = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['projections']);
    // Every column is all but at right angles to the first atom's projections, and long: what is left are rounding errors.
    const b = projections.subarray(0, size);
    const square = b.reduce((sum, x) => sum + x * x, 0);
    const inverse = new Float64Array(size * size);
    for (let j = 0; j < size; j++) {
      const along = Array.from(b, (_, v) => 1e6 * normal(60 + j, v));
      const dot = along.reduce((sum, x, v) => sum + x * b[v], 0) / square;
      for (let v = 0; v < size; v++) inverse[v * size + j] = along[v] - dot * b[v];
    }
    const stiff = extrapolationGrade.create({} as never)({
      activeSet: [{ ...activeSet[0], inverse }],
      potential,
    });
    const both = { interval: 5, measures: [{ measure: stiff, select: 1e12, pause: 1e12 }] };
    const plain = await plainBackend.prepare(potential, integratorFrom(options), from);
    const device = await engine(potential, options, from);
    for (const e of [plain, device]) await e.advance(5, both, never);
    expect(warned).toHaveBeenCalledWith(expect.stringMatching(/ill-conditioned for f32; grades are f64/));
    expect(device.checks()[0].atom).toBe(plain.checks()[0].atom);
    expect(device.checks()[0].max / plain.checks()[0].max).toBeCloseTo(1, 3);
  });

  it('are noted on the device beyond `select`, and told where the run stops', {
    timeout: 60_000,
  }, async () => {
    const cold = startAt(from.structure, 50);
    const careful: Watch = { interval: 2, measures: [{ measure, select: 0.905, pause: 0.97 }] };
    const plain = await plainBackend.prepare(potential, integratorFrom(options), cold);
    const { readings, ...watched } = counted();
    const device = await watched.prepare(potential, integratorFrom(options), cold);
    open.push(device);
    await device.advance(2, careful, never);
    const before = readings();
    const b = await device.advance(148, careful, never);
    const taken = readings() - before;
    const a = await plain.advance(150, careful, never);
    if (a.reason !== 'uncertain' || b.reason !== 'uncertain') throw new Error(`${a.reason}, ${b.reason}`);
    expect(a.frames.length).toBeGreaterThan(5);
    expect([b.step, b.state.step]).toEqual([a.step, a.state.step]);
    expect(b.frames.map((f) => [f.step, f.flagged.map((x) => x.atom)])).toEqual(
      a.frames.map((f) => [f.step, f.flagged.map((x) => x.atom)]),
    );
    b.frames.forEach((f, k) => {
      expect(off(f.structure.positions, a.frames[k].structure.positions)).toBeLessThan(1e-3);
    });
    // Fewer than there were checks: the host reads at halts and at the ends of batches alone.
    expect(taken).toBeLessThan(a.step / 2);
  });

  it('stop at the step and the atom at which the truth stops', { timeout: 60_000 }, async () => {
    const seen = await plainBackend.prepare(potential, integratorFrom(options), from);
    const maxima: number[] = [];
    for (let k = 0; k < 12; k++) {
      await seen.advance(5, watch(1e9), never);
      maxima.push(seen.checks()[0].max);
    }
    const first = maxima[0];
    const pause = (first + Math.max(...maxima)) / 2;
    expect(Math.max(...maxima)).toBeGreaterThan(1.001 * first);
    const plain = await plainBackend.prepare(potential, integratorFrom(options), from);
    const device = await engine(potential, options, from);
    const [a, b] = [
      await plain.advance(60, watch(pause), never),
      await device.advance(60, watch(pause), never),
    ];
    if (a.reason !== 'uncertain' || b.reason !== 'uncertain') throw new Error(`${a.reason}, ${b.reason}`);
    expect(b.step).toBe(a.step);
    expect(b.state.step).toBe(a.state.step);
    expect(b.frames.map((f) => [f.step, f.flagged[0].atom])).toEqual(
      a.frames.map((f) => [f.step, f.flagged[0].atom]),
    );
    expect(off(b.state.structure.positions, a.state.structure.positions)).toBeLessThan(1e-4);
  });
});
