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
    choose: ({ candidates }, count, seed) => {
      const lots = candidates.map((_, k) => uniforms(seed, STREAM.select, 0, k, new Float64Array(4))[0]);
      return highest(lots, count);
    },
  }),
});

/** Indices of the highest values, highest first; equal ones in order. */
export function highest(values: readonly number[], count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => values[b] - values[a] || a - b)
    .slice(0, count);
}
