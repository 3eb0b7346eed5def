import { UserError } from '../core/errors.ts';
import type { MdState } from '../core/mdState.ts';
import type { Candidate } from '../extract/candidate.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type { Progress, Seconds } from './checkpoint.ts';
import type { RunItem } from './items.ts';
import type { Course, RunParts } from './parts.ts';
import type { Watcher } from './rareEvents/watcher.ts';
import { calibrationsFrom } from './thresholds.ts';

/** Adds the wall time since `began` to an activity's account. */
export function spend(course: Pick<Course, 'progress'>, activity: keyof Seconds, began: number): void {
  const { seconds } = course.progress;
  const spent = seconds[activity] + (performance.now() - began) / 1000;
  course.progress = { ...course.progress, seconds: { ...seconds, [activity]: spent } };
}

/** The run as it will be when it goes on from `state`. */
export function progressAt(
  discovery: { readonly watcher: Pick<Watcher, 'memoryAt'> } | undefined,
  progress: Progress,
  state: MdState,
): Progress {
  const { detection: _, ...rest } = progress;
  return { ...rest, state, ...discovery?.watcher.memoryAt(state.step) };
}

/** Has one candidate labelled; undefined where the label was refused and put into quarantine. */
export async function* labelOne(
  parts: Pick<RunParts, 'judge'> & { readonly labels: Pick<RunParts['labels'], 'label'> },
  course: Pick<Course, 'progress'> & Partial<Course>,
  candidate: Candidate,
  group: string,
  signal: AbortSignal,
): AsyncGenerator<RunItem, LabelledFrame | undefined> {
  const began = performance.now();
  const outcome = await parts.labels.label(candidate.structure, signal);
  spend(course, 'label', began);
  const { generation, labels, pauses } = course.progress;
  if (outcome.kind === 'quarantined') {
    const { hash, reason, directory } = outcome;
    yield { type: 'quarantined', pause: pauses, hash, reason, directory };
    return undefined;
  }
  const { structure, faithful } = candidate;
  const core = faithful ? new Uint8Array(candidate.core.length).fill(1) : candidate.core;
  const frame = { structure, core, faithful, label: outcome.label, group, generation: generation + 1 };
  course.progress = { ...course.progress, labels: labels + 1 };
  const before = course.training && parts.judge(course.training).before(frame);
  if (before) course.pairs = [...(course.pairs ?? []), before.pairs];
  yield {
    type: 'labelled',
    label: labels + 1,
    group,
    pause: pauses,
    ...(course.event !== undefined && { event: course.event }),
    atoms: structure.species.length,
    hash: outcome.hash,
    cached: outcome.cached,
    seconds: outcome.seconds,
    ...(before && { before }),
  };
  return frame;
}

/** Teaches the ensemble new frames and hands over the next generation. Throws a UserError if it fails its checks. */
export function* teach(
  parts: Pick<RunParts, 'trainer'> & Partial<Pick<RunParts, 'exchange'>>,
  course: Pick<Course, 'progress' | 'pairs' | 'event'>,
  own: readonly LabelledFrame[],
): Generator<RunItem, Course> {
  const frames = [...own, ...(yield* takenOver(parts, course, own))];
  const began = performance.now();
  const training = parts.trainer.learn(frames);
  spend(course, 'train', began);
  const { pauses, generation } = course.progress;
  const place = { pause: pauses, ...(course.event !== undefined && { event: course.event }) };
  const progress = { ...course.progress, generation: generation + 1 };
  if (!training.checks.passed)
    throw new UserError(
      `generation ${progress.generation}: ${training.checks.reasons.join('; ')}; the last good generation stays in use, ` +
        'look at the newest labels, or raise `train.regularisation`',
      4,
    );
  for (const [k, frame] of frames.entries()) yield { type: 'learnt', ...place, index: k + 1, frame };
  const calibrations = calibrationsFrom(course.pairs ?? []);
  yield { type: 'modelled', generation: progress.generation, model: { ...training, calibrations } };
  yield {
    type: 'trained',
    generation: progress.generation,
    frames: training.frames,
    rows: training.rows,
    functions: training.potential.functionCount,
    members: training.potential.members,
    seconds: (performance.now() - began) / 1000,
    errors: training.errors,
    regularisation: training.regularisation,
    environments: training.environments,
  };
  return { progress, training };
}

/** What other runs have labelled meanwhile, for the generation that is taught next. */
function* takenOver(
  { exchange }: Partial<Pick<RunParts, 'exchange'>>,
  { progress }: Pick<Course, 'progress'>,
  own: readonly LabelledFrame[],
): Generator<RunItem, LabelledFrame[]> {
  if (!exchange) return [];
  exchange.know(own);
  const news = exchange.news();
  const from = [...new Set(news.map(({ group }) => group))];
  const { pauses, state } = progress;
  const where = own.length > 0 ? { pause: pauses } : { pause: 0, step: state.step };
  if (news.length > 0) yield { type: 'shared', ...where, frames: news.length, from };
  return news.map((frame) => ({ ...frame, generation: progress.generation + 1 }));
}

/** The thresholds that go with the generation just taught. */
export function inForce(
  parts: Pick<RunParts, 'thresholds'>,
  { progress, pairs = [] }: Pick<Course, 'progress' | 'pairs'>,
): RunItem {
  return { type: 'thresholds', generation: progress.generation, ...parts.thresholds(pairs) };
}
