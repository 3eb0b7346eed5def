/**
 * The product graph backwards for teams of threads that share an atom: as `packUses.ts`, but for few threads each of which works through a long
 * list, while its neighbours in the warp do the same for other atoms.
 */
import { byLevel, dealt, inParts, USE, usesOf } from './packUses.ts';
import type { CentreTables } from './tables.ts';

/** Threads that share an atom. */
export const TEAM = 8;
/** Uses that a thread loads together: its list is a multiple of these long. */
export const STRIDE = 4;

export interface TeamPlaces {
  /** Of every level, the last one first: uses of a thread, where those of the first one begin, values in parts, where these begin. */
  readonly teamLevels: number;
  /** [uses][2] of all levels, thread by thread: as in `packUses.ts`, and the product that it makes, 0 where that is a term. */
  readonly teamUses: number;
  /** [uses][densities]. */
  readonly teamWeights: number;
  readonly teamParts: number;
  readonly teamPlaces: number;
}

type Put = (values: readonly number[]) => number;

export function packTeams(
  c: CentreTables,
  densities: readonly Float64Array[],
  putWords: Put,
  putNumbers: Put,
): TeamPlaces {
  const all = usesOf(c);
  const { order, levels } = byLevel(c);
  const about: number[][] = [];
  const uses: number[] = [];
  const weights: number[] = [];
  const parts: number[] = [];
  let places = c.valueCount;
  for (let level = levels.length - 2; level >= 0; level--) {
    const values = order.slice(levels[level], levels[level + 1]);
    const { rows, divided } = inParts(values, all, c.valueCount, TEAM);
    const lists = dealt(rows, TEAM);
    const steps = STRIDE * Math.ceil(Math.max(...lists.map((list) => list.length)) / STRIDE);
    about.push([steps, uses.length / 2, divided.length, parts.length]);
    parts.push(...divided.flat());
    places = Math.max(places, ...divided.map(([, first, count]) => first + count));
    for (const list of lists)
      for (let s = 0; s < steps; s++) {
        uses.push(list[s]?.word ?? 0, list[s]?.product ?? 0);
        const term = list[s]?.term ?? -1;
        for (const w of densities) weights.push(term < 0 ? 0 : w[term]);
      }
  }
  return {
    teamLevels: putWords(about.flat()),
    teamUses: putWords(uses),
    teamWeights: putNumbers(weights),
    teamParts: putWords(parts),
    teamPlaces: places,
  };
}

/** What a word says beside the other factor. */
export { USE };
