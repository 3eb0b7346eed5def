import { fingerprint } from '../../events/fingerprint.ts';
import { localChange } from '../../events/localChange.ts';
import type { EventRecord } from '../../events/record.ts';
import { titleOf } from '../../events/title.ts';
import type { Transition } from '../../events/transition.ts';
import type { EventStructures } from './eventFolder.ts';

/** An event when it is found. */
export interface Found {
  readonly event: number;
  readonly class: number;
  readonly transition: Transition;
  /** K. */
  readonly temperature: number;
  /** fs. */
  readonly timestep: number;
}

/** What looking into it has brought. */
export interface Findings
  extends Pick<EventRecord, 'path' | 'pathFailure' | 'verdict' | 'reason' | 'labels' | 'generation'> {
  readonly structures: EventStructures;
}

export function announced({ event, class: kind, transition, temperature, timestep }: Found) {
  const { between } = transition;
  const time = [between[0] * timestep, between[1] * timestep] as const;
  return { event, class: kind, title: titleOf(transition), between, time, temperature };
}

export function recordOf(found: Found, { structures: _, ...findings }: Findings): EventRecord {
  const { moved, displacements, after } = found.transition;
  const { elements, species } = after.structure;
  const local = localChange(found.transition);
  return {
    ...announced(found),
    moved,
    elements: moved.map((i) => elements[species[i]]),
    displacements,
    localBefore: local.before,
    localAfter: local.after,
    fingerprint: fingerprint(found.transition),
    ...findings,
  };
}

/** As the ledger has it. */
export function withoutMembers({ path, ...record }: EventRecord) {
  if (!path) return { ...record, path };
  const { members: _, ...rest } = path;
  return { ...record, path: rest };
}
