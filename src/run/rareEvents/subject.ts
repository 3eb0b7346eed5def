import type { Structure } from '../../core/structure.ts';
import { carriedOver } from '../../events/displaced.ts';
import type { Ends, EventPath } from '../../events/path.ts';
import type { PathRecord } from '../../events/record.ts';
import { cutRegion, pasteRegion, type Region, regionAround } from '../../events/region.ts';
import type { Transition } from '../../events/transition.ts';
import type { Evaluates } from '../../properties/evaluates.ts';
import { settlingLeft } from '../../properties/settling.ts';

/** What is looked at of a transition: the same atoms before and after, in the cell after. */
export interface Subject {
  readonly region: Region;
  readonly ends: Ends;
  /** The whole system, afterwards. */
  readonly system: Structure;
}

/** `radius`: Å around atoms that have moved within which atoms give way; `cutoff`: Å, of the potential. */
export function subjectOf({ before, after, moved }: Transition, radius: number, cutoff: number): Subject {
  const final = after.structure;
  const initial = carriedOver(before.structure, final);
  const region = regionAround(initial, moved, radius, cutoff);
  const ends = { initial: cutRegion(region, initial), final: cutRegion(region, final), hold: region.hold };
  return { region, ends, system: final };
}

/** What ends and saddle of a path still gain when their surroundings give way; undefined where none were held. */
export async function outsideOf(
  evaluates: Evaluates,
  { region, system }: Subject,
  { images, saddle }: Extract<EventPath, { kind: 'found' }>,
): Promise<PathRecord['outside']> {
  if (region.whole) return undefined;
  const gain = async (image: number) =>
    (await settlingLeft(evaluates, pasteRegion(region, images[image], system))).shift;
  return { first: await gain(0), saddle: await gain(saddle), last: await gain(images.length - 1) };
}
