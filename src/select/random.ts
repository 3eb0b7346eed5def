import { z } from 'zod';
import { STREAM, uniforms } from '../core/philox.ts';
import { entry } from '../core/registry.ts';
import type { Strategy } from './strategy.ts';

export const random = entry<Strategy, z.ZodObject>({
  kind: 'random',
  schema: z.strictObject({}).describe('by lot: the yardstick of every other strategy'),
  create: () => ({
    kind: 'random',
    needs: [],
    choose: ({ candidates }, count, seed) => byLot(candidates.length, count, seed),
  }),
});

/** `count` different numbers below `of`; another `draw` of the same seed is independent. */
export function byLot(of: number, count: number, seed: number, draw = 0): number[] {
  const four = new Float64Array(4);
  const lots = Array.from({ length: of }, (_, k) => uniforms(seed, STREAM.select, draw, k, four)[0]);
  return highest(lots, count);
}

/** Indices of the highest values, highest first; equal ones in order. */
export function highest(values: readonly number[], count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => values[b] - values[a] || a - b)
    .slice(0, count);
}
