import { z } from 'zod';
import { entry } from '../core/registry.ts';
import { measures } from '../uncertainty/registry.ts';
import { highest } from './random.ts';
import type { Strategy } from './strategy.ts';

const schema = z
  .strictObject({
    measure: z
      .enum(measures.entries.map((e) => e.kind) as [string, ...string[]])
      .optional()
      .describe("of the worst atom; the members' force spread over all atoms if absent"),
  })
  .describe('where the members of the ensemble disagree most about forces, or another measure is highest');

export const uncertainty = entry<Strategy, typeof schema>({
  kind: 'uncertainty',
  schema,
  create: ({ measure }) => ({
    kind: 'uncertainty',
    needs: measure === undefined ? ['members'] : [],
    ...(measure !== undefined && { measure }),
    choose: ({ candidates }, count) =>
      highest(
        candidates.map((c) => c.spread),
        count,
      ),
  }),
});
