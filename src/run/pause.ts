import type { Engine, Flagged, Stop } from '../backend/backend.ts';
import { UserError } from '../core/errors.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import type { RunItem } from './items.ts';
import { inForce, labelOne, progressAt, spend, teach } from './lesson.ts';
import type { Course, RunParts } from './parts.ts';

export type Halt = Extract<Stop, { reason: 'uncertain' | 'unstable' }>;

const SHOWN = 10;

/** Says why the run paused. */
export function* describePause(
  parts: RunParts,
  course: Course,
  halt: Halt,
  engine: Engine,
): Generator<RunItem> {
  const pause = course.progress.pauses;
  const frame = halt.frames.at(-1);
  const flagged = [...(frame?.flagged ?? [])].sort((p, q) => q.grade - p.grade);
  yield {
    type: 'paused',
    pause,
    reason: halt.reason,
    detail: halt.reason === 'unstable' ? halt.detail : worst(flagged[0]),
    step: halt.step,
    time: halt.step * parts.integrator.timestep,
    trustedStep: halt.state.step,
    flagged: flagged.slice(0, SHOWN),
    flaggedCount: flagged.length,
    temperature: engine.observe().temperature,
  };
  if (frame)
    yield { type: 'pausedFrame', pause, frame, grades: parts.judge(course.training).grades(frame.structure) };
}

function worst(flagged: Flagged | undefined): string {
  return flagged
    ? `${flagged.measure} ${flagged.grade.toPrecision(3)} at atom ${flagged.atom}`
    : 'nothing flagged';
}

/** Cuts the unknown environments out, has them labelled, teaches the ensemble, and rewinds to the trusted frame. */
export async function* answerPause(
  parts: RunParts,
  course: Course,
  halt: Halt,
  signal: AbortSignal,
): AsyncGenerator<RunItem> {
  const frames = yield* labelCuts(parts, course, halt, signal);
  const next = yield* teach(parts, course, frames);
  course.training = next.training;
  parts.discovery?.watcher.rewind(halt.state);
  course.progress = progressAt(parts.discovery, next.progress, halt.state);
  yield inForce(parts, course);
  yield { type: 'rewound', step: halt.state.step };
  const { pauses, generation } = course.progress;
  yield { type: 'resumed', pause: pauses, step: halt.state.step, generation };
  yield { type: 'committed', progress: course.progress };
}

async function* labelCuts(
  parts: RunParts,
  course: Course,
  halt: Halt,
  signal: AbortSignal,
): AsyncGenerator<RunItem, LabelledFrame[]> {
  const pause = course.progress.pauses;
  const began = performance.now();
  const { candidates, refused } = parts.extract(
    halt.frames,
    course.training,
    parts.thresholds(course.pairs ?? []),
  );
  spend(course, 'extract', began);
  for (const { atom, proofs } of refused)
    for (const proof of proofs) yield { type: 'extracted', pause, atom, proof };
  const learned: LabelledFrame[] = [];
  const judge = parts.judge(course.training);
  for (const [k, { candidate, proof, atom }] of candidates.entries()) {
    if (course.progress.labels >= parts.limits.labels) break;
    yield { type: 'extracted', pause, atom, proof };
    yield { type: 'cutFrame', pause, index: k + 1, candidate, grades: judge.grades(candidate.structure) };
    const frame = yield* labelOne(parts, course, candidate, candidate.cut, signal);
    if (frame) learned.push(frame);
  }
  if (learned.length === 0)
    throw new UserError(
      `pause ${pause} at step ${halt.step}: none of ${candidates.length} environments could be learned ` +
        `(${refused.length} cuts refused${halt.frames.length === 0 ? ', nothing was flagged before the instability' : ''}); ` +
        "'serendip explain' shows why; mend the calculator, loosen `extract`, or lower the thresholds, then resume",
      4,
    );
  return learned;
}
