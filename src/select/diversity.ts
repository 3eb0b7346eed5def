/**
 * As many clusters as choices; of each cluster what lies farthest from everything labelled or chosen before, the clusters that are
 * farthest first. Khan et al., arXiv 2601.06916.
 */
import { z } from 'zod';
import { kMeans } from '../cluster/kMeans.ts';
import { rowsOf } from '../cluster/rows.ts';
import { entry } from '../core/registry.ts';
import { approach, nearestDistances, outermost } from './distance.ts';
import type { Strategy } from './strategy.ts';

export const diversity = entry<Strategy, z.ZodObject>({
  kind: 'diversity',
  schema: z
    .strictObject({})
    .describe('one of every kind: k-means, and of each cluster what is least like what is known'),
  create: () => ({
    kind: 'diversity',
    needs: [],
    choose({ candidates, labelled }, count, seed) {
      if (candidates.length === 0) return [];
      const features = candidates.map((c) => c.features);
      const rows = rowsOf(Float64Array.from(features.flatMap((f) => [...f])), features[0].length);
      const { cluster } = kMeans(rows, { clusters: Math.min(count, candidates.length), seed });
      const distances = nearestDistances(
        features,
        labelled.map((s) => s.features),
      );
      const chosen: number[] = [];
      const served = new Set<number>();
      while (chosen.length < Math.min(count, candidates.length)) {
        const left = candidates.map((_, k) => k).filter((k) => !chosen.includes(k));
        const unserved = left.filter((k) => !served.has(cluster[k]));
        const among = unserved.length > 0 ? unserved : left;
        const next = Number.isFinite(distances[0])
          ? among.reduce((a, b) => (distances[b] > distances[a] ? b : a))
          : outermost(features);
        chosen.push(next);
        served.add(cluster[next]);
        approach(distances, features, features[next]);
      }
      return chosen;
    },
  }),
});
