import type { Backend } from '../backend/backend.ts';
import type { RunConfig } from '../config/schema.ts';
import { writeFileAtomic } from '../io/durable.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { writeReport } from '../report/writeReport.ts';
import { assembleRun } from './assemble.ts';
import { startCompanions } from './companions.ts';
import { readDataset } from './datasetFile.ts';
import { numbered, type RunDirectory } from './directory.ts';
import type { RunItem } from './items.ts';
import { type LedgerLine, readLedger } from './ledger.ts';
import { loadModel } from './modelFolder.ts';
import { onTheFly } from './onTheFly.ts';
import type { Resumption, RunParts, Training } from './parts.ts';
import { openEvents } from './rareEvents/eventFolder.ts';
import { openRecord, type RunRecord } from './record.ts';
import { findYields } from './strain/yieldFindings.ts';
import { readControlSummary } from './validation/controlFile.ts';
import { type Examinee, validate } from './validation/validate.ts';

/** How many generations are examined, the first and the last included. */
const EXAMINED = 7;

/**
 * Runs, or goes on with, what a directory's config asks for, and leaves a report. `show` sees every item.
 * Throws a UserError; what had been committed then stands and can be resumed.
 */
export async function executeRun(
  directory: RunDirectory,
  config: RunConfig,
  show: (item: RunItem) => void,
  signal: AbortSignal,
): Promise<{ readonly report: string; readonly finished: boolean }> {
  const ledger = readLedger(directory.path('ledger.jsonl'));
  const record = openRecord(directory);
  const parts = assembleRun(config, directory, config.events ? openEvents(directory) : []);
  const dataset = record.checkpoint ? readDataset(directory.path('dataset.xyz')) : [];
  const from = record.checkpoint && resumption(record, parts, dataset, ledger);
  parts.exchange?.know(dataset);
  const companions = startCompanions(directory, config, from !== undefined, signal);
  const handle = (item: RunItem) => {
    record.keep(item);
    companions.see(item);
    show(item);
  };
  let finished = false;
  try {
    for await (const item of onTheFly(parts, from, signal)) {
      handle(item);
      finished = item.type === 'finished' && item.reason !== 'aborted';
    }
    if (finished) await companions.finished();
    if (finished && parts.straining) {
      const verdict = await yieldsOf(directory, config, parts.backend);
      if (verdict) handle({ type: 'yielded', ...verdict });
    }
    if (finished && config.validate) {
      handle({ type: 'validated', summary: await examine(directory, config, signal) });
    }
  } finally {
    await companions.close();
  }
  return { report: await writeReport(directory.root), finished };
}

/** How the run yielded, its atoms put to rest by the last generation. */
async function yieldsOf({ root, path }: RunDirectory, config: RunConfig, backend: Backend) {
  const { generation } = readLedger(path('ledger.jsonl')).findLast((e) => e.type === 'trained')!;
  const { potential } = loadModel(path('models', numbered(generation)));
  const { e0, mean } = potential.parameters;
  return findYields(root, config, backend, potential.withParameters({ e0, mean, members: [] }));
}

/** Teaches the ensemble again, lesson by lesson: bitwise what it was, because learning is deterministic. */
function resumption(
  { checkpoint }: RunRecord,
  { trainer }: RunParts,
  dataset: readonly LabelledFrame[],
  ledger: readonly LedgerLine[],
): Resumption {
  const { ledgerEvents, datasetFrames: _, ...progress } = checkpoint!;
  let training: Training | undefined;
  for (let generation = 1; generation <= progress.generation; generation++)
    training = trainer.learn(dataset.filter((frame) => frame.generation === generation));
  const pairs = ledger
    .slice(0, ledgerEvents)
    .flatMap((e) => (e.type === 'labelled' && e.before?.pairs ? [e.before.pairs] : []));
  return { progress, training: training!, pairs, ledgerEvents };
}

/** Examines some generations on the reference's own frames and stores what was found. */
async function examine({ path }: RunDirectory, config: RunConfig, signal: AbortSignal) {
  const trained = readLedger(path('ledger.jsonl')).filter((e) => e.type === 'trained');
  const examinees = spread(trained, EXAMINED).map(
    ({ generation, frames }): Examinee => ({
      ...loadModel(path('models', numbered(generation))),
      generation,
      labels: frames,
    }),
  );
  const control = config.validate?.control ? readControlSummary(path) : null;
  const result = await validate(config, readDataset(path('validation.xyz')), examinees, control, signal);
  writeFileAtomic(path('validation.json'), JSON.stringify(result));
  return result.summary;
}

/** `count` entries evenly spread over a list, its ends included. */
function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, k) => list[Math.round((k * (list.length - 1)) / (count - 1))]);
}
