/** The structures whose environments enlarge the volume of the active set the most, each seen after those chosen before it. */
import { z } from 'zod';
import { entry } from '../core/registry.ts';
import { pool as volumePool } from '../extract/select.ts';
import type { Strategy } from './strategy.ts';

export const dOptimal = entry<Strategy, z.ZodObject>({
  kind: 'dOptimal',
  schema: z
    .strictObject({})
    .describe('largest growth of the active set: nothing that is chosen repeats what another teaches'),
  create: () => ({
    kind: 'dOptimal',
    choose({ candidates }, count) {
      const environments = candidates.flatMap((c) =>
        c.environments.map((e) => ({ ...e, coordinates: e.coordinates.slice() })),
      );
      const of = new Map(candidates.map((c, k) => [c.environments[0]?.frame, k]));
      const waiting = volumePool(environments, -1, 0);
      const chosen: number[] = [];
      for (let e = waiting.next(); e && chosen.length < count; e = waiting.next()) {
        const { frame } = e;
        chosen.push(of.get(frame)!);
        waiting.learn((other) => other.frame === frame);
      }
      return chosen;
    },
  }),
});
