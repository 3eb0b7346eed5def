import { UserError } from '../core/errors.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type { Progress } from './checkpoint.ts';
import { type DriveStop, drive } from './drive.ts';
import type { RunEvent } from './events.ts';
import type { RunItem } from './items.ts';
import { inForce, labelOne, progressAt, spend, teach } from './lesson.ts';
import { learnNews } from './news.ts';
import type { Course, Resumption, RunParts } from './parts.ts';
import { answerPause, describePause } from './pause.ts';
import { answerHappened } from './rareEvents/answer.ts';

/**
 * Molecular dynamics that stops where its ensemble was never taught, learns, and goes on from the last trusted frame.
 * Deterministic: killed at any instant and resumed from the last commit it repeats itself bitwise, and every finished
 * label comes from the cache.
 */
export async function* onTheFly(
  parts: RunParts,
  from: Resumption | undefined,
  signal: AbortSignal,
): AsyncGenerator<RunItem> {
  yield await startedEvent(parts, from);
  const course: Course = from
    ? { progress: from.progress, training: from.training, pairs: from.pairs ?? [] }
    : yield* firstLessons(parts, signal);
  parts.discovery?.watcher.begin(course.progress.state, course.progress.detection);
  let reason: Extract<RunEvent, { type: 'finished' }>['reason'] = 'steps';
  while (course.progress.state.step < parts.cadence.steps) {
    const stop = yield* runUntilStop(parts, course, signal);
    if (stop.reason === 'happened') {
      const { generation } = course.progress;
      yield* answerHappened(parts.discovery!, parts.integrator, course, stop, signal);
      if (course.progress.generation > generation) yield inForce(parts, course);
      yield { type: 'committed', progress: course.progress };
      continue;
    }
    if (stop.reason === 'finished' && stop.state.step < parts.cadence.steps) {
      yield* learnNews(parts, course, stop.state);
      continue;
    }
    const halted = stop.reason === 'uncertain' || stop.reason === 'unstable';
    const spent = halted ? budgetSpent(parts, course.progress) : undefined;
    if (halted && !spent) {
      yield* answerPause(parts, course, stop, signal);
      continue;
    }
    course.progress = progressAt(parts.discovery, course.progress, stop.state);
    if (!halted) yield { type: 'committed', progress: course.progress };
    if (stop.reason !== 'finished') reason = spent ?? 'aborted';
    break;
  }
  const { state, detection: _, ...counts } = course.progress;
  yield { type: 'finished', reason, step: state.step, ...counts };
}

async function startedEvent(parts: RunParts, from: Resumption | undefined): Promise<RunItem> {
  const { structure, step } = from?.progress.state ?? parts.start;
  return {
    type: 'started',
    title: parts.title,
    atoms: structure.species.length,
    elements: structure.elements,
    calculator: parts.calculator,
    backend: (await parts.backend.describe?.()) ?? parts.backend.kind,
    steps: parts.cadence.steps,
    timestep: parts.integrator.timestep,
    step,
    ...(from ? { resumedAfter: from.ledgerEvents } : {}),
  };
}

/** Labels the starting structures and teaches the first generation. */
export async function* firstLessons(parts: RunParts, signal: AbortSignal): AsyncGenerator<RunItem, Course> {
  const seconds = { md: 0, extract: 0, label: 0, train: 0, validate: 0 };
  const course = { progress: { state: parts.start, generation: 0, labels: 0, pauses: 0, seconds } };
  const frames: LabelledFrame[] = parts.given.map((frame) => ({ ...frame, generation: 1 }));
  for (const candidate of parts.lessons) {
    const frame = yield* labelOne(parts, course, candidate, 'start', signal);
    if (frame) frames.push(frame);
  }
  if (frames.length === 0)
    throw new UserError(
      `start: none of ${parts.lessons.length} structures could be labelled; mend \`label\`, ask 'serendip doctor', and run again`,
      3,
    );
  const taught = yield* teach(parts, course, frames);
  yield inForce(parts, taught);
  yield { type: 'committed', progress: taught.progress };
  return taught;
}

async function* runUntilStop(
  parts: RunParts,
  course: Course,
  signal: AbortSignal,
): AsyncGenerator<RunItem, DriveStop> {
  const { progress, training } = course;
  const engine = await parts.backend.prepare(training.potential, parts.integrator, progress.state);
  const { grades } = parts.judge(training);
  const watch = parts.watch(training, parts.thresholds(course.pairs ?? []));
  const { cadence, limits } = parts;
  const watcher = parts.discovery?.watcher;
  const sampler = await parts.straining?.sampler(training.potential);
  await watcher?.drivenBy(training.potential);
  const began = performance.now();
  try {
    const stop = yield* drive(
      {
        engine,
        watch,
        cadence,
        progress,
        labelBudget: limits.labels,
        grades,
        sampler,
        watcher,
        hasNews: () => parts.looksForNews && parts.exchange?.waiting() === true,
      },
      signal,
    );
    if (stop.reason === 'uncertain' || stop.reason === 'unstable') {
      // Committed before it is counted: a run that goes on from here meets the same pause again, not another one.
      yield { type: 'committed', progress: progressAt(parts.discovery, progress, stop.state) };
      course.progress = { ...progress, pauses: progress.pauses + 1 };
      yield* describePause(parts, course, stop, engine);
    }
    return stop;
  } finally {
    engine.dispose();
    sampler?.dispose();
    watcher?.dispose();
    spend(course, 'md', began);
  }
}

function budgetSpent({ limits }: RunParts, progress: Progress): 'labelBudget' | 'pauseBudget' | undefined {
  if (progress.labels >= limits.labels) return 'labelBudget';
  return progress.pauses > limits.pauses ? 'pauseBudget' : undefined;
}
