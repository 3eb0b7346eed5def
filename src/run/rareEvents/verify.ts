import { wasmBackend } from '../../backend/wasm/wasmBackend.ts';
import type { PathOptions, VerifyOptions } from '../../config/eventsSection.ts';
import type { Structure } from '../../core/structure.ts';
import type { DetectionOptions } from '../../events/options.ts';
import { type EventPath, eventPath } from '../../events/path.ts';
import { agreement, spontaneousAgreement } from '../../events/verdict.ts';
import type { LabelledFrame } from '../../learn/dataset.ts';
import type { Evaluates } from '../../properties/evaluates.ts';
import type { RunItem } from '../items.ts';
import { labelOne, teach } from '../lesson.ts';
import type { Course, RunParts } from '../parts.ts';
import { type Examine, pathRecord, sameAs, structuresOf, tooMany, whyNone } from './examine.ts';
import type { Findings } from './findings.ts';
import { largestOf, lengthsOf, withReference } from './reference.ts';
import { type Subject, subjectOf } from './subject.ts';

type Parts = Pick<RunParts, 'judge' | 'labels' | 'trainer' | 'limits' | 'exchange' | 'watch' | 'thresholds'>;

interface Asking {
  readonly parts: Parts;
  readonly course: Course;
  readonly subject: Subject;
  readonly options: VerifyOptions;
  readonly signal: AbortSignal;
}

/**
 * Sets what the ensemble says of an event before the reference, at both ends, at the saddle and where the ensemble doubts, and learns from
 * it, until both agree or the event has vanished. An event like one that was settled before is taken to be the same.
 */
export function verifying(
  parts: Parts,
  search: PathOptions,
  options: VerifyOptions,
  detection: DetectionOptions,
): Examine<Course> {
  return async function* (transition, { example }, course, signal) {
    const { potential } = course.training;
    const subject = subjectOf(transition, search.radius, potential.cutoff);
    if (example && isSettled(example, course)) return sameAs(example, subject, course.progress.generation);
    if (transition.moved.length > search.atoms) return unsought(subject, tooMany(transition, search), course);
    const asking = { parts, course, subject, options, signal };
    const start = course.progress.labels;
    let last: Pick<Findings, 'reason' | 'path' | 'pathFailure'> & { readonly found?: EventPath } = {
      reason: '',
      path: null,
    };
    const end = (verdict: Findings['verdict'], reason: string): Findings => ({
      path: last.path,
      ...(last.pathFailure !== undefined && { pathFailure: last.pathFailure }),
      verdict,
      reason,
      labels: course.progress.labels - start,
      generation: course.progress.generation,
      structures: structuresOf(subject, last.found),
    });
    for (let round = 1; round <= options.rounds; round++) {
      const evaluator = await wasmBackend().evaluator!(course.training.potential);
      try {
        const found = await eventPath(evaluator, subject.ends, search, detection);
        if (found.kind === 'same')
          return round === 1
            ? end(
                'undecided',
                `both ends come to rest in one place where only atoms within ${search.radius} Å give way`,
              )
            : end(
                'artefact',
                `once the reference had been asked, the ensemble knew no such event: ${last.reason}`,
              );
        if (course.progress.labels + 3 > parts.limits.labels)
          return end('undecided', 'the budget of labels is spent');
        const look =
          found.kind === 'found'
            ? yield* askAlong(asking, evaluator, found)
            : yield* askEnds(asking, evaluator, found);
        last = { found, ...look };
        if (look.settled) return end(look.settled, look.reason);
      } finally {
        evaluator.dispose();
      }
    }
    return end(
      'undecided',
      `after ${options.rounds} rounds of learning: ${last.reason}; a larger basis (model.nradmax, lmax, cutoff) may tell it`,
    );
  };
}

function unsought(subject: Subject, reason: string, { progress: { generation } }: Course): Findings {
  const structures = structuresOf(subject);
  return { path: null, pathFailure: reason, verdict: 'undecided', reason, labels: 0, generation, structures };
}

/** An artefact may come back, and what could not be decided may be, once more is known. */
function isSettled(
  { verdict, generation }: { readonly verdict: Findings['verdict']; readonly generation: number },
  { progress }: Course,
): boolean {
  return verdict === 'confirmed' || (verdict === 'undecided' && generation === progress.generation);
}

interface Look extends Pick<Findings, 'path' | 'pathFailure' | 'reason'> {
  /** Absent where another round is worth it. */
  readonly settled?: 'confirmed' | 'undecided';
}

/** Asks at both ends, which have no path between them: none was found, or there is no barrier. */
async function* askEnds(
  asking: Asking,
  evaluates: Evaluates,
  found: Extract<EventPath, { kind: 'failed' | 'spontaneous' }>,
): AsyncGenerator<RunItem, Look> {
  const { initial, final, hold } = found.ends;
  const { options } = asking;
  const energies = [
    (await evaluates.evaluate(initial, [])).energy,
    (await evaluates.evaluate(final, [])).energy,
  ];
  const frames = yield* labelled(asking, [initial, final]);
  yield* learn(asking, frames);
  const [before, after] = frames;
  const look = { path: null, pathFailure: whyNone(found) };
  if (!before || !after)
    return { ...look, reason: 'the reference could not be had at an end', settled: 'undecided' };
  if (found.kind === 'failed') return { ...look, reason: `no path was found: ${found.reason}` };
  const { agrees, reason } = spontaneousAgreement(
    energies[1] - energies[0],
    after.label.energy - before.label.energy,
    largestOf(lengthsOf(after.label.forces), hold),
    options,
  );
  return { ...look, reason, ...(agrees && { settled: 'confirmed' }) };
}

/** Asks at both ends, the saddle and the strangest images beyond the threshold. */
async function* askAlong(
  asking: Asking,
  evaluates: Evaluates,
  found: Extract<EventPath, { kind: 'found' }>,
): AsyncGenerator<RunItem, Look> {
  const { parts, course, subject, options } = asking;
  const { hold } = subject.ends;
  const judge = parts.judge(course.training);
  const grades = found.images.map((image) => largestOf(judge.grades(image), hold));
  const unasked = await pathRecord(evaluates, subject, found, grades);
  const images = imagesToAsk(found, grades, thresholdOf(parts, course), options.labels);
  const frames = yield* labelled(
    asking,
    images.map((k) => found.images[k]),
  );
  const labels = new Map(images.flatMap((k, p) => (frames[p] ? [[k, frames[p].label] as const] : [])));
  const { path, everywhere } = await withReference(evaluates, unasked, found.images, labels, hold);
  yield* learn(asking, frames);
  if (!everywhere)
    return { path, reason: 'the reference could not be had at an end or the saddle', settled: 'undecided' };
  const { agrees, reason } = agreement(path, path.reference, options);
  const negative = found.curvatures.filter((c) => c < 0).length;
  if (agrees && negative !== 1)
    return { path, reason: `${negative} directions of negative curvature at the saddle, must be one` };
  return { path, reason, ...(agrees && { settled: 'confirmed' }) };
}

function imagesToAsk(
  { images, saddle }: Extract<EventPath, { kind: 'found' }>,
  grades: readonly number[],
  threshold: number,
  most: number,
): number[] {
  const essential = [0, saddle, images.length - 1];
  const strange = [...images.keys()]
    .filter((k) => !essential.includes(k) && grades[k] > threshold)
    .sort((p, q) => grades[q] - grades[p]);
  return [...essential, ...strange].slice(0, most).sort((p, q) => p - q);
}

function thresholdOf(parts: Parts, { training, pairs = [] }: Course): number {
  return parts.watch(training, parts.thresholds(pairs)).measures.find((m) => Number.isFinite(m.pause))!
    .select;
}

/** One frame an image, undefined where its label was refused. */
async function* labelled(
  { parts, course, subject, signal }: Asking,
  images: readonly Structure[],
): AsyncGenerator<RunItem, (LabelledFrame | undefined)[]> {
  const { whole } = subject.region;
  const core = subject.ends.hold.map((still) => 1 - still);
  const frames: (LabelledFrame | undefined)[] = [];
  for (const structure of images) {
    const candidate = {
      structure,
      core,
      faithful: whole,
      cut: whole ? 'whole' : 'cluster',
      centre: core.indexOf(1),
    } as const;
    frames.push(yield* labelOne(parts, course, candidate, 'event', signal));
  }
  return frames;
}

function* learn(
  { parts, course }: Asking,
  frames: readonly (LabelledFrame | undefined)[],
): Generator<RunItem> {
  const own = frames.filter((f) => f !== undefined);
  if (own.length === 0) return;
  const { progress, training } = yield* teach(parts, course, own);
  Object.assign(course, { progress, training });
}
