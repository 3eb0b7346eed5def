import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { membersOf, withValues } from '../../src/campaign/members.ts';
import { readDataset } from '../../src/run/datasetFile.ts';
import { isShared } from '../../src/run/sharing.ts';
import { type Running, serendip, until } from './commandLine.ts';
import { keptRun, ledger } from './keptRun.ts';
import { bench, tinyConfig, zhou } from './tinyRun.ts';

const VARY = { 'md.startTemperature': ['600 K', '900 K'] };

/** A file for a campaign of short runs, and the folder it will have. */
function campaign(more: object = {}): { readonly file: string; readonly root: string } {
  const b = bench(
    tinyConfig((c) => {
      c.md.steps = 80;
    }),
  );
  const file = join(b.folder, 'sweep.yaml');
  const sweep = {
    version: 1,
    title: 'Twice in a hurry',
    config: 'run.yaml',
    parallel: 2,
    vary: VARY,
    ...more,
  };
  writeFileSync(file, stringify(sweep));
  return { file, root: join(b.folder, 'campaign') };
}

const start = ({ file, root }: { file: string; root: string }): Running =>
  serendip('campaign', file, '-d', root);

/** Kills the campaign and every process that works for it, at once. */
async function killAll(running: Running, root: string): Promise<void> {
  const locks = readdirSync(join(root, 'runs')).map((name) => join(root, 'runs', name, 'run.lock'));
  const workers = locks.filter((path) => existsSync(path)).map((path) => Number(readFileSync(path, 'utf8')));
  running.signal('SIGKILL');
  for (const pid of workers)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // it had ended by itself
  await running.ended;
}

const pausedTwice = (root: string) => () =>
  ['0001', '0002'].some(
    (name) =>
      existsSync(join(root, 'runs', name, 'ledger.jsonl')) &&
      ledger(join(root, 'runs', name)).filter((e) => e.type === 'resumed').length >= 2,
  );

describe('a campaign', () => {
  it('has every combination for a member', () => {
    const members = membersOf({ a: [1, 2], 'b.c': ['x', 'y', 'z'] });
    expect(members.map((m) => Object.values(m.values).join(''))).toEqual([
      '1x',
      '1y',
      '1z',
      '2x',
      '2y',
      '2z',
    ]);
    expect(withValues({ a: 0, b: { d: 1 } }, members[3])).toEqual({ a: 2, b: { d: 1, c: 'x' } });
    expect(() => withValues({ b: 5 }, members[0])).toThrow("vary.b.c: 'c' lies in 5");
  });

  it('learns from all its members, survives kill -9 of everything, and compares them', async () => {
    const killed = campaign();
    const first = start(killed);
    await until(pausedTwice(killed.root));
    await killAll(first, killed.root);
    expect((await serendip('status', killed.root).ended).out).toMatch(/000[12] +[69]00 K +interrupted/);
    const ended = await serendip('resume', killed.root).ended;
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toMatch(/0002 +900 K +finished +80/);
    const data = ['0001', '0002'].map((name) => readDataset(join(killed.root, 'runs', name, 'dataset.xyz')));
    const keys = data.map((frames) => frames.map((f) => String(f.structure.positions)));
    // Nobody learns a structure twice, and what one took over another had bought.
    for (const [k, frames] of data.entries()) {
      expect(new Set(keys[k]).size).toBe(frames.length);
      for (const [i, frame] of frames.entries())
        if (isShared(frame)) expect(keys[1 - k]).toContain(keys[k][i]);
    }
    expect(data.flat().some(isShared)).toBe(true);
    expect(new Set(keys.flat()).size).toBe(
      readdirSync(join(killed.root, 'labels', 'cache')).filter((n) => n.endsWith('.xyz')).length,
    );
    const report = readFileSync(join(killed.root, 'report.html'), 'utf8');
    expect(report).toContain('figure-campaign-labels');
    expect(report).toContain('runs/0002/report.html');
    // Nothing is left to do, and another campaign does not slip in.
    expect((await start(killed).ended).code).toBe(0);
    writeFileSync(
      killed.file,
      stringify({ version: 1, title: 'Other', config: 'run.yaml', vary: { 'md.steps': [1] } }),
    );
    expect(await start(killed).ended).toMatchObject({
      code: 2,
      err: expect.stringContaining('holds another one'),
    });
  });

  it('of members that keep to themselves repeats itself bitwise', async () => {
    const apart = { share: false };
    const [whole, killed] = [campaign(apart), campaign(apart)];
    expect((await start(whole).ended).code).toBe(0);
    const first = start(killed);
    await until(pausedTwice(killed.root));
    await killAll(first, killed.root);
    expect((await start(killed).ended).code).toBe(0);
    for (const name of ['0001', '0002']) {
      const [a, b] = [whole, killed].map(({ root }) => keptRun(join(root, 'runs', name)));
      expect(b).toEqual(a);
    }
  });

  it('goes on where one member fails, says which, and refuses what cannot be', async () => {
    const calculators = { 'label.calculator': [zhou(), { kind: 'command', command: ['false'] }] };
    const one = campaign({ vary: calculators, share: false });
    const mixed = campaign({ vary: calculators });
    const misspelt = campaign({ vary: { 'md.startTemprature': ['1 K'] } });
    const [ended, refused, unknown] = await Promise.all([one, mixed, misspelt].map((c) => start(c).ended));
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(/0002 .*no\. 2|0002 .*command/);
    expect(ended.out).toMatch(/0001 .*finished +80/);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('share: false') });
    expect(unknown).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean 'startTemperature'?"),
    });
  });
});
