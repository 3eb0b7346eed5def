/** A process that carries out one member; it ends when the process that started it does. */
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import { isInUse, openRunDirectory } from '../run/directory.ts';
import { executeRun } from '../run/execute.ts';
import type { RunItem } from '../run/items.ts';
import { executeMd } from '../run/plainMd.ts';
import { isPlainMd, storedMdConfig, storedRunConfig } from '../run/stored.ts';

/** What a worker tells. */
export type Message =
  | { readonly type: 'item'; readonly item: RunItem }
  | { readonly type: 'ended'; readonly finished: boolean }
  | { readonly type: 'failed'; readonly message: string };

/** Items without arrays: they are for people. */
const TOLD = [
  'started',
  'progress',
  'paused',
  'labelled',
  'shared',
  'trained',
  'quarantined',
  'yielded',
  'validated',
  'finished',
];

/** ms between two words of progress. */
const INTERVAL = 500;

/** ms that a predecessor, left behind by a process that was killed, gets to write its checkpoint. */
const PATIENCE = 60_000;

const root = process.argv[2];
const controller = new AbortController();
const stop = () => controller.abort(new UserError('interrupted', 130));
process.on('disconnect', stop);
process.on('message', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', () => {}); // Ctrl-C reaches all processes; the first of them tells the others

let told = 0;
const show = (item: RunItem) => {
  if (!TOLD.includes(item.type)) return;
  if (item.type === 'progress') {
    if (performance.now() - told < INTERVAL) return;
    told = performance.now();
  }
  tell({ type: 'item', item });
};

function tell(message: Message): void {
  if (process.connected) process.send!(message);
}

async function carryOut(): Promise<boolean> {
  for (const began = performance.now(); isInUse(root) && performance.now() - began < PATIENCE; )
    await pause(100);
  const directory = openRunDirectory(root);
  try {
    const { finished } = isPlainMd(root)
      ? await executeMd(directory, storedMdConfig(root), show, controller.signal)
      : await executeRun(directory, storedRunConfig(root), show, controller.signal);
    return finished;
  } finally {
    directory.release();
  }
}

try {
  tell({ type: 'ended', finished: await carryOut() });
} catch (error) {
  if (controller.signal.aborted) tell({ type: 'ended', finished: false });
  else
    tell({
      type: 'failed',
      message: error instanceof UserError ? error.message : String((error as Error).stack),
    });
}
if (process.connected) process.disconnect();
process.exit();
