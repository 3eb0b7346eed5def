import { kindOfConfig } from '../config/kind.ts';
import { readCheckpoint } from './checkpoint.ts';
import { isInUse, pathsIn, requireRun } from './directory.ts';
import { readLedger } from './ledger.ts';
import { storedMdConfig, storedRunConfig } from './stored.ts';

/** How far a run is, from its files alone. */
export interface RunStatus {
  readonly title: string;
  readonly state: 'running' | 'finished' | 'interrupted';
  /** Of the last checkpoint. */
  readonly step: number;
  readonly steps: number;
  readonly pauses: number;
  readonly labels: number;
  readonly labelBudget: number;
  readonly generation: number;
  /** eV/Å, of the latest generation on its training data. */
  readonly forceRmse: number | null;
  readonly seconds: Readonly<Record<string, number>>;
}

export function runStatus(root: string): RunStatus {
  requireRun(root);
  const path = pathsIn(root);
  const plain = kindOfConfig(path('config.resolved.yaml')) === 'md';
  const config = plain ? storedMdConfig(root) : storedRunConfig(root);
  const events = readLedger(path('ledger.jsonl'));
  const checkpoint = readCheckpoint(path('checkpoint.json'));
  const finished = events.some((e) => e.type === 'finished' && e.reason !== 'aborted');
  return {
    title: config.title,
    state: isInUse(root) ? 'running' : finished ? 'finished' : 'interrupted',
    step: checkpoint?.state.step ?? 0,
    steps: config.md.steps,
    pauses: checkpoint?.pauses ?? 0,
    labels: checkpoint?.labels ?? 0,
    labelBudget: 'stop' in config ? config.stop.labels : 0,
    generation: checkpoint?.generation ?? 0,
    forceRmse: events.findLast((e) => e.type === 'trained')?.errors.forceRmse ?? null,
    seconds: checkpoint?.seconds ?? {},
  };
}
