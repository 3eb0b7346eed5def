import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Running, serendip, until } from './commandLine.ts';
import { keptRun, ledger } from './keptRun.ts';
import { type Bench, bench, morse, tinyConfig } from './tinyRun.ts';

const config = tinyConfig((c) => {
  c.md.steps = 75;
  c.label.calculator = morse();
});

/** What an undisturbed run leaves, and its wall time from the first words on, ms. */
let expected: Record<string, unknown>;
let duration: number;

beforeAll(async () => {
  const whole = bench(config);
  const run = start(whole);
  await run.says(/./);
  const began = performance.now();
  expect(await run.ended).toMatchObject({ code: 0, err: '' });
  duration = performance.now() - began;
  expected = keptRun(whole.run);
  expect(ledger(whole.run).filter((e) => e.type === 'resumed').length).toBeGreaterThanOrEqual(3);
  expect(calls(whole)).toHaveLength(new Set(calls(whole)).size);
});

/** Starts the run, or goes on with it. */
function start({ run, config }: Bench): Running {
  return existsSync(join(run, 'config.resolved.yaml'))
    ? serendip('resume', run)
    : serendip('run', config, '-d', run);
}

/** Kills processes on one run at the given moments, one after the other, and lets a last one finish. */
async function survive(killed: Bench, moments: readonly ((run: Running) => Promise<unknown>)[]) {
  let kills = 0;
  for (const moment of moments) {
    const run = start(killed);
    await Promise.race([moment(run), run.ended]);
    run.signal('SIGKILL');
    if ((await run.ended).code === null) kills++;
  }
  expect(kills).toBeGreaterThan(moments.length / 2);
  expect(await start(killed).ended).toMatchObject({ code: 0, err: '' });
  expect(keptRun(killed.run)).toEqual(expected);
  expectNoneTwice(killed, kills);
}

/** What was asked of the program, by the beginning of the label's hash. */
function calls({ folder }: Bench): string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
}

/** A label is asked for once, and once more for every kill that left its job unfinished. */
function expectNoneTwice(killed: Bench, kills: number): void {
  const unfinished = readdirSync(join(killed.run, 'labels', 'jobs')).map((name) => name.split('-')[0]);
  expect(unfinished.length).toBeLessThanOrEqual(kills);
  const count = (list: readonly string[], hash: string) => list.filter((h) => h === hash).length;
  const asked = calls(killed);
  for (const hash of asked) expect(count(asked, hash)).toBeLessThanOrEqual(1 + count(unfinished, hash));
}

/** Waits for the next event of a kind in the ledger. */
function event(run: string, type: string): () => Promise<void> {
  const path = join(run, 'ledger.jsonl');
  const count = () => (existsSync(path) ? readFileSync(path, 'utf8').split(`"type":"${type}"`).length : 1);
  return () => {
    const before = count();
    return until(() => count() > before);
  };
}

describe.concurrent('kill -9', () => {
  it.each([0, 1])('at any instant, several times in a row, leaves no trace (%i)', async (series) => {
    // Multiples of the golden section: evenly spread, and a fifth of an undisturbed run apart on average.
    const instants = Array.from(
      { length: 4 },
      (_, k) => 0.4 * duration * (((4 * series + k) * 0.618034) % 1),
    );
    const moments = instants.map((ms) => async (run: Running) => {
      await run.says(/./);
      await pause(ms);
    });
    await survive(bench(config), moments);
  });

  it('in every activity leaves no trace', async () => {
    const killed = bench(config);
    const { run } = killed;
    const stored = () =>
      until(() => readdirSync(join(run, 'models')).some((name) => name.startsWith('0002')));
    await survive(killed, [
      event(run, 'labelled'), // labelling the starting structures
      event(run, 'paused'), // extraction
      event(run, 'extracted'), // labelling a cut
      event(run, 'labelled'), // teaching
      stored, // writing
      event(run, 'resumed'), // molecular dynamics
    ]);
  });

  it('by the calculator itself, while it computes, leaves no trace', async () => {
    const killed = bench(config);
    // Its second label, then its fifth.
    writeFileSync(join(killed.folder, 'modes'), '\nkill\n\n\nkill\n');
    const toTheEnd = (run: Running) => run.ended;
    await survive(killed, [toTheEnd, toTheEnd]);
    expect(calls(killed).length).toBeGreaterThan(new Set(calls(killed)).size);
  });
});
