import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/run/events.ts';
import { type LedgerLine, readLedger } from '../../src/run/ledger.ts';

/** What two equal runs may differ in. */
const WALL = ['at', 'seconds', 'cached', 'directory', 'resumedAfter'];

/** Judged by what they say, or not at all: of a killed process its jobs and unfinished labels stay for post-mortem. */
const APART =
  /^(ledger\.jsonl|checkpoint\.json|report\.html|config\.resolved\.yaml|run\.lock|labels\/(jobs\/.*|cache\/.*\.tmp))$/;

/**
 * Everything a run leaves by relative path, for comparison with another's: files byte by byte, the checkpoint with the
 * bits of its state, the ledger event by event, all without wall times.
 */
export function keptRun(run: string): Record<string, unknown> {
  const files = readdirSync(run, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(run.length + 1))
    .filter((name) => !APART.test(name))
    .sort();
  const { seconds: _, ledgerEvents: __, ...checkpoint } = JSON.parse(read(run, 'checkpoint.json'));
  return {
    ...Object.fromEntries(files.map((name) => [name, read(run, name)])),
    'checkpoint.json': checkpoint,
    'ledger.jsonl': story(run),
  };
}

/** The ledger without wall times; that a process went on is no part of what happened. */
export function story(run: string): Partial<RunEvent>[] {
  return ledger(run)
    .filter((event) => !(event.type === 'started' && event.resumedAfter !== undefined))
    .map((event) => Object.fromEntries(Object.entries(event).filter(([key]) => !WALL.includes(key))));
}

export function ledger(run: string): LedgerLine[] {
  return readLedger(join(run, 'ledger.jsonl'));
}

function read(run: string, name: string): string {
  return readFileSync(join(run, name), 'latin1');
}
