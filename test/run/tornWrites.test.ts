import { writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { resolvedYaml } from '../../src/config/resolve.ts';
import { runSchema } from '../../src/config/schema.ts';
import { createRunDirectory, isRunDirectory, openRunDirectory } from '../../src/run/directory.ts';
import { executeRun } from '../../src/run/execute.ts';
import type { RunItem } from '../../src/run/items.ts';
import { keptRun, ledger } from './keptRun.ts';
import { Killed } from './mortalDisk.ts';
import { type Bench, bench, tinyConfig } from './tinyRun.ts';

const NEVER = Number.POSITIVE_INFINITY;
const disk = vi.hoisted(() => ({ changes: 0, dieAt: Number.POSITIVE_INFINITY, dead: false }));
vi.mock('node:fs', async (original) => {
  const { mortalDisk } = await import('./mortalDisk.ts');
  return mortalDisk(await original<typeof import('node:fs')>(), disk);
});
// The report is written last of all, in one piece, and takes longer than the run.
vi.mock('../../src/report/writeReport.ts', () => ({ writeReport: async () => 'report.html' }));

/** Runs, or goes on, until the `dieAt`-th change of the disk; false if it came to its end before. */
async function isKilled({ config, run }: Bench, dieAt: number, paid: string[] = []): Promise<boolean> {
  Object.assign(disk, { changes: 0, dieAt });
  try {
    const read = readConfig(runSchema, config);
    const isOld = isRunDirectory(run);
    const directory = isOld ? openRunDirectory(run) : createRunDirectory(run);
    if (!isOld) writeFileSync(directory.path('config.resolved.yaml'), resolvedYaml(runSchema, read.source));
    const note = (item: RunItem) => {
      if (item.type === 'labelled' && !item.cached) paid.push(item.hash);
    };
    await executeRun(directory, read.config, note, new AbortController().signal);
    directory.release();
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  } finally {
    Object.assign(disk, { dieAt: NEVER, dead: false });
  }
}

it.each([
  ['to its end', 15, 11],
  ['until its budget is used up', 4, 17],
])('a run %s is the same whichever write was the last before kill -9', async (_, labels, stride) => {
  const config = tinyConfig((c) => {
    c.md.steps = 60;
    c.stop.labels = labels;
  });
  const whole = bench(config);
  expect(await isKilled(whole, NEVER)).toBe(false);
  const changes = disk.changes;
  const expected = keptRun(whole.run);
  expect(ledger(whole.run).filter((e) => e.type === 'paused')).toHaveLength(2);
  // Counted from the end, so that the last one is among them; the first three only make the directory.
  for (let dieAt = changes; dieAt > 3; dieAt -= stride) {
    const killed = bench(config);
    expect(await isKilled(killed, dieAt)).toBe(true);
    expect(await isKilled(killed, NEVER)).toBe(false);
    expect(keptRun(killed.run), `killed at change ${dieAt} of ${changes}`).toEqual(expected);
  }
});

it('a run killed over and over again comes to the same end, and pays no label twice', async () => {
  const config = tinyConfig();
  const whole = bench(config);
  expect(await isKilled(whole, NEVER)).toBe(false);
  const killed = bench(config);
  const paid: string[] = [];
  let kills = 0;
  for (let dieAt = 45; await isKilled(killed, dieAt, paid); dieAt = 45 + ((dieAt * 7) % 40)) kills++;
  expect(kills).toBeGreaterThan(5);
  expect(paid).toHaveLength(new Set(paid).size);
  expect(keptRun(killed.run)).toEqual(keptRun(whole.run));
});
