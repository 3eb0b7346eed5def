import type { Engine, Stop, Watch } from '../backend/backend.ts';
import type { MdState } from '../core/mdState.ts';
import type { Structure } from '../core/structure.ts';
import type { Transition } from '../events/transition.ts';
import type { Progress } from './checkpoint.ts';
import type { RunItem } from './items.ts';
import type { Watcher } from './rareEvents/watcher.ts';
import type { CurveSampler } from './strain/curve.ts';

/** How often what is written, in steps. */
export interface Cadence {
  /** Length of the whole run. */
  readonly steps: number;
  readonly thermo: number;
  readonly trajectory: number;
  readonly checkpoint: number;
  /** Between points of the stress-strain curve; absent where nothing is strained. */
  readonly curve?: number;
}

/** What the driver needs to know of the run it drives. */
export interface Drive {
  readonly engine: Engine;
  readonly watch: Watch;
  readonly cadence: Cadence;
  readonly progress: Omit<Progress, 'state'>;
  readonly labelBudget: number;
  /** Grade of every atom for the trajectory file; empty where nothing is watched. */
  grades(s: Structure): Float64Array;
  readonly sampler?: CurveSampler | undefined;
  /** Looks for rare events. */
  readonly watcher?: Watcher | undefined;
  /** Asked at every commit: true ends the stretch there, for something to be learned first. */
  hasNews?(): boolean;
}

/** Something has happened that is worth a look; the frame at hand is where to go on from. */
export interface HappenedStop {
  readonly reason: 'happened';
  readonly state: MdState;
  /** K. */
  readonly temperature: number;
  readonly transitions: readonly Transition[];
}

export type DriveStop = Stop | HappenedStop;

/**
 * Steps the engine to the end of the run or to its first stop, sampling and committing on the way. Finished before the end where a commit
 * found news; the state is then the one committed.
 */
export async function* drive(d: Drive, signal: AbortSignal): AsyncGenerator<RunItem, DriveStop> {
  const { engine, cadence, watcher } = d;
  let before = { step: engine.observe().step, at: performance.now() };
  if (before.step === 0) yield* sample(d);
  if (before.step >= cadence.steps) return { reason: 'finished', state: engine.state() };
  for (;;) {
    const step = engine.observe().step;
    const stop = await engine.advance(stepsToNext(step, cadence, watcher), d.watch, signal);
    if (stop.reason === 'aborted') return { ...stop, state: engine.trusted() };
    if (stop.reason !== 'finished') return stop;
    yield* sample(d);
    const now = { step: engine.observe().step, at: performance.now() };
    yield progressOf(d, ((now.step - before.step) / (now.at - before.at)) * 1000);
    before = now;
    if (watcher && now.step % watcher.every === 0) {
      const state = engine.state();
      const transitions = await watcher.look(state);
      const { temperature } = engine.observe();
      if (transitions.length > 0) return { reason: 'happened', state, temperature, transitions };
    }
    if (now.step >= cadence.steps) return stop;
    if (now.step % cadence.checkpoint !== 0) continue;
    const state = engine.trusted();
    const remembered = watcher?.memoryAt(state.step);
    // What was known so long ago cannot be gone on from exactly; a later commit will do.
    if (watcher && !remembered) continue;
    yield { type: 'committed', progress: { ...d.progress, state, ...remembered } };
    // Not on an excursion: a pause that a killed run had begun to pay for has to be met again.
    if (now.step - state.step < d.watch.interval && d.hasNews?.()) return { reason: 'finished', state };
  }
}

function stepsToNext(
  step: number,
  { steps, thermo, trajectory, checkpoint, curve = steps }: Cadence,
  { every = steps }: Partial<Watcher> = {},
): number {
  const next = (every: number) => every - (step % every);
  return Math.min(steps - step, ...[thermo, trajectory, checkpoint, curve, every].map(next));
}

async function* sample({
  engine,
  watch,
  cadence,
  progress,
  grades,
  sampler,
}: Drive): AsyncGenerator<RunItem> {
  const observables = engine.observe();
  const { step, time } = observables;
  const { generation, labels } = progress;
  if (step % cadence.thermo === 0 || step === cadence.steps) {
    const measures = watch.measures.map((m) => m.measure.kind);
    yield { type: 'sampled', observables, checks: engine.checks(), measures, generation, labels };
  }
  if (step % cadence.trajectory === 0 || step === cadence.steps) {
    const state = engine.state();
    yield { type: 'framed', state, time, grades: grades(state.structure) };
  }
  if (sampler && cadence.curve && (step % cadence.curve === 0 || step === cadence.steps))
    yield { type: 'strained', point: await sampler.point(engine.state(), observables) };
}

function progressOf({ engine, cadence, progress, labelBudget }: Drive, stepsPerSecond: number): RunItem {
  const { step, time, temperature, pressure } = engine.observe();
  const grades = Object.fromEntries(
    engine.checks().map(({ measure, max, atom }) => [measure, { max, atom }]),
  );
  const { labels, generation } = progress;
  const counts = { labels, labelBudget, generation };
  return {
    type: 'progress',
    step,
    steps: cadence.steps,
    time,
    temperature,
    pressure,
    grades,
    ...counts,
    stepsPerSecond,
  };
}
