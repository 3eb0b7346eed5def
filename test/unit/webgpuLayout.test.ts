import { describe, expect, it } from 'vitest';
import { mortonRanks } from '../../src/backend/webgpu/binPlan.ts';
import { planChunks } from '../../src/backend/webgpu/chunks.ts';
import { CARD } from '../../src/backend/webgpu/memory.ts';

describe('the order of bins', () => {
  it('numbers every bin once, and keeps neighbours nearer than counting by rows does', () => {
    const count = [21, 13, 17];
    const ranks = mortonRanks(count);
    expect(ranks.slice().sort()).toEqual(ranks.map((_, k) => k));
    // Bins that share a face: the median distance between their numbers.
    const apart = (number: (bin: number) => number) => {
      const all: number[] = [];
      const strides = [count[1] * count[2], count[2], 1];
      for (let a = 0; a + 1 < count[0]; a++)
        for (let b = 0; b + 1 < count[1]; b++)
          for (let c = 0; c + 1 < count[2]; c++) {
            const bin = a * strides[0] + b * strides[1] + c;
            for (const s of strides) all.push(Math.abs(number(bin + s) - number(bin)));
          }
      return all.sort((p, q) => p - q)[all.length >> 1];
    };
    expect(apart((bin) => bin)).toBe(count[2]);
    expect(apart((bin) => ranks[bin])).toBeLessThan(count[2] / 2);
  });
});

describe('chunks of rows', () => {
  const card = (bytes: number) => {
    const limits = { ...CARD.limits, maxBufferSize: bytes, maxStorageBufferBindingSize: bytes };
    return { ...CARD, limits } as never;
  };

  it('are one where all fits, and fit in any case', () => {
    expect(planChunks(card(1e6), 1000, 50, { pair: 12, row: 0 }).rows).toBe(1000);
    for (const bytes of [1e4, 1e5, 3e5]) {
      const { rows, capacity } = planChunks(card(bytes), 1000, 50, { pair: 12, row: 100 });
      expect(rows).toBeLessThan(1000);
      expect(12 * capacity).toBeLessThanOrEqual(bytes);
      expect(100 * rows).toBeLessThanOrEqual(bytes);
      expect(capacity).toBeGreaterThanOrEqual(50 * rows);
    }
  });
});
