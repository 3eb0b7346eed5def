/** What enlarges the volume of the active set the most, each seen after those chosen before it. */
import { z } from 'zod';
import { entry } from '../core/registry.ts';
import type { Environment } from './environment.ts';
import type { Strategy } from './strategy.ts';
import { largestGain, teach } from './volume.ts';

export const dOptimal = entry<Strategy, z.ZodObject>({
  kind: 'dOptimal',
  schema: z
    .strictObject({})
    .describe('largest growth of the active set: nothing that is chosen repeats what another teaches'),
  create: () => ({
    kind: 'dOptimal',
    needs: [],
    choose({ candidates }, count) {
      let waiting = candidates.map((c, index) => ({
        index,
        environments: c.environments.map((e): Environment => ({ ...e, coordinates: e.coordinates.slice() })),
      }));
      const chosen: number[] = [];
      while (chosen.length < count && waiting.length > 0) {
        const all = waiting.flatMap((w) => w.environments);
        const best = largestGain(all);
        const next = waiting.find((w) => best === undefined || w.environments.includes(best))!;
        chosen.push(next.index);
        teach(next.environments, all);
        waiting = waiting.filter((w) => w !== next);
      }
      return chosen;
    },
  }),
});
