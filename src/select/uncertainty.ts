import { z } from 'zod';
import { entry } from '../core/registry.ts';
import { highest } from './random.ts';
import type { Strategy } from './strategy.ts';

export const uncertainty = entry<Strategy, z.ZodObject>({
  kind: 'uncertainty',
  schema: z.strictObject({}).describe('where the members of the ensemble disagree most about forces'),
  create: () => ({
    kind: 'uncertainty',
    needs: ['members'],
    choose: ({ candidates }, count) =>
      highest(
        candidates.map((c) => c.spread),
        count,
      ),
  }),
});
