import type { MdState } from '../core/mdState.ts';
import type { RunItem } from './items.ts';
import { inForce, progressAt, teach } from './lesson.ts';
import type { Course, RunParts } from './parts.ts';

/** Teaches the ensemble what other runs have labelled since it was taught last, and goes on from a commit's `state`. */
export function* learnNews(parts: RunParts, course: Course, state: MdState): Generator<RunItem> {
  course.progress = { ...course.progress, state };
  const next = yield* teach(parts, course, []);
  course.training = next.training;
  parts.discovery?.watcher.rewind(state);
  course.progress = progressAt(parts.discovery, next.progress, state);
  yield inForce(parts, course);
  yield { type: 'rewound', step: state.step };
  yield { type: 'committed', progress: course.progress };
}
