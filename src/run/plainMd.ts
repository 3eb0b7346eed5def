import { potentials } from '../../potentials/registry.ts';
import type { MdConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { EventRecord } from '../events/record.ts';
import { writeReport } from '../report/writeReport.ts';
import { backendOf, cadenceOf, integratorOf, startState } from './assemble.ts';
import type { Progress } from './checkpoint.ts';
import type { RunDirectory } from './directory.ts';
import { drive } from './drive.ts';
import { drivenBackend } from './driven.ts';
import type { RunItem } from './items.ts';
import { progressAt } from './lesson.ts';
import { answerHappened, type Moving } from './rareEvents/answer.ts';
import { discoveryOf } from './rareEvents/discovery.ts';
import { openEvents } from './rareEvents/eventFolder.ts';
import { finding } from './rareEvents/examine.ts';
import { openRecord } from './record.ts';
import { strainingOf } from './strain/straining.ts';
import { findYields } from './strain/yieldFindings.ts';

/** Molecular dynamics without learning, kept in the same files and resumed in the same way as a run that learns. */
export async function executeMd(
  directory: RunDirectory,
  config: MdConfig,
  show: (item: RunItem) => void,
  signal: AbortSignal,
): Promise<{ readonly report: string; readonly finished: boolean }> {
  const record = openRecord(directory);
  const events = config.events ? openEvents(directory) : [];
  const handle = (item: RunItem) => {
    record.keep(item);
    show(item);
  };
  let finished = false;
  for await (const item of plainMd(config, events, record.checkpoint, signal)) {
    handle(item);
    finished = item.type === 'finished' && item.reason !== 'aborted';
  }
  if (finished) {
    const verdict = await findYields(
      directory.root,
      config,
      backendOf(config),
      potentials.create(config.potential),
    );
    if (verdict) handle({ type: 'yielded', ...verdict });
  }
  return { report: await writeReport(directory.root), finished };
}

async function* plainMd(
  config: MdConfig,
  events: readonly EventRecord[],
  from: (Progress & { readonly ledgerEvents: number }) | undefined,
  signal: AbortSignal,
): AsyncGenerator<RunItem> {
  const integrator = integratorOf(config);
  const potential = potentials.create(config.potential);
  const seconds = from?.seconds ?? { md: 0, extract: 0, label: 0, train: 0, validate: 0 };
  const state = from?.state ?? startState(config, integrator);
  const { structure, step } = state;
  const backend = drivenBackend(backendOf(config), integrator, config);
  const straining = strainingOf(
    config.strain,
    integrator,
    startState(config, integrator).structure.cell,
    backend,
  );
  const cadence = cadenceOf(config, straining);
  yield {
    type: 'started',
    title: config.title,
    atoms: structure.species.length,
    elements: structure.elements,
    calculator: potential.kind,
    backend: (await backend.describe?.()) ?? backend.kind,
    steps: cadence.steps,
    timestep: integrator.timestep,
    step,
    ...(from ? { resumedAfter: from.ledgerEvents } : {}),
  };
  const engine = await backend.prepare(potential, integrator, state);
  const sampler = await straining?.sampler(potential);
  const began = performance.now();
  const watch = { interval: 1, measures: [] };
  const grades = () => new Float64Array(0);
  const course: Moving = {
    progress: { state, generation: 0, labels: 0, pauses: 0, seconds, events: from?.events ?? 0 },
  };
  const discovery =
    config.events &&
    discoveryOf(
      config.events,
      backend,
      events,
      finding(() => potential, config.events),
    );
  discovery?.watcher.begin(state, from?.detection);
  await discovery?.watcher.drivenBy(potential);
  const stretch = () =>
    drive(
      {
        engine,
        watch,
        cadence,
        progress: course.progress,
        labelBudget: 0,
        grades,
        sampler,
        watcher: discovery?.watcher,
      },
      signal,
    );
  let stop = yield* stretch();
  while (stop.reason === 'happened') {
    yield* answerHappened(discovery!, integrator, course, stop, signal);
    yield { type: 'committed', progress: course.progress };
    stop = yield* stretch();
  }
  engine.dispose();
  sampler?.dispose();
  if (stop.reason === 'unstable')
    throw new UserError(`${stop.detail}; shorten md.integrator.timestep or mend the starting structure`, 4);
  const spent = { ...seconds, md: seconds.md + (performance.now() - began) / 1000 };
  const progress = progressAt(discovery, { ...course.progress, seconds: spent }, stop.state);
  discovery?.watcher.dispose();
  yield { type: 'committed', progress };
  const reason = stop.reason === 'aborted' ? 'aborted' : 'steps';
  yield {
    type: 'finished',
    reason,
    step: stop.state.step,
    pauses: 0,
    labels: 0,
    generation: 0,
    seconds: spent,
  };
}
