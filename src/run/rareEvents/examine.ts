import { wasmBackend } from '../../backend/wasm/wasmBackend.ts';
import type { MdEventsSection, PathOptions } from '../../config/eventsSection.ts';
import type { Potential } from '../../core/potential.ts';
import { barriersOf, pathEnergies } from '../../events/barrier.ts';
import type { KnownClass } from '../../events/catalogue.ts';
import { type EventPath, eventPath } from '../../events/path.ts';
import type { EventRecord, PathRecord } from '../../events/record.ts';
import type { Transition } from '../../events/transition.ts';
import type { Evaluates } from '../../properties/evaluates.ts';
import type { RunItem } from '../items.ts';
import type { Moving } from './answer.ts';
import type { EventStructures } from './eventFolder.ts';
import type { Findings } from './findings.ts';
import { outsideOf, type Subject, subjectOf } from './subject.ts';

/** Looks into an event; may have it labelled and learn. */
export type Examine<C> = (
  transition: Transition,
  known: KnownClass,
  course: C,
  signal: AbortSignal,
) => AsyncGenerator<RunItem, Findings>;

/** The record of a path that was found, before the reference has been asked. */
export async function pathRecord(
  evaluates: Evaluates,
  subject: Subject,
  found: Extract<EventPath, { kind: 'found' }>,
  grades: readonly number[],
): Promise<PathRecord> {
  const { images, distances, saddle, curvatures } = found;
  const ensemble = await pathEnergies(evaluates, images);
  const outside = await outsideOf(evaluates, subject, found);
  const path = {
    ...ensemble,
    distances,
    saddle,
    curvatures,
    grades,
    reference: [],
    ...(outside && { outside }),
  };
  return { ...path, ...barriersOf(path) };
}

export function structuresOf({ region, ends }: Subject, found?: EventPath): EventStructures {
  const path = found?.kind === 'found' ? found.images : [];
  return {
    initial: path[0] ?? ends.initial,
    final: path.at(-1) ?? ends.final,
    path,
    parents: region.parents,
    hold: region.hold,
  };
}

/** What is taken over from an event of the same class. */
export function sameAs(example: EventRecord, subject: Subject, generation: number): Findings {
  const { event, verdict } = example;
  return {
    path: null,
    pathFailure: `as event ${event}`,
    verdict,
    reason: `of the same class as event ${event}`,
    labels: 0,
    generation,
    structures: structuresOf(subject),
  };
}

/** Why no path is sought. */
export function tooMany({ moved }: Transition, { atoms }: PathOptions): string {
  return `${moved.length} atoms have moved, more than events.path.atoms (${atoms})`;
}

/** Why there is no path. */
export function whyNone(found: Exclude<EventPath, { kind: 'found' }>): string {
  if (found.kind === 'failed') return found.reason;
  return found.kind === 'same'
    ? 'both ends come to rest in one place'
    : 'there is no barrier: what was there before is no rest position any more';
}

/** Finds the path of an event where it is not set before a reference. */
export function finding<C extends Moving>(
  potentialOf: (course: C) => Potential,
  events: MdEventsSection,
): Examine<C> {
  return async function* (transition, { example }, course) {
    const { generation } = course.progress;
    const potential = potentialOf(course);
    const search = events.path;
    const subject = subjectOf(transition, search === false ? 0 : search.radius, potential.cutoff);
    if (example) return sameAs(example, subject, generation);
    const unverified = { verdict: 'unverified', labels: 0, generation } as const;
    const without = (reason: string): Findings => ({
      path: null,
      pathFailure: reason,
      reason,
      ...unverified,
      structures: structuresOf(subject),
    });
    if (search === false) return without('no path was asked for');
    if (transition.moved.length > search.atoms) return without(tooMany(transition, search));
    const evaluator = await wasmBackend().evaluator!(potential);
    try {
      const found = await eventPath(evaluator, subject.ends, search, events);
      if (found.kind !== 'found') return without(whyNone(found));
      return {
        path: await pathRecord(evaluator, subject, found, []),
        reason: 'the reference was not asked',
        ...unverified,
        structures: structuresOf(subject, found),
      };
    } finally {
      evaluator.dispose();
    }
  };
}
