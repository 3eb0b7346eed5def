import type { Integrator } from '../../../integrators/substeps.ts';
import type { Catalogue } from '../../events/catalogue.ts';
import type { Progress } from '../checkpoint.ts';
import type { HappenedStop } from '../drive.ts';
import type { RunItem } from '../items.ts';
import { progressAt } from '../lesson.ts';
import type { Examine } from './examine.ts';
import { announced, recordOf, withoutMembers } from './findings.ts';
import type { Watcher } from './watcher.ts';

/** A run in which rare events are looked for. */
export interface Discovery<C> {
  readonly watcher: Watcher;
  readonly examine: Examine<C>;
  readonly catalogue: Catalogue;
}

/** As much of a run's course as events concern. */
export interface Moving {
  progress: Progress;
  /** Number of the rare event that is being looked into. */
  event?: number | undefined;
}

/**
 * Looks into what has happened, one event after the other, and goes on: from the frame at hand, which is trusted now that it has been
 * looked into, or from before the first artefact.
 */
export async function* answerHappened<C extends Moving>(
  { watcher, examine, catalogue }: Discovery<C>,
  { timestep }: Pick<Integrator, 'timestep'>,
  course: C,
  { state, temperature, transitions }: HappenedStop,
  signal: AbortSignal,
): AsyncGenerator<RunItem> {
  let from = state;
  for (const transition of transitions) {
    const event = (course.progress.events ?? 0) + 1;
    const known = catalogue.classOf(transition);
    const found = { event, class: known.class, transition, temperature, timestep };
    course.event = event;
    yield { type: 'happened', ...announced(found) };
    const findings = yield* examine(transition, known, course, signal);
    const record = recordOf(found, findings);
    catalogue.add(record);
    course.progress = { ...course.progress, events: event };
    yield { type: 'recorded', record, structures: findings.structures };
    yield { type: 'event', ...withoutMembers(record) };
    if (record.verdict !== 'artefact') continue;
    from = transition.origin;
    watcher.begin(from);
    yield { type: 'rewound', step: from.step };
    break;
  }
  course.event = undefined;
  course.progress = progressAt({ watcher }, course.progress, from);
}
