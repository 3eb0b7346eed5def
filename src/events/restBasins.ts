import type { Structure } from '../core/structure.ts';
import { type Bounds, compare } from './compare.ts';
import type { DetectionOptions } from './options.ts';
import type { Basins } from './parallelReplica.ts';
import type { Reaching } from './quench.ts';
import { lengthsOf, restsBy } from './rests.ts';
import { scaleOf } from './scale.ts';

/** Basins told apart by what frames come to when they are quenched whole. */
export function restBasins(evaluates: Reaching, options: DetectionOptions): Basins {
  const rests = restsBy(evaluates, options.relax, { whole: 0, local: 0 });
  let basin: { readonly structure: Structure; readonly bounds: Bounds } | undefined;
  return {
    async enter({ structure }) {
      const rest = await rests.whole(structure);
      basin = { structure: rest, bounds: lengthsOf(options, scaleOf(rest)) };
    },
    async changed({ structure }) {
      return compare(basin!.structure, await rests.whole(structure), basin!.bounds) !== undefined;
    },
  };
}
