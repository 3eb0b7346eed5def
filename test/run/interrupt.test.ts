import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { serendip } from './commandLine.ts';
import { keptRun, ledger } from './keptRun.ts';
import { bench, morse, tinyConfig } from './tinyRun.ts';

const tiny = tinyConfig((c) => {
  c.md.steps = 65;
  c.label.calculator = morse();
});

let expected: Record<string, unknown>;

beforeAll(async () => {
  const whole = bench(tiny);
  expect(await serendip('run', whole.config, '-d', whole.run).ended).toMatchObject({ code: 0, err: '' });
  expected = keptRun(whole.run);
});

describe.concurrent('a signal', () => {
  it.each([
    ['SIGINT', 'in molecular dynamics', /generation 1:/],
    ['SIGTERM', 'while a cut is labelled', /cut: whole/],
  ] as const)(
    '%s %s leaves a checkpoint, says how to go on, and changes nothing',
    async (name, _, moment) => {
      const { config, run } = bench(tiny);
      const interrupted = serendip('run', config, '-d', run);
      await interrupted.says(moment);
      interrupted.signal(name);
      const { code, err } = await interrupted.ended;
      expect(code).toBe(130);
      expect(err).toBe(`error: interrupted; 'serendip resume ${run}' goes on from the last checkpoint\n`);
      expect(existsSync(join(run, 'run.lock'))).toBe(false);
      expect(readdirSync(join(run, 'labels', 'jobs'))).toEqual([]);
      expect(await serendip('resume', run).ended).toMatchObject({ code: 0, err: '' });
      expect(keptRun(run)).toEqual(expected);
    },
  );

  it('SIGINT while the finished ensemble waits for its examination ends the run, and resuming examines it', async () => {
    const { config, run } = bench({ ...tinyConfig(), validate: { frames: 40 } });
    const interrupted = serendip('run', config, '-d', run);
    await interrupted.says(/finished at step/);
    interrupted.signal('SIGINT');
    expect(await interrupted.ended).toMatchObject({ code: 130 });
    expect(existsSync(join(run, 'validation.json'))).toBe(false);
    expect(await serendip('resume', run).ended).toMatchObject({ code: 0, err: '' });
    expect(existsSync(join(run, 'validation.json'))).toBe(true);
    expect(
      ledger(run)
        .map((e) => e.type)
        .slice(-2),
    ).toEqual(['finished', 'validated']);
  });
});
