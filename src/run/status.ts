import { existsSync, readFileSync } from 'node:fs';
import { readCheckpoint } from './checkpoint.ts';
import { isInUse, pathsIn, requireRun } from './directory.ts';
import { RESULT } from './elastic/concludeElastic.ts';
import type { RoundNumbers } from './elastic/elasticNumbers.ts';
import { keptRequest } from './elastic/request.ts';
import { readLedger } from './ledger.ts';
import { storedConfig, storedRunConfig } from './stored.ts';

/** How far a run is, from its files alone. */
export interface RunStatus {
  readonly kind: 'run' | 'md' | 'elastic';
  readonly title: string;
  readonly state: 'waiting' | 'running' | 'finished' | 'interrupted';
  /** Of the last checkpoint. */
  readonly step: number;
  /** Of the last sample: what lies beyond the last checkpoint is done again when it is killed. */
  readonly reached: number;
  readonly steps: number;
  readonly pauses: number;
  readonly labels: number;
  readonly labelBudget: number;
  readonly generation: number;
  /** eV/Å, of the latest generation on its training data. */
  readonly forceRmse: number | null;
  readonly seconds: Readonly<Record<string, number>>;
  /** Where elastic constants are learned: how far; absent before the first round. */
  readonly elastic?: Pick<RoundNumbers, 'round' | 'values' | 'bars'> & {
    readonly constants: readonly string[];
  };
}

/** Step of the last whole row. */
function lastSample(path: string): number {
  if (!existsSync(path)) return 0;
  const step = Number(readFileSync(path, 'utf8').split('\n').at(-2)?.split(',')[0]);
  return Number.isFinite(step) ? step : 0;
}

export function runStatus(root: string): RunStatus {
  requireRun(root);
  const path = pathsIn(root);
  if (keptRequest(path)) return elasticStatus(root);
  const config = storedConfig(root);
  const events = readLedger(path('ledger.jsonl'));
  const checkpoint = readCheckpoint(path('checkpoint.json'));
  const finished = events.some((e) => e.type === 'finished' && e.reason !== 'aborted');
  return {
    kind: 'stop' in config ? 'run' : 'md',
    title: config.title,
    state: isInUse(root) ? 'running' : finished ? 'finished' : events.length > 0 ? 'interrupted' : 'waiting',
    step: checkpoint?.state.step ?? 0,
    reached: Math.max(checkpoint?.state.step ?? 0, lastSample(path('thermo.csv'))),
    steps: config.md.steps,
    pauses: checkpoint?.pauses ?? 0,
    labels: checkpoint?.labels ?? 0,
    labelBudget: 'stop' in config ? config.stop.labels : 0,
    generation: checkpoint?.generation ?? 0,
    forceRmse: events.findLast((e) => e.type === 'trained')?.errors.forceRmse ?? null,
    seconds: checkpoint?.seconds ?? {},
  };
}

/** Of a directory in which elastic constants are learned: without time there are no steps, and no checkpoint but the labels. */
function elasticStatus(root: string): RunStatus {
  const path = pathsIn(root);
  const { title, stop } = storedRunConfig(root);
  const events = readLedger(path('ledger.jsonl'));
  const trained = events.findLast((e) => e.type === 'trained');
  const last = events.findLast((e) => e.type === 'elasticRound');
  return {
    kind: 'elastic',
    title,
    state: isInUse(root) ? 'running' : existsSync(path(RESULT)) ? 'finished' : 'interrupted',
    ...{ step: 0, reached: 0, steps: 0, pauses: 0 },
    labels: events.findLast((e) => e.type === 'labelled')?.label ?? 0,
    labelBudget: stop.labels,
    generation: trained?.generation ?? 0,
    forceRmse: trained?.errors.forceRmse ?? null,
    seconds: {},
    ...(last && {
      elastic: { round: last.round, constants: last.constants, values: last.values, bars: last.bars },
    }),
  };
}
