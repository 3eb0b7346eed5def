import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { runSchema } from '../../src/config/schema.ts';
import { createRunDirectory } from '../../src/run/directory.ts';
import { executeRun } from '../../src/run/execute.ts';
import type { RunItem } from '../../src/run/items.ts';
import { strategies } from '../../src/select/registry.ts';
import { measures } from '../../src/uncertainty/registry.ts';
import { bench, type TinyConfig, tinyConfig } from './tinyRun.ts';

async function run(change: (config: TinyConfig) => void): Promise<RunItem[]> {
  const { config: path, run: folder } = bench(
    tinyConfig((c) => {
      c.structure.repeat = [2, 2, 1];
      c.md.steps = 60;
      c.stop.labels = 9;
      c.train = { ensemble: { members: 3 }, activeSet: { clusters: 2 } };
      change(c);
    }),
  );
  const items: RunItem[] = [];
  const keep = (item: RunItem) => void items.push(item);
  const { config } = readConfig(runSchema, path);
  await executeRun(createRunDirectory(folder), config, keep, new AbortController().signal);
  return items;
}

const NEEDED: Record<string, object> = {
  informationMatching: { crystals: [{ prototype: 'fcc', element: 'Cu', a: '3.615 Å' }] },
};

describe('a run', () => {
  it.each(strategies.entries.map((e) => e.kind))('chooses by %s what it labels', async (kind) => {
    const items = await run((c) => {
      c.extract = { strategy: { kind, ...NEEDED[kind] }, maxPerPause: 2 };
    });
    expect(items.filter((i) => i.type === 'paused').length).toBeGreaterThan(0);
    expect(items.filter((i) => i.type === 'labelled').length).toBeGreaterThan(0);
    expect(items.some((i) => i.type === 'finished')).toBe(true);
  });

  it.each(measures.entries.map((e) => e.kind))(
    'chooses by the measure %s what it labels',
    async (measure) => {
      const items = await run((c) => {
        c.extract = { strategy: { kind: 'uncertainty', measure }, maxPerPause: 1 };
      });
      expect(items.filter((i) => i.type === 'labelled' && i.pause > 0).length).toBeGreaterThan(0);
    },
  );

  it.each(measures.entries.map((e) => e.kind))('can watch %s', async (kind) => {
    const items = await run((c) => {
      const others: { kind: string; select: number; pause: number }[] = [
        { kind } as { kind: string; select: number; pause: number },
      ];
      c.uncertainty.measures = [...c.uncertainty.measures, ...(kind === 'extrapolationGrade' ? [] : others)];
    });
    const sampled = items.filter((i) => i.type === 'sampled').at(-1);
    const seen = sampled?.checks.find((check) => check.measure === kind);
    expect(seen?.max).toBeGreaterThan(0);
  });
});
