import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunStatus } from '../../src/run/status.ts';
import { serendip } from './commandLine.ts';
import { ledger } from './keptRun.ts';
import { bench, morse, tinyConfig } from './tinyRun.ts';

async function statusOf(run: string): Promise<RunStatus> {
  const { code, out } = await serendip('status', run, '--json').ended;
  expect(code).toBe(0);
  return JSON.parse(out);
}

it('tells how far a run is while it runs, when it was killed, and when it is done; nobody else may touch it', async () => {
  const { folder, config, run } = bench(
    tinyConfig((c) => {
      c.md.steps = 65;
      c.label.calculator = morse();
    }),
  );
  // Its fourth label is not finished before it is killed.
  writeFileSync(join(folder, 'modes'), '\n\n\nwait');
  const first = serendip('run', config, '-d', run);
  await first.says(/pause 1/);
  const during = await statusOf(run);
  expect(during).toMatchObject({
    state: 'running',
    title: 'Copper heated in a hurry',
    steps: 65,
    labelBudget: 15,
  });
  expect(during).toMatchObject({ pauses: 0, labels: 3, generation: 1 });
  expect(during.step).toBeGreaterThanOrEqual(0);

  const [second, third, fourth] = await Promise.all([
    serendip('resume', run).ended,
    serendip('run', config, '-d', run, '--fresh').ended,
    serendip('run', config, '-d', run).ended,
  ]);
  expect(second).toMatchObject({ code: 2, err: expect.stringMatching(/in use by process \d+/) });
  expect(third).toMatchObject({ code: 2, err: expect.stringMatching(/in use by process \d+/) });
  expect(fourth).toMatchObject({ code: 2, err: expect.stringMatching(/already holds a run/) });

  first.signal('SIGKILL');
  await first.ended;
  expect(await statusOf(run)).toMatchObject({ state: 'interrupted', labels: 3, generation: 1 });
  expect(await serendip('resume', run).ended).toMatchObject({ code: 0, err: '' });
  const done = await statusOf(run);
  const { labels, pauses, generation } = ledger(run).findLast((e) => e.type === 'finished')!;
  expect(done).toMatchObject({ state: 'finished', step: 65, labels, pauses, generation });
  expect(done.forceRmse).toBeGreaterThan(0);
  expect(pauses).toBeGreaterThanOrEqual(2);
});
