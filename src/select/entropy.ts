/** Highest vector entropy of the members' energies and stresses: the configuration whose response they know least. */
import { z } from 'zod';
import { entry } from '../core/registry.ts';
import { vectorEntropy } from '../uncertainty/vectorEntropy.ts';
import { highest } from './random.ts';
import type { Sight } from './sight.ts';
import type { Strategy } from './strategy.ts';

export const entropy = entry<Strategy, z.ZodObject>({
  kind: 'entropy',
  schema: z
    .strictObject({})
    .describe('where the members disagree most about energy and stress together; for strained crystals'),
  create: () => ({
    kind: 'entropy',
    needs: ['members'],
    choose({ candidates }, count) {
      const scale = typicalSpread(candidates);
      return highest(
        candidates.map((c) => vectorEntropy(c.responses, c.members, scale)),
        count,
      );
    },
  }),
});

/** Of each response, the spread of the members that is usual in the pool. */
function typicalSpread(candidates: readonly Sight[]): Float64Array {
  const squares = new Float64Array(width(candidates[0]));
  for (const { responses, members } of candidates)
    for (let k = 0; k < squares.length; k++) {
      const of = Array.from({ length: members }, (_, m) => responses[m * squares.length + k]);
      const mean = of.reduce((sum, y) => sum + y, 0) / members;
      squares[k] += of.reduce((sum, y) => sum + (y - mean) ** 2, 0) / members;
    }
  return squares.map((s) => Math.sqrt(s / candidates.length) || 1);
}

/** Responses of one member. */
function width(sight: Sight | undefined): number {
  return sight ? sight.responses.length / sight.members : 0;
}
