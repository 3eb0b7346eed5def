/**
 * z(spread) + λ·z(distance to the nearest labelled or chosen), chosen greedily: the distances fall as the choice grows.
 * Khan et al., arXiv 2601.06916.
 */
import { z } from 'zod';
import { entry } from '../core/registry.ts';
import { approach, nearestDistances, outermost } from './distance.ts';
import type { Strategy } from './strategy.ts';

const schema = z
  .strictObject({ lambda: z.number().min(0).default(1).describe('weight of the distance') })
  .describe('members disagree, and nothing like it is labelled: standardised spread plus λ times distance');

export const hybrid = entry<Strategy, typeof schema>({
  kind: 'hybrid',
  schema,
  create: ({ lambda }) => ({
    kind: 'hybrid',
    needs: ['members'],
    choose({ candidates, labelled }, count) {
      const features = candidates.map((c) => c.features);
      const spread = standardised(candidates.map((c) => c.spread));
      const distances = nearestDistances(
        features,
        labelled.map((s) => s.features),
      );
      const chosen: number[] = [];
      while (chosen.length < Math.min(count, candidates.length)) {
        const far = standardised(Array.from(distances, (d, k) => (chosen.includes(k) ? 0 : d)));
        const score = spread.map((s, k) => s + lambda * far[k]);
        const next = Number.isFinite(distances[0]) ? best(score, chosen) : outermost(features);
        chosen.push(next);
        approach(distances, features, features[next]);
      }
      return chosen;
    },
  }),
});

/** Mean 0, standard deviation 1; all zero where they are all the same or nothing is known. */
export function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  return values.map((x) => (deviation > 0 && Number.isFinite(deviation) ? (x - mean) / deviation : 0));
}

function best(score: readonly number[], taken: readonly number[]): number {
  let at = -1;
  for (let k = 0; k < score.length; k++) if (!taken.includes(k) && (at < 0 || score[k] > score[at])) at = k;
  return at;
}
