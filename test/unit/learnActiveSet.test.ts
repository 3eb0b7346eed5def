import { determinant, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/cluster/rows.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { activeSetBuilder } from '../../src/learn/activeSetBuilder.ts';
import { coordinates, rowGrade } from '../../src/learn/maxvol.ts';
import { maxvolRows } from '../../src/learn/maxvolRows.ts';

const four = new Float64Array(4);
const gauss = (topic: number, k: number) => normals(4, STREAM.rattle, topic, k, four)[0];
const options = { tolerance: 1.001, unseen: 1e-3 };

function pool(topic: number, rows: number, K: number): Float64Array {
  return Float64Array.from({ length: rows * K }, (_, k) => gauss(topic, k));
}

/** Rows of rank `rank`, columns of unlike scale. */
function deficient(topic: number, rows: number, K: number, rank: number): Float64Array {
  const left = new Matrix(
    Array.from({ length: rows }, (_, r) =>
      Array.from({ length: rank }, (_, q) => gauss(topic, r * rank + q)),
    ),
  );
  const right = new Matrix(
    Array.from({ length: rank }, (_, q) =>
      Array.from({ length: K }, (_, v) => 10 ** (v % 5) * gauss(topic + 1, q * K + v)),
    ),
  );
  return Float64Array.from(left.mmul(right).to1DArray());
}

function grades(rows: Float64Array, K: number, inverse: Float64Array): number[] {
  const count = rows.length / K;
  const c = coordinates(rows, count, K, inverse, new Float64Array(count * K));
  return Array.from({ length: count }, (_, r) => rowGrade(c, r, K));
}

function trained(rows: Float64Array, K: number) {
  const builder = activeSetBuilder('Cu', K, options);
  builder.offer(rows, rows.length / K);
  return builder;
}

describe('active set', () => {
  it('grades the pool it chose from by no more than the tolerance, and far rows by more', () => {
    const K = 20;
    const rows = pool(1, 400, K);
    const { inverse } = trained(rows, K).snapshot();
    expect(Math.max(...grades(rows, K, inverse))).toBeLessThan(1.001 + 1e-9);
    expect(Math.max(...grades(rows, K, inverse))).toBeGreaterThan(0.99);
    expect(
      Math.min(
        ...grades(
          pool(2, 50, K).map((x) => 10 * x),
          K,
          inverse,
        ),
      ),
    ).toBeGreaterThan(2);
  });

  it('never lets the volume fall, nor forgets what it saw by much', () => {
    const K = 20;
    const builder = activeSetBuilder('Cu', K, options);
    let volume = builder.logVolume;
    const seen: number[] = [];
    for (let f = 0; f < 60; f++) {
      const rows = pool(10 + f, 30, K).map((x) => (1 + f / 20) * x);
      builder.offer(rows, 30);
      expect(builder.logVolume).toBeGreaterThanOrEqual(volume);
      volume = builder.logVolume;
      seen.push(...rows);
      expect(Math.max(...grades(rows, K, builder.snapshot().inverse))).toBeLessThan(1.001 + 1e-9);
    }
    expect(Math.max(...grades(Float64Array.from(seen), K, builder.snapshot().inverse))).toBeLessThan(1.2);
  });

  it('reports the volume of the rows it holds', () => {
    const K = 6;
    const builder = trained(pool(3, 40, K), K);
    const { inverse } = builder.snapshot();
    const inverted = Math.abs(determinant(Matrix.from1DArray(K, K, Array.from(inverse))));
    expect(builder.logVolume).toBeCloseTo(-Math.log(inverted), 9);
  });

  it('comes within the proven factor of the best of all submatrices, and mostly finds it', () => {
    let best = 0;
    for (let topic = 100; topic < 140; topic++) {
      const rows = pool(topic, 9, 3);
      const volume = Math.exp(trained(rows, 3).logVolume);
      const most = bruteForce(rows);
      expect(volume).toBeLessThan(most * (1 + 1e-9));
      expect(volume).toBeGreaterThan(most / 3 ** 1.5);
      if (volume > most * (1 - 1e-9)) best++;
    }
    expect(best).toBeGreaterThan(24);
  });

  it('does not depend on the scale of the functions', () => {
    const K = 12;
    const rows = pool(4, 100, K);
    const scale = Float64Array.from({ length: K }, (_, v) => 2 ** (((5 * v) % 19) - 9));
    const scaled = rows.map((x, k) => x * scale[k % K]);
    const probe = pool(5, 20, K);
    const plain = grades(probe, K, trained(rows, K).snapshot().inverse);
    const other = grades(
      probe.map((x, k) => x * scale[k % K]),
      K,
      trained(scaled, K).snapshot().inverse,
    );
    plain.forEach((g, k) => {
      expect(other[k] / g).toBeCloseTo(1, 9);
    });
  });

  it('stays finite and meaningful when the pool has a tenth of the rank', () => {
    const K = 40;
    const rows = deficient(20, 300, K, 4);
    const set = trained(rows, K).snapshot();
    expect(set.rank).toBe(4);
    expect(Math.max(...grades(rows, K, set.inverse))).toBeLessThan(1.001 + 1e-9);
    const noisy = rows.map((x, k) => x * (1 + 1e-6 * gauss(30, k)));
    expect(Math.max(...grades(noisy, K, set.inverse))).toBeLessThan(1.1);
    const outside = deficient(40, 50, K, 4);
    expect(Math.min(...grades(outside, K, set.inverse))).toBeGreaterThan(10);
  });

  it('takes fewer environments than functions, then learns the rest', () => {
    const K = 15;
    const few = pool(6, 3, K);
    const rest = pool(7, 100, K);
    const builder = trained(few, K);
    const early = builder.snapshot();
    expect(early.rank).toBe(3);
    expect(Math.max(...grades(few, K, early.inverse))).toBeLessThan(1.001 + 1e-9);
    expect(Math.min(...grades(rest, K, early.inverse))).toBeGreaterThan(10);
    builder.offer(rest, 100);
    expect(Math.max(...grades(rest, K, builder.snapshot().inverse))).toBeLessThan(1.001 + 1e-9);
    expect(builder.snapshot().rank).toBe(K);
  });

  it('calls rounding noise in silent functions nothing new, a real signal something', () => {
    const K = 5;
    const silent = (topic: number, size: number) =>
      pool(topic, 30, K).map((x, k) => (k % K === 4 ? size * x : x));
    const { inverse } = trained(silent(8, 1e-16), K).snapshot();
    expect(Math.max(...grades(silent(8, -3e-16), K, inverse))).toBeLessThan(1.1);
    expect(Math.max(...grades(silent(8, 1e-6), K, inverse))).toBeGreaterThan(100);
  });

  it('knows nothing before it has seen anything', () => {
    const set = activeSetBuilder('Cu', 3, options).snapshot();
    expect(set.rank).toBe(0);
    expect(Math.min(...grades(pool(9, 10, 3), 3, set.inverse))).toBeGreaterThan(1e15);
  });

  it('names the rows it chose, and forgets on demand', () => {
    const K = 12;
    const rows = pool(50, 300, K);
    const builder = trained(rows, K);
    expect(builder.chosen).toHaveLength(K);
    const chosen = builder.chosen.map(
      (r) => grades(rows.subarray(r * K, (r + 1) * K), K, builder.snapshot().inverse)[0],
    );
    for (const grade of chosen) expect(grade).toBeCloseTo(1, 9);
    const picked = builder.chosen.flatMap((r) => Array.from(rows.subarray(r * K, (r + 1) * K)));
    const volume = Math.abs(determinant(Matrix.from1DArray(K, K, picked)));
    expect(builder.logVolume).toBeCloseTo(Math.log(volume), 9);
    builder.forget();
    expect(builder.environments).toBe(0);
    expect(builder.chosen).toEqual([]);
    builder.offer(rows, 300);
    expect(builder.snapshot()).toEqual(trained(rows, K).snapshot());
  });

  it('chooses from many rows block by block until none is beyond the tolerance', () => {
    const K = 10;
    const rows = pool(60, 4000, K);
    const found = maxvolRows(rowsOf(rows, K), { ...options, passes: 12 });
    expect(found.settled).toBe(true);
    found.logVolumes.forEach((volume, k) => {
      if (k > 0) expect(volume).toBeGreaterThanOrEqual(found.logVolumes[k - 1]);
    });
    expect(Math.max(...grades(rows, K, found.activeSet.inverse))).toBeLessThan(1.001 + 1e-9);
    expect(new Set(found.chosen).size).toBe(K);
    expect(Math.max(...found.chosen)).toBeGreaterThan(512);
    const picked = found.chosen.flatMap((r) => Array.from(rows.subarray(r * K, (r + 1) * K)));
    const volume = Math.abs(determinant(Matrix.from1DArray(K, K, picked)));
    expect(found.logVolumes.at(-1)).toBeCloseTo(Math.log(volume), 9);
    expect(maxvolRows(rowsOf(rows.slice(0, 4 * K), K), options).chosen).toEqual([0, 1, 2, 3]);
  });

  it('repeats bitwise, and the inverse stays exact through many swaps', () => {
    const K = 30;
    const grow = () => {
      const builder = activeSetBuilder('Cu', K, options);
      for (let f = 0; f < 40; f++)
        builder.offer(
          pool(200 + f, 25, K).map((x) => (1 + f / 10) * x ** 3),
          25,
        );
      return builder;
    };
    expect(grow().snapshot()).toEqual(grow().snapshot());
    const last = pool(239, 25, K).map((x) => (1 + 39 / 10) * x ** 3);
    const { inverse } = grow().snapshot();
    const ones = grades(last, K, inverse).filter((g) => Math.abs(g - 1) < 1e-9);
    expect(ones.length).toBeGreaterThan(0);
  });
});

function bruteForce(rows: Float64Array): number {
  let most = 0;
  const row = (r: number) => Array.from(rows.subarray(3 * r, 3 * r + 3));
  for (let a = 0; a < 9; a++)
    for (let b = a + 1; b < 9; b++)
      for (let c = b + 1; c < 9; c++)
        most = Math.max(most, Math.abs(determinant(new Matrix([row(a), row(b), row(c)]))));
  return most;
}
