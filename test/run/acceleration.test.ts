import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readConfig } from '../../src/config/load.ts';
import { resolvedYaml } from '../../src/config/resolve.ts';
import { mdSchema, runSchema } from '../../src/config/schema.ts';
import { checkMd } from '../../src/run/check.ts';
import { createRunDirectory } from '../../src/run/directory.ts';
import type { RunItem } from '../../src/run/items.ts';
import { executeMd } from '../../src/run/plainMd.ts';
import { never } from '../support/integrate.ts';
import { keptRun } from './keptRun.ts';
import { bench, tinyConfig } from './tinyRun.ts';

const POTENTIAL = { kind: 'eam', set: 'zhou', elements: ['Cu'] };
const ACCELERATION = {
  kind: 'parallelReplica',
  replicas: 3,
  decorrelation: '20 fs',
  dephasing: '20 fs',
  every: 5,
};

/** Copper that stays where it is, by three replicas. */
function accelerated(temperature: unknown = '300 K') {
  const { folder, run } = bench(tinyConfig());
  const { title, structure, output } = tinyConfig();
  const integrator = { kind: 'langevin', timestep: '2 fs', temperature, friction: '5 1/ps', seed: 3 };
  const md = { integrator, steps: 80, startTemperature: '600 K', acceleration: ACCELERATION };
  const path = join(folder, 'md.yaml');
  writeFileSync(path, stringify({ version: 1, title, structure, md, output, potential: POTENTIAL }));
  return { ...readConfig(mdSchema, path), run };
}

it('a run by parallel replicas keeps to the clock, and goes on bitwise when killed', async () => {
  const made = [accelerated(), accelerated()].map(({ config, source, run }) => {
    const directory = createRunDirectory(run);
    writeFileSync(directory.path('config.resolved.yaml'), resolvedYaml(mdSchema, source));
    return { config, directory, run };
  });
  const [whole, killed] = made;
  const items: RunItem[] = [];
  await executeMd(whole.directory, whole.config, (item) => items.push(item), never);
  expect(items.find((item) => item.type === 'started')?.backend).toContain('3 parallel replicas');
  expect(items.flatMap((i) => (i.type === 'sampled' ? [i.observables.step] : []))).toEqual(
    Array.from({ length: 17 }, (_, k) => 5 * k),
  );
  const end = new Error('killed');
  const until = (step: number) => (item: RunItem) => {
    if (item.type === 'sampled' && item.observables.step === step) throw end;
  };
  await expect(executeMd(killed.directory, killed.config, until(50), never)).rejects.toBe(end);
  await executeMd(killed.directory, killed.config, () => {}, never);
  expect(keptRun(killed.run)).toEqual(keptRun(whole.run));
});

it('refuses what would spoil the clock, before anything runs', () => {
  const ramp = { from: '300 K', to: '600 K', over: '1 ps' };
  expect(() => checkMd(accelerated(ramp).config)).toThrow('use langevin with a constant temperature');
  const { config } = bench(
    tinyConfig((c) => {
      Object.assign(c.md, { acceleration: ACCELERATION, bias: { kind: 'hyperactive' } });
    }),
  );
  expect(() => readConfig(runSchema, config)).toThrow('must not go with md.acceleration');
});
