import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { studies } from '../../src/studies/registry.ts';

const data = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const absent = !existsSync(data) && !process.env.CI;
if (absent) console.log('skipped: the DFT data (../shared/data) are not here');

async function shortly(kind: string, folder: string | undefined) {
  return studies.create(studies.schema.parse({ kind })).run({
    short: true,
    data: folder,
    progress: () => {},
    signal: new AbortController().signal,
  });
}

/** Numbers of a cell such as `12 %` or `3.4 (56)`. */
const first = (cell: string | number) => Number.parseFloat(String(cell));

describe.skipIf(absent)('the study of', () => {
  it('grades sees errors rise with the grade', { timeout: 60_000 }, async () => {
    const { tables, figures, numbers } = await shortly('grades', data);
    const [correlation] = tables;
    const rho = Object.fromEntries(correlation.rows.map(([name, , value]) => [name, Number(value)]));
    for (const set of ['its own set', 'linear set', 'full set'])
      expect(rho[`published, ${set}`]).toBeGreaterThan(0.75);
    expect(rho['own fit, local nearest']).toBeGreaterThan(0.4);
    const { bands } = numbers as { bands: Record<string, { median: number; count: number }[]> };
    const full = bands['published, its own set'].filter((band) => band.count > 0);
    expect(full.at(-1)!.median).toBeGreaterThan(10 * full[0].median);
    expect(figures).toHaveLength(correlation.rows.length);
  });

  it('tungsten finds bad forces far better than chance', { timeout: 60_000 }, async () => {
    const { tables } = await shortly('tungsten', `${data}/W`);
    const recall = Object.fromEntries(tables[1].rows.map(([name, share]) => [name, first(share)]));
    for (const name of ['γ global', 'γ local, min', 'γ local, nearest', 'committee σ_F'])
      expect(recall[name]).toBeGreaterThan(2 * recall.chance);
    expect(tables[2].heads.map((h) => h.text)).toEqual([
      'measure',
      'elastic',
      'non-elastic',
      'period-defect',
    ]);
  });
});

it.each(['grades', 'tungsten'])('the study of %s says what it needs', async (kind) => {
  await expect(shortly(kind, undefined)).rejects.toThrow(/give --data/);
});
