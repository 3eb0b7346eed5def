import { beforeAll, describe, expect, it } from 'vitest';
import type { Integrator } from '../../integrators/substeps.ts';
import type { LearnableAce } from '../../potentials/ace/ace.ts';
import { biased } from '../../src/backend/biased.ts';
import { plainEvaluator } from '../../src/backend/plain/evaluator.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { biasedEvaluator } from '../../src/backend/stepping/biased.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import { webgpuBackend } from '../../src/backend/webgpu/webgpuBackend.ts';
import { biases } from '../../src/bias/registry.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import type { Structure } from '../../src/core/structure.ts';
import { maxwellBoltzmann } from '../../src/core/velocities.ts';
import { firstLessons } from '../../src/run/onTheFly.ts';
import { rattled } from '../../src/run/startingData.ts';
import { largest } from '../support/compare.ts';
import { integratorFrom, never, unwatched } from '../support/integrate.ts';
import { itemsOf, partsOf } from './assembled.ts';
import { tinyConfig } from './tinyRun.ts';

const biasFrom = (options: object) => biases.create(biases.schema.parse({ kind: 'hyperactive', ...options }));
const given = biasFrom({ strength: 3, scale: 'absolute', cap: '100 eV/Å' });
const verlet = (timestep: string): Integrator => integratorFrom({ kind: 'velocityVerlet', timestep });

let potential: LearnableAce;
let start: MdState;

beforeAll(async () => {
  const parts = partsOf(tinyConfig());
  const lessons = firstLessons(parts, never);
  for (let next = await lessons.next(); ; next = await lessons.next()) {
    if (!next.done) continue;
    potential = next.value.training.potential;
    break;
  }
  const [{ structure }] = rattled(parts.start.structure, {
    frames: 1,
    amplitude: 0.15,
    strain: 0.02,
    seed: 9,
  });
  const velocities = maxwellBoltzmann(structure, 600, 4, true);
  start = { step: 0, structure, velocities, extended: new Float64Array(0) };
});

/** Of the biased energy at a structure, with memory that starts empty. */
function biasedAt(structure: Structure, bias = given) {
  const inner = plainEvaluator(potential, structure);
  return biasedEvaluator(inner, bias, potential, new Float64Array(1 + bias.memory)).latest;
}

describe('the hyperactive bias', () => {
  it('has forces and virial that are derivatives of the biased energy', () => {
    const s = start.structure;
    const { energy, energies, forces, virial } = biasedAt(s);
    const bare = potential.evaluate(s, buildNeighbours(s, potential.cutoff), ['forces', 'virial']);
    expect(largest(forces.map((f, k) => f - bare.forces[k]))).toBeGreaterThan(0.05);
    expect(largest(virial.map((w, k) => w - bare.virial[k]))).toBeGreaterThan(0.05);
    expect(bare.energy - energy).toBeGreaterThan(0.01);
    expect(energies.reduce((a, b) => a + b, 0)).toBeCloseTo(energy, 9);
    const moved = (k: number, h: number) => {
      const positions = s.positions.slice();
      positions[k] += h;
      return biasedAt({ ...s, positions }).energy;
    };
    const strained = (a: number, b: number, h: number) => {
      const stretch = (list: Float64Array) => list.map((x, k) => x + (k % 3 === a ? h * list[k - a + b] : 0));
      return biasedAt({ ...s, positions: stretch(s.positions), cell: stretch(s.cell) }).energy;
    };
    const slope = (f: (h: number) => number, h: number) => (f(h) - f(-h)) / (2 * h);
    const error = (h: number) =>
      Math.hypot(
        ...[0, 4, 8, 31].map((k) => slope((x) => moved(k, x), h) + forces[k]),
        ...[0, 1, 5, 8].map((q) => slope((x) => strained(Math.floor(q / 3), q % 3, x), h) + virial[q]),
      );
    const [coarse, fine] = [error(1e-3), error(5e-4)];
    expect(coarse).toBeGreaterThan(1e-7);
    expect(coarse / fine).toBeGreaterThan(3.6);
    expect(coarse / fine).toBeLessThan(4.4);
  });

  it('pushes no atom harder than its cap, nor the system as a whole', () => {
    const { structure } = start;
    const bare = potential.evaluate(structure, buildNeighbours(structure, potential.cutoff), ['forces']);
    const push = (cap: string) => {
      const { forces } = biasedAt(structure, biasFrom({ strength: 3, scale: 'absolute', cap }));
      const f = forces.map((x, k) => x - bare.forces[k]);
      const lengths = Array.from({ length: f.length / 3 }, (_, i) =>
        Math.hypot(...f.slice(3 * i, 3 * i + 3)),
      );
      return {
        most: Math.max(...lengths),
        net: [0, 1, 2].map((x) => f.reduce((a, v, k) => a + (k % 3 === x ? v : 0), 0)),
      };
    };
    const [free, capped] = [push('100 eV/Å'), push('0.02 eV/Å')];
    expect(free.most).toBeGreaterThan(0.04);
    expect(capped.most).toBeCloseTo(0.02, 9);
    for (const { net } of [free, capped]) expect(largest(net)).toBeLessThan(1e-10);
  });

  it('is the same share of the forces in a system of twice the size', () => {
    const { structure: s } = start;
    const double: Structure = {
      ...s,
      species: Uint8Array.of(...s.species, ...s.species),
      positions: Float64Array.of(
        ...s.positions,
        ...s.positions.map(
          (x, k) =>
            x + (k % 3 === 0 ? s.cell[0] : 0) + (k % 3 === 1 ? s.cell[1] : 0) + (k % 3 === 2 ? s.cell[2] : 0),
        ),
      ),
      cell: s.cell.map((x, k) => (k < 3 ? 2 * x : x)),
    };
    const [one, two] = [s, double].map((x) => biasedAt(x, biasFrom({ strength: 0.3 })));
    expect(largest(two.forces.slice(0, one.forces.length).map((f, k) => f - one.forces[k]))).toBeLessThan(
      1e-9,
    );
    expect(two.energy).toBeCloseTo(2 * one.energy, 8);
  });

  it.each([plainBackend, wasmBackend(2)])(
    'conserves the biased energy on $kind, as well with a strength that moves',
    async (backend) => {
      const drift = async (timestep: number, options: object) => {
        const engine = await biased(backend, biasFrom({ cap: '100 eV/Å', ...options })).prepare(
          potential,
          verlet(`${timestep} fs`),
          start,
        );
        const { conserved, kineticEnergy, potentialEnergy } = engine.observe();
        let [worst, bare] = [0, 0];
        for (let k = 0; k < 20; k++) {
          await engine.advance(8 / timestep, unwatched, never);
          const now = engine.observe();
          worst = Math.max(worst, Math.abs(now.conserved - conserved));
          bare = Math.max(
            bare,
            Math.abs(now.kineticEnergy + now.potentialEnergy - kineticEnergy - potentialEnergy),
          );
        }
        engine.dispose();
        return { worst, bare };
      };
      const constant = { scale: 'absolute', strength: 3 };
      const moving = { scale: 'relative', strength: 0.4, memory: 5 };
      for (const options of [constant, moving]) {
        const [coarse, fine] = [(await drift(2, options)).worst, (await drift(1, options)).worst];
        expect(coarse).toBeGreaterThan(1e-6);
        expect(coarse / fine).toBeGreaterThan(3);
      }
      const { worst, bare } = await drift(1, moving);
      expect(bare).toBeGreaterThan(5 * worst);
    },
  );

  it.each([plainBackend, wasmBackend(1)])('goes on bitwise on $kind', async (backend) => {
    const hot = integratorFrom({ kind: 'noseHooverChain', timestep: '2 fs', temperature: '600 K' });
    const driven = biased(backend, biasFrom({ strength: 0.4, memory: 10 }));
    const [whole, first] = [
      await driven.prepare(potential, hot, start),
      await driven.prepare(potential, hot, start),
    ];
    await whole.advance(60, unwatched, never);
    await first.advance(23, unwatched, never);
    const second = await driven.prepare(potential, hot, first.state());
    await second.advance(37, unwatched, never);
    expect(second.state()).toEqual(whole.state());
    expect(second.state().extended).toHaveLength(1 + 3 + 2);
    for (const e of [whole, first, second]) e.dispose();
  });

  it('is refused where it cannot be added', async () => {
    expect(() => biased(webgpuBackend(), given)).toThrow('use backend: wasm');
    const alone = potential.withParameters({ ...potential.parameters, members: [] });
    await expect(biased(plainBackend, given).prepare(alone, verlet('1 fs'), start)).rejects.toThrow(
      'must be an ensemble',
    );
  });

  it('makes a run meet what it does not know earlier', async () => {
    const firstPause = async (bias?: object) => {
      const parts = partsOf(
        tinyConfig((c) => {
          c.md.integrator.temperature = '400 K';
          c.md.steps = 400;
          c.start = { rattle: { frames: 8, amplitude: '0.07 Å', strain: 0.01 } };
          c.stop.pauses = 1;
          Object.assign(c.md, bias && { bias });
        }),
      );
      const paused = (await itemsOf(parts)).find((item) => item.type === 'paused');
      return paused?.step ?? Number.POSITIVE_INFINITY;
    };
    const [plain, driven] = [await firstPause(), await firstPause({ kind: 'hyperactive' })];
    expect(driven).toBeLessThan(400);
    expect(driven).toBeLessThan(plain);
  });
});
