import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { resolvedYaml } from '../../src/config/resolve.ts';
import { runSchema } from '../../src/config/schema.ts';
import { readDataset } from '../../src/run/datasetFile.ts';
import { createRunDirectory, openRunDirectory } from '../../src/run/directory.ts';
import { executeRun } from '../../src/run/execute.ts';
import type { RunItem } from '../../src/run/items.ts';
import { isShared } from '../../src/run/sharing.ts';
import { never } from '../support/integrate.ts';
import { itemsOf, partsOf } from './assembled.ts';
import { keptRun, ledger } from './keptRun.ts';
import { bench, type TinyConfig, tinyConfig } from './tinyRun.ts';

const runs = join(mkdtempSync(join(tmpdir(), 'serendip-sharing-')), 'runs');

/** So cold that it never pauses by itself. */
const calm = (c: TinyConfig) => {
  c.md.integrator.temperature = '30 K';
  c.md.startTemperature = '60 K';
  c.md.steps = 100;
  c.uncertainty.measures[0].pause = 1000;
};

/** A config whose run shares with `runs`, and a directory for it. */
function sharing(change: (c: TinyConfig) => void = () => {}) {
  const { config: path, run } = bench(
    tinyConfig((c) => {
      calm(c);
      c.share = runs;
      change(c);
    }),
  );
  const { config, source } = readConfig(runSchema, path);
  const directory = createRunDirectory(run);
  writeFileSync(directory.path('config.resolved.yaml'), resolvedYaml(runSchema, source));
  return { config, run, directory };
}

/** What a run does until it ends, or is killed where `enough` says so. */
async function items(
  { config, directory }: Pick<ReturnType<typeof sharing>, 'config' | 'directory'>,
  enough: (item: RunItem) => boolean = () => false,
): Promise<RunItem[]> {
  const seen: RunItem[] = [];
  const killed = new Error('killed');
  const show = (item: RunItem) => {
    seen.push(item);
    if (enough(item)) throw killed;
  };
  try {
    await executeRun(directory, config, show, never);
  } catch (error) {
    if (error !== killed) throw error;
  }
  return seen;
}

describe('a run that shares', () => {
  beforeAll(async () => {
    mkdirSync(runs, { recursive: true });
    const other = sharing((c) => {
      Object.assign(c, tinyConfig());
      c.stop.labels = 6;
    });
    const { run } = other;
    await items(other);
    expect(readDataset(join(run, 'dataset.xyz')).length).toBe(6);
    cpSync(run, join(runs, '0001'), { recursive: true });
  });

  it('learns at its checkpoints what others have labelled, and goes on bitwise when killed', async () => {
    const others = `${runs}-later`;
    const own = (c: TinyConfig) => {
      c.start = { rattle: { frames: 2, amplitude: '0.04 Å', seed: 7 } };
      c.share = others;
    };
    const [whole, killed] = [sharing(own), sharing(own)];
    const atStep = (item: RunItem, step: number) =>
      item.type === 'committed' && item.progress.state.step === step;
    // The other run appears when this one has begun.
    const appear = (item: RunItem) => {
      if (atStep(item, 0)) cpSync(runs, others, { recursive: true });
      return false;
    };
    const story = await items(whole, appear);
    expect(story.filter((item) => item.type === 'shared')).toEqual([
      { type: 'shared', pause: 0, step: 20, frames: 6, from: ['shared by 0001'] },
    ]);
    expect(story.some((item) => item.type === 'paused')).toBe(false);
    const frames = readDataset(join(whole.run, 'dataset.xyz'));
    expect(frames.map((f) => [f.generation, isShared(f)])).toEqual([
      ...Array.from({ length: 2 }, () => [1, false]),
      ...Array.from({ length: 6 }, () => [2, true]),
    ]);
    expect(ledger(whole.run).at(-1)).toMatchObject({ type: 'finished', reason: 'steps', generation: 2 });

    rmSync(others, { recursive: true });
    // Killed when the second generation is taught and not committed, so that the news are asked for again at the next checkpoint …
    await items(killed, (item) => appear(item) || (item.type === 'modelled' && item.generation === 2));
    expect(ledger(killed.run).some((e) => e.type === 'shared')).toBe(true);
    const again = await items(killed, (item) => atStep(item, 60));
    expect(again.filter((item) => item.type === 'shared').map(({ step }) => step)).toEqual([40]);
    const learned = readDataset(join(killed.run, 'dataset.xyz'));
    expect(learned.map((f) => f.generation)).toEqual(frames.map((f) => f.generation));
    // … and behind that. What has been taken over is its own: the others are not needed any more.
    cpSync(killed.run, `${killed.run}-copy`, { recursive: true });
    await items(killed);
    rmSync(others, { recursive: true });
    const copy = { ...killed, directory: openRunDirectory(`${killed.run}-copy`) };
    await items(copy);
    expect(keptRun(`${killed.run}-copy`)).toEqual(keptRun(killed.run));
    expect(ledger(killed.run).filter((e) => e.type === 'shared')).toHaveLength(1);
  });

  it('looks only where it teaches itself, if it is told so', async () => {
    const parts = partsOf(
      tinyConfig((c) => {
        calm(c);
        c.share = runs;
        c.shareAt = 'pauses';
      }),
    );
    const story = await itemsOf({ ...parts, exchange: { know() {}, waiting: () => true, news: () => [] } });
    expect(story.filter((item) => item.type === 'trained')).toHaveLength(1);
  });
});
