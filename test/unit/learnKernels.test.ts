/** Compiled kernels of training against plain TypeScript, on inputs that are new every time. */
import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { type Algebra, newFactor } from '../../src/learn/algebra.ts';
import type { LabelledFrame } from '../../src/learn/dataset.ts';
import { trainerBytes } from '../../src/learn/memory.ts';
import { plainAlgebra } from '../../src/learn/plainAlgebra.ts';
import { trainSchema } from '../../src/learn/schema.ts';
import { createTrainer, type TrainerKernels } from '../../src/learn/trainer.ts';
import { wasmAlgebra } from '../../src/learn/wasmAlgebra.ts';

const seed = Date.now() % 2 ** 31;
console.log(`kernels of training: seed ${seed}`);
const four = new Float64Array(4);
const gauss = (topic: number, k: number) => normals(seed, STREAM.rattle, topic, k, four)[0];
const random = (topic: number, length: number) => Float64Array.from({ length }, (_, k) => gauss(topic, k));

/** Largest difference relative to the largest value. */
function deviation(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  let size = 0;
  for (let k = 0; k < expected.length; k++) {
    worst = Math.max(worst, Math.abs(found[k] - expected[k]));
    size = Math.max(size, Math.abs(expected[k]));
  }
  expect(size).toBeGreaterThan(0);
  expect(found.length).toBe(expected.length);
  return worst / size;
}

/** The same on both algebras; the first comes from the kernels. */
function both<T>(width: number, use: (algebra: Algebra) => T): [T, T] {
  const kernels = wasmAlgebra(width, 2);
  const found: [T, T] = [use(kernels), use(plainAlgebra)];
  kernels.dispose();
  return found;
}

describe.each([
  [7, 5],
  [33, 331],
  [90, 30],
  [300, 331],
])('%i columns, %i rows', (width, count) => {
  const filled = (algebra: Algebra, topic: number) => {
    const f = newFactor(algebra, width);
    algebra.append(f, { count: 2 * width, values: random(topic, 2 * width * width) }, 1);
    algebra.append(f, { count, values: random(topic + 1, count * width) }, 0.7);
    return f;
  };

  it('gives the factor of plain reflections', () => {
    const [found, plain] = both(width, (algebra) => filled(algebra, 10).r);
    expect(deviation(found, plain)).toBeLessThan(1e-12);
  });

  it('merges factors while something else goes on', () => {
    const [found, plain] = both(width, (algebra) => {
      const into = [20, 22, 24].map((topic) => filled(algebra, topic));
      const from = filled(algebra, 26);
      const mergers = into.map((f, k) => ({ into: f, from, scale: 0.5 + k }));
      const other = algebra.merge(mergers, () => {
        const f = filled(algebra, 28);
        return Array.from(f.r);
      });
      return [...into.flatMap((f) => Array.from(f.r)), ...other];
    });
    expect(deviation(found, plain)).toBeLessThan(1e-12);
  });

  it('solves ridge problems', () => {
    const roughness = Float64Array.from({ length: width - 1 }, (_, k) => 1 + (k % 7));
    const [found, plain] = both(width, (algebra) => {
      const data = filled(algebra, 30);
      const anchor = random(33, width - 1);
      return algebra.ridge([
        { data, roughness, lambda: 0.1 },
        { data, roughness, lambda: 3, anchor },
      ]);
    });
    for (const k of [0, 1]) {
      expect(deviation(found[k].coefficients, plain[k].coefficients)).toBeLessThan(1e-11);
      expect(found[k].objective / plain[k].objective).toBeCloseTo(1, 10);
      expect(found[k].logVolume).toBeCloseTo(plain[k].logVolume, 9);
    }
  });

  it('multiplies matrices of any strides', () => {
    const [m, n, k] = [width, count, 270];
    const [found, plain] = both(width, (algebra) => {
      const [A, B, C] = [m * k, n * k, m * n].map((length) => algebra.doubles(length));
      A.set(random(40, m * k));
      B.set(random(41, n * k));
      C.set(random(42, m * n));
      const b = { data: B, row: 1, column: k };
      algebra.multiply(m, n, k, -0.5, { data: A, row: k, column: 1 }, b, C);
      algebra.multiply(m, n, k, 2, { data: A, row: 1, column: m }, b, C);
      return C.slice();
    });
    expect(deviation(found, plain)).toBeLessThan(1e-12);
  });

  it('swaps as plain MaxVol does', () => {
    const K = width;
    const [found, plain] = both(width, (algebra) => {
      const c = algebra.doubles((K + count) * K);
      for (let k = 0; k < K; k++) c[k * K + k] = 1;
      c.set(random(50, count * K), K * K);
      const slots = algebra.integers(K);
      for (let k = 0; k < K; k++) slots[k] = k;
      const growth = algebra.makeDominant(c, K + count, K, slots, 1.001);
      return { growth, slots: Array.from(slots), c: c.slice() };
    });
    expect(plain.growth).toBeGreaterThan(0.1);
    expect(found.slots).toEqual(plain.slots);
    expect(found.growth).toBeCloseTo(plain.growth, 9);
    expect(deviation(found.c, plain.c)).toBeLessThan(1e-9);
  });
});

function crystal(topic: number): Structure {
  const a = 3.7;
  const unit = structureFrom(
    ['Cu', 'Zn', 'Cu', 'Cu'],
    [0, 0, 0, 0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
    [a, 0, 0, 0, a, 0, 0, 0, a],
  );
  const s = supercell(unit, [2, 2, 2]);
  return { ...s, positions: s.positions.map((x, k) => x + 0.1 * gauss(60 + topic, k)) };
}

describe('an expansion of two elements', () => {
  const request = { elements: ['Cu', 'Zn'], cutoff: '5 Å', nradmax: [5, 2, 1], lmax: [0, 3, 2] };
  const ace = createAce(aceRequestSchema.parse(request));

  it('has the rows of plain TypeScript', () => {
    const kernels = wasmAlgebra(2, 3);
    const s = crystal(1);
    const list = buildNeighbours(s, ace.cutoff);
    const plain = ace.rows(s, list);
    const found = ace.rows(s, list, kernels.crew);
    expect(deviation(found.energy, plain.energy)).toBe(0);
    expect(deviation(found.forces, plain.forces)).toBeLessThan(1e-12);
    expect(deviation(found.strain, plain.strain)).toBeLessThan(1e-12);
    kernels.dispose();
  });

  const frames = [1, 2, 3, 4].map((topic): LabelledFrame => {
    const structure = crystal(topic);
    const n = structure.species.length;
    return {
      structure,
      label: { energy: gauss(70, topic), forces: random(71 + topic, 3 * n), stress: random(80, 6) },
      core: new Uint8Array(n).fill(1),
      faithful: true,
      group: 'any',
      generation: 0,
    };
  });
  const taught = (options: TrainerKernels, activeSet = {}) => {
    const trainer = createTrainer(trainSchema.parse({ activeSet }), ace, [], options);
    trainer.learn(frames.slice(0, 3));
    const training = trainer.learn(frames.slice(3));
    trainer.dispose();
    return { training, bytes: trainer.bytes };
  };

  it('is taught bitwise the same by any number of threads, and to rounding by plain TypeScript', () => {
    const { training: one } = taught({ threads: 1 });
    const { parameters } = one.potential;
    for (const threads of [1, 2, 5]) {
      const { training } = taught({ threads });
      expect(training.potential.parameters).toEqual(parameters);
      expect(training.activeSet).toEqual(one.activeSet);
      expect(training.errors).toEqual(one.errors);
    }
    const { training: plain } = taught({ kernels: 'plain' });
    expect(plain.regularisation / one.regularisation).toBeCloseTo(1, 5);
    expect(deviation(parameters.mean, plain.potential.parameters.mean)).toBeLessThan(1e-6);
    expect(one.errors.forceRmse / plain.errors.forceRmse).toBeCloseTo(1, 8);
  });

  it('takes no more memory than stated', () => {
    const stated = trainerBytes(ace.functionOffsets, 8, frames[0].structure.species.length, 2);
    const { bytes } = taught({ threads: 2 });
    expect(bytes).toBeLessThan(stated);
    expect(bytes).toBeGreaterThan(stated / 20);
    const local = { clusters: 5, restarts: 3 };
    const more = trainerBytes(ace.functionOffsets, 8, frames[0].structure.species.length, 2, local);
    expect(taught({ threads: 2 }, local).bytes).toBeLessThan(more);
    expect(taught({ threads: 2 }, local).bytes).toBeGreaterThan(bytes);
  });
});
