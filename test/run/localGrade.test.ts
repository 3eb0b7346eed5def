import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { runSchema } from '../../src/config/schema.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { readDataset } from '../../src/run/datasetFile.ts';
import { createRunDirectory, type RunDirectory } from '../../src/run/directory.ts';
import { executeRun } from '../../src/run/execute.ts';
import { loadModel } from '../../src/run/modelFolder.ts';
import { measures } from '../../src/uncertainty/registry.ts';
import { keptRun, ledger } from './keptRun.ts';
import { bench, tinyConfig } from './tinyRun.ts';

const tiny = tinyConfig((c) => {
  c.md.steps = 50;
  c.uncertainty.measures = [{ kind: 'localGrade', select: 1.5, pause: 3 }];
});

/** Carries on with a run until the lesson `until`. */
async function run(directory: RunDirectory, configFile: string, until = Number.POSITIVE_INFINITY) {
  const stop = new AbortController();
  const { config } = readConfig(runSchema, configFile);
  await executeRun(
    directory,
    config,
    (item) => {
      if (item.type === 'trained' && item.generation === until) stop.abort();
    },
    stop.signal,
  );
}

it('a local grade drives a run, is kept with its models, and survives an interruption bit by bit', {
  timeout: 60_000,
}, async () => {
  const [whole, broken] = [bench(tiny), bench(tiny)];
  await run(createRunDirectory(whole.run), whole.config);
  const generations = ledger(whole.run).filter((e) => e.type === 'trained').length;
  expect(generations).toBeGreaterThan(2);
  expect(ledger(whole.run).some((e) => e.type === 'finished')).toBe(true);

  const directory = createRunDirectory(broken.run);
  await run(directory, broken.config, 2);
  expect(ledger(broken.run).filter((e) => e.type === 'trained').length).toBeLessThan(generations);
  await run(directory, broken.config);
  expect(keptRun(broken.run)).toEqual(keptRun(whole.run));

  const model = loadModel(join(whole.run, 'models', String(generations).padStart(4, '0')));
  const measure = measures.create({ kind: 'localGrade' })(model);
  const known = readDataset(join(whole.run, 'dataset.xyz')).flatMap(({ structure: s, core }) => {
    const e = model.potential.evaluate(s, buildNeighbours(s, model.potential.cutoff), measure.needs);
    return Array.from(measure.grade(e, s)).filter((_, i) => core[i] === 1);
  });
  expect(model.localSets![0].sets.reduce((sum, set) => sum + set.environments, 0)).toBe(known.length);
  expect(Math.max(...known)).toBeLessThan(1.05);
  expect(Math.max(...known)).toBeGreaterThan(0.9);
});
