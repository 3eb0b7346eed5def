import { carriedOver } from '../../events/displaced.ts';
import type { Ends } from '../../events/path.ts';
import { cutRegion, type Region, regionAround } from '../../events/region.ts';
import type { Transition } from '../../events/transition.ts';

/** What is looked at of a transition: the same atoms before and after, in the cell after. */
export interface Subject {
  readonly region: Region;
  readonly ends: Ends;
}

/** `radius`: Å around atoms that have moved within which atoms give way; `cutoff`: Å, of the potential. */
export function subjectOf({ before, after, moved }: Transition, radius: number, cutoff: number): Subject {
  const final = after.structure;
  const initial = carriedOver(before.structure, final);
  const region = regionAround(initial, moved, radius, cutoff);
  const ends = { initial: cutRegion(region, initial), final: cutRegion(region, final), hold: region.hold };
  return { region, ends };
}
