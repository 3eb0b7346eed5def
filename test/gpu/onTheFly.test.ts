import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Backend } from '../../src/backend/backend.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import { readConfig } from '../../src/config/load.ts';
import { runSchema } from '../../src/config/schema.ts';
import { assembleRun } from '../../src/run/assemble.ts';
import { createRunDirectory } from '../../src/run/directory.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { executeRun } from '../../src/run/execute.ts';
import { onTheFly } from '../../src/run/onTheFly.ts';
import { ledger } from '../run/keptRun.ts';
import { bench, tinyConfig } from '../run/tinyRun.ts';
import { never } from '../support/integrate.ts';
import { backend, found } from './adapter.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'serendip-gpu-'));

interface Example {
  base?: string;
  md: { startTemperature: string };
  uncertainty: { interval: number };
}

/** What an example's config says, but hotter, so that its first pause comes soon. */
function shortened(example: string, startTemperature?: string): string {
  const config: Example = parse(readFileSync(join(EXAMPLES, example, 'run.yaml'), 'utf8'));
  config.base = join(EXAMPLES, example);
  if (startTemperature) config.md.startTemperature = startTemperature;
  const path = join(scratch, `${example}.yaml`);
  writeFileSync(path, stringify(config));
  return path;
}

async function firstPause(path: string, on: Backend): Promise<Extract<RunEvent, { type: 'paused' }>> {
  const { config } = readConfig(runSchema, path);
  const parts = assembleRun(config, createRunDirectory(mkdtempSync(join(scratch, 'run-')), true));
  for await (const item of onTheFly({ ...parts, backend: on }, undefined, never))
    if (item.type === 'paused') return item;
  throw new Error('no pause');
}

describe.skipIf(!found)('the first pause on the device', () => {
  it.each([
    ['02-copper-melting', '900 K'],
    ['03-silicon-vacancy', '900 K'],
    ['04-aluminium-adatoms', undefined],
  ])('of %s is that of the CPU', { timeout: 300_000 }, async (example, startTemperature) => {
    const path = shortened(example, startTemperature);
    const [device, cpu] = [await firstPause(path, backend), await firstPause(path, wasmBackend())];
    const worst = ({ flagged }: typeof cpu) => flagged.reduce((most, f) => (f.grade > most.grade ? f : most));
    expect(cpu.step).toBeGreaterThan(10);
    expect([device.step, device.trustedStep, device.reason]).toEqual([cpu.step, cpu.trustedStep, cpu.reason]);
    expect(device.flaggedCount).toBe(cpu.flaggedCount);
    expect(worst(device).atom).toBe(worst(cpu).atom);
    expect(worst(device).grade / worst(cpu).grade).toBeCloseTo(1, 3);
  });
});

describe.skipIf(!found)('a whole run on the device', () => {
  it('pauses, labels, learns, and goes on where it was ended', { timeout: 300_000 }, async () => {
    const b = bench(
      tinyConfig((c) => {
        c.backend = 'webgpu';
        c.md.steps = 60;
        c.md.startTemperature = '900 K';
        c.output = { thermo: 10, trajectory: 20, checkpoint: 10 };
      }),
    );
    const { config } = readConfig(runSchema, b.config);
    const directory = createRunDirectory(b.run);
    const end = new AbortController();
    const first = await executeRun(
      directory,
      config,
      (item) => {
        if (item.type === 'committed' && item.progress.pauses > 0 && item.progress.state.step > 0)
          end.abort();
      },
      end.signal,
    );
    expect(first.finished).toBe(false);
    const paused = ledger(b.run).filter((e) => e.type === 'paused').length;
    const second = await executeRun(directory, config, () => {}, never);
    expect(second.finished).toBe(true);
    const events = ledger(b.run);
    const [started] = events;
    expect(started).toMatchObject({ backend: `webgpu, ${found!.name}` });
    expect(events.filter((e) => e.type === 'paused').length).toBeGreaterThanOrEqual(paused);
    expect(events.filter((e) => e.type === 'trained').length).toBeGreaterThanOrEqual(2);
    expect(events.filter((e) => e.type === 'labelled' && e.pause > 0).length).toBeGreaterThanOrEqual(1);
    expect(events.at(-1)).toMatchObject({ type: 'finished', reason: 'steps', step: 60 });
  });
});
