import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { appendDurable } from '../io/durable.ts';
import type { RunEvent } from './events.ts';

export type LedgerLine = RunEvent & { readonly at: string };

/** Appends one event and returns once it is on disk. */
export function appendEvent(path: string, event: RunEvent): void {
  appendDurable(path, `${JSON.stringify({ ...event, at: new Date().toISOString() })}\n`);
}

/**
 * The events that hold. The file is append-only, so what a killed process did after its last checkpoint is still
 * in it; the `started` event of the process that went on says how many events that checkpoint stands behind. One that
 * says nothing found no checkpoint and began anew.
 */
export function readLedger(path: string): LedgerLine[] {
  if (!existsSync(path)) return [];
  const events: LedgerLine[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const event = parseLine(line);
    if (!event) continue;
    if (event.type === 'started') events.length = event.resumedAfter ?? 0;
    events.push(event);
  }
  return events;
}

/** Cuts off a last line that a crash left unfinished, so that the next one starts on a line of its own. */
export function mendLedger(path: string): void {
  if (!existsSync(path)) return;
  const text = readFileSync(path);
  const end = text.lastIndexOf(0x0a) + 1;
  if (end !== text.length) truncateSync(path, end);
}

function parseLine(line: string): LedgerLine | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as LedgerLine;
  } catch {
    return undefined; // only a torn last line can be unreadable, and it was never reported as done
  }
}
