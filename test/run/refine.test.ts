import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { runSchema } from '../../src/config/schema.ts';
import { createRunDirectory, type RunDirectory } from '../../src/run/directory.ts';
import { executeRun } from '../../src/run/execute.ts';
import type { RunItem } from '../../src/run/items.ts';
import { loadModel } from '../../src/run/modelFolder.ts';
import { keptRun } from './keptRun.ts';
import { type Bench, bench, tinyConfig } from './tinyRun.ts';

const reference = fileURLToPath(new URL('../../../shared/reference/ace/', import.meta.url));
const isThere = existsSync(reference);
if (!isThere) {
  if (process.env.CI) throw new Error('the ACE reference numbers are missing');
  console.log('skipped: the ACE reference numbers (../shared/reference/ace) are not here');
}

/** Sixteen atoms of copper, hot enough to leave what the active set knows. */
function hotCopper(activeSet: string, a: string, temperature: string): Bench {
  return bench(
    tinyConfig((c) => {
      c.model = { file: join(reference, 'Cu-I.yaml'), activeSet: join(reference, activeSet) };
      c.structure = { ...c.structure, a, repeat: [2, 2, 1] };
      c.md.steps = 60;
      c.md.startTemperature = temperature;
      c.md.integrator.temperature = temperature;
      c.start = { rattle: { frames: 1, amplitude: '0.05 Å', strain: 0.01 } };
      c.train = { ensemble: { members: 2 }, bounds: { forceRmse: '9 eV/Å', energyRmse: '1 eV/atom' } };
      c.stop = { labels: 3 };
    }),
  );
}

/** Runs on until something matches, or to the end. */
async function run(
  directory: RunDirectory,
  { config }: Bench,
  until: (item: RunItem) => boolean = () => false,
) {
  const items: RunItem[] = [];
  const stop = new AbortController();
  const see = (item: RunItem) => {
    items.push(item);
    if (until(item)) stop.abort();
  };
  await executeRun(directory, readConfig(runSchema, config).config, see, stop.signal);
  return items;
}

describe.skipIf(!isThere)('a run from a published potential of two densities', () => {
  it.each([
    ['Cu-I.asi', '3.615 Å', '600 K', 82],
    ['Cu-I.asi.nonlinear', '3.1 Å', '3000 K', 164],
  ])(
    'with %s pauses, learns, and goes on after an interruption as if there had been none',
    async (set, a, hot, size) => {
      const [whole, broken] = [hotCopper(set, a, hot), hotCopper(set, a, hot)];
      const directory = createRunDirectory(whole.run);
      const items = await run(directory, whole);
      expect(items.filter((item) => item.type === 'paused').length).toBeGreaterThan(0);

      const first = createRunDirectory(broken.run);
      await run(first, broken, (item) => item.type === 'resumed' && item.generation === 2);
      const second = await run(first, broken);
      expect(second.some((item) => item.type === 'started' && item.resumedAfter !== undefined)).toBe(true);
      expect(keptRun(broken.run)).toEqual(keptRun(whole.run));

      const { potential, activeSet } = loadModel(directory.path('models', '0002'));
      expect(activeSet[0].size).toBe(size);
      expect(potential.functionCount).toBe(164);
    },
  );
});
