import { describe, expect, it } from 'vitest';
import { normals, STREAM } from '../../src/core/philox.ts';
import { activeSetBuilder } from '../../src/learn/activeSetBuilder.ts';
import { type LocalSets, localSetsBuilder } from '../../src/learn/localSets.ts';
import { largestCoordinate } from '../../src/uncertainty/extrapolationGrade.ts';
import { localGrader, READINGS, type Reading } from '../../src/uncertainty/localGrade.ts';

const K = 8;
const options = { tolerance: 1.001, unseen: 1e-3, clusters: 4, restarts: 1, seed: 1 };
const four = new Float64Array(4);

/** `count` rows around `centre` in every column, of spread `size`. */
function blob(topic: number, count: number, centre: number, size: number): Float64Array {
  return Float64Array.from(
    { length: count * K },
    (_, k) => centre + size * normals(4, STREAM.rattle, topic, k, four)[0],
  );
}

function joined(...parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((p) => Array.from(p)));
}

function taught(
  rows: Float64Array,
  changed: Partial<typeof options> = {},
  batch = rows.length / K,
): LocalSets {
  const builder = localSetsBuilder('W', K, { ...options, ...changed });
  for (let at = 0; at < rows.length / K; at += batch)
    builder.offer(rows.subarray(at * K, (at + batch) * K), Math.min(batch, rows.length / K - at));
  return builder.snapshot();
}

function grades(sets: LocalSets, reading: Reading, rows: Float64Array): number[] {
  const grade = localGrader(sets, reading);
  return Array.from({ length: rows.length / K }, (_, r) => grade(rows, r * K));
}

const most = (values: readonly number[]) => Math.max(...values);
const sizes = ({ sets }: LocalSets) => sets.map((set) => set.environments).sort((a, b) => a - b);

/** Quiet environments near 1 and wild ones near 30. */
const mixed = joined(blob(1, 200, 1, 0.05), blob(2, 100, 30, 10));

describe('local active sets', () => {
  it('are the global one where there is one cluster, exactly', () => {
    const sets = localSetsBuilder('W', K, { ...options, clusters: 1 });
    const global = activeSetBuilder('W', K, options);
    for (const rows of [mixed.subarray(0, 90 * K), mixed.subarray(90 * K)])
      for (const set of [sets, global]) set.offer(rows, rows.length / K);
    const { inverse } = global.snapshot();
    const probe = blob(3, 50, 5, 20);
    const expected = Array.from({ length: 50 }, (_, r) =>
      largestCoordinate(probe, r * K, K, inverse, new Float64Array(K)),
    );
    expect(most(expected)).toBeGreaterThan(1.5);
    for (const reading of READINGS) expect(grades(sets.snapshot(), reading, probe)).toEqual(expected);
  });

  it.each([1, 3])('grade their own pool by no more than the tolerance, %i times chosen', (restarts) => {
    const sets = taught(mixed, { restarts, clusters: 2 });
    expect(sizes(sets)).toEqual([100, 200]);
    for (const reading of READINGS) {
      expect(most(grades(sets, reading, mixed))).toBeLessThan(1.001 + 1e-9);
      expect(most(grades(sets, reading, mixed))).toBeGreaterThan(0.5);
    }
  });

  it('see what is new beside quiet environments, where the wild ones make the global set blind', () => {
    const strange = blob(4, 20, 1, 0.5);
    const [global, local] = [1, 2].map((clusters) => grades(taught(mixed, { clusters }), 'nearest', strange));
    expect(most(global)).toBeLessThan(1);
    expect(Math.min(...local)).toBeGreaterThan(2);
  });

  it('grade least of all clusters never above the nearest', () => {
    const sets = taught(joined(mixed, blob(5, 80, -10, 3)), { clusters: 3 });
    const probe = blob(6, 200, 3, 12);
    const nearest = grades(sets, 'nearest', probe);
    const least = grades(sets, 'min', probe);
    expect(sets.sets.length).toBe(3);
    least.forEach((g, k) => {
      expect(g).toBeLessThanOrEqual(nearest[k]);
    });
    expect(least.some((g, k) => g < nearest[k])).toBe(true);
    sets.sets.forEach(({ inverses }) => {
      least.forEach((g, k) => {
        expect(g).toBeLessThanOrEqual(
          largestCoordinate(probe, k * K, K, inverses[0], new Float64Array(K)) + 1e-12,
        );
      });
    });
  });

  it('merge a cluster with fewer than K independent rows into the nearest', () => {
    const few = blob(7, 5, 100, 1);
    const repeated = joined(few, few, few);
    const sets = taught(joined(mixed, repeated), { clusters: 3 });
    expect(sizes(sets)).toEqual([115, 200]);
  });

  it('take fewer environments than functions', () => {
    const few = blob(8, 3, 1, 1);
    const sets = taught(few);
    expect(sets.sets.length).toBe(1);
    expect(most(grades(sets, 'nearest', few))).toBeLessThan(1.001 + 1e-9);
    expect(Math.min(...grades(sets, 'min', blob(9, 10, 1, 1)))).toBeGreaterThan(10);
    expect(localSetsBuilder('W', K, options).snapshot().sets.length).toBe(1);
  });

  it('are the same for the same calls, and grow with the environments', () => {
    const grown = () => {
      const builder = localSetsBuilder('W', K, { ...options, clusters: 3, restarts: 2 });
      return [mixed, blob(10, 40, 1, 0.2), blob(11, 300, -20, 2)].map((rows) => {
        builder.offer(rows, rows.length / K);
        return builder.snapshot();
      });
    };
    const stages = grown();
    expect(grown()).toEqual(stages);
    expect(stages.map((s) => sizes(s).reduce((a, b) => a + b, 0))).toEqual([300, 340, 640]);
    expect(stages[1].centres).toEqual(stages[0].centres);
    expect(stages[2].centres).not.toEqual(stages[0].centres);
    expect(most(grades(stages[2], 'nearest', joined(mixed, blob(11, 300, -20, 2))))).toBeLessThan(1.2);
  });
});
