import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunStatus } from '../../src/run/status.ts';
import { serendip } from './commandLine.ts';
import { ledger, story } from './keptRun.ts';
import { type Bench, bench, morse, tinyConfig } from './tinyRun.ts';

/** Copper whose every label is counted; it takes several rounds and a dozen labels. */
const config = tinyConfig((c) => {
  c.title = 'Copper, to be known by its constants';
  c.label.calculator = morse();
  c.structure.repeat = [1, 1, 1];
  c.start = { rattle: { frames: 3, amplitude: '0.08 Å' } };
  c.stop.labels = 20;
});

/** A bench whose program tells stresses. */
function strainable(): Bench {
  const made = bench(config);
  writeFileSync(join(made.folder, 'stress'), '');
  return made;
}

const words = ({ config, run }: Bench) => ['elastic', '--config', config, '-o', run, '--until', 'entropy<12'];

function calls({ folder }: Bench): string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
}

function left({ run }: Bench): unknown {
  const file = (name: string) => readFileSync(join(run, name), 'utf8');
  const { generation } = ledger(run).findLast((e) => e.type === 'trained')!;
  const model = `models/${String(generation).padStart(4, '0')}`;
  return {
    story: story(run),
    ...Object.fromEntries(
      ['elastic.json', 'dataset.xyz', `${model}/potential.yaml`, `${model}/ensemble.json`].map((n) => [
        n,
        file(n),
      ]),
    ),
  };
}

async function statusOf(run: string): Promise<RunStatus> {
  return JSON.parse((await serendip('status', run, '--json').ended).out);
}

it('elastic learning goes on after kill -9 and Ctrl-C, to the bit, and asks for no label twice', async () => {
  const whole = strainable();
  expect(await serendip(...words(whole)).ended).toMatchObject({ code: 0, err: '' });
  const labels = calls(whole).length;
  expect(labels).toBeGreaterThan(6);
  expect(ledger(whole.run).filter((e) => e.type === 'elasticRound').length).toBeGreaterThanOrEqual(1);

  const killed = strainable();
  const first = serendip(...words(killed));
  await first.says(/label 4 /);
  expect(await statusOf(killed.run)).toMatchObject({ kind: 'elastic', state: 'running', labelBudget: 20 });
  first.signal('SIGKILL');
  await first.ended;
  const paid = calls(killed).length;
  expect(paid).toBeGreaterThanOrEqual(4);
  expect((await statusOf(killed.run)).state).toBe('interrupted');

  const second = serendip('resume', killed.run);
  await second.says(/label 5 /);
  second.signal('SIGINT');
  const { code, out, err } = await second.ended;
  expect(code).toBe(130);
  expect(err).toContain(`'serendip resume ${killed.run}' goes on`);
  expect(out).toContain('label 1 (start, 4 atoms, cached)');
  expect(existsSync(join(killed.run, 'elastic.json'))).toBe(false);
  expect((await serendip('report', killed.run).ended).err).toContain('has not ended');

  // The command itself goes on as well.
  expect(await serendip(...words(killed)).ended).toMatchObject({ code: 0, err: '' });
  expect(left(killed)).toEqual(left(whole));
  // Each end may cut one label short, which is asked for once more.
  expect(calls(killed).length).toBeLessThanOrEqual(labels + 2);
  expect(new Set(calls(killed)).size).toBe(labels);
  const { out: said } = await serendip('status', killed.run).ended;
  expect(said).toMatch(/elastic constants, finished[\s\S]*C11 .* C12 .* C44 .* GPa/);
  expect((await serendip('report', killed.run).ended).code).toBe(0);
});
