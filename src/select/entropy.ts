/** Highest vector entropy of the members' energies and stresses: the configuration whose response they know least. */
import { z } from 'zod';
import { entry } from '../core/registry.ts';
import { vectorEntropy } from '../uncertainty/vectorEntropy.ts';
import { highest } from './random.ts';
import { RESPONSES, type Sight } from './sight.ts';
import type { Strategy } from './strategy.ts';

export const entropy = entry<Strategy, z.ZodObject>({
  kind: 'entropy',
  schema: z
    .strictObject({})
    .describe('where the members disagree most about energy and stress together; for strained crystals'),
  create: () => ({
    kind: 'entropy',
    choose({ candidates }, count) {
      const scale = typicalSpread(candidates);
      const members = (candidates[0]?.responses.length ?? 0) / RESPONSES;
      return highest(
        candidates.map((c) => vectorEntropy(c.responses, members, scale)),
        count,
      );
    },
  }),
});

/** Of each response, the spread of the members that is usual in the pool. */
function typicalSpread(candidates: readonly Sight[]): Float64Array {
  const squares = new Float64Array(RESPONSES);
  for (const { responses } of candidates) {
    const members = responses.length / RESPONSES;
    for (let k = 0; k < RESPONSES; k++) {
      const of = Array.from({ length: members }, (_, m) => responses[m * RESPONSES + k]);
      const mean = of.reduce((sum, y) => sum + y, 0) / members;
      squares[k] += of.reduce((sum, y) => sum + (y - mean) ** 2, 0) / members;
    }
  }
  return squares.map((s) => Math.sqrt(s / candidates.length) || 1);
}
