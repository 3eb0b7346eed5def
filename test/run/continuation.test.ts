import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FlaggedFrame, Observables } from '../../src/backend/backend.ts';
import { readXyz } from '../../src/io/extxyz.ts';
import type { RunItem } from '../../src/run/items.ts';
import type { RunParts, Training } from '../../src/run/parts.ts';
import { openRecord } from '../../src/run/record.ts';
import { itemsOf, overseen, partsOf, type Stretch } from './assembled.ts';
import { type TinyConfig, tinyConfig } from './tinyRun.ts';

const noseHoover = () => {};
const npt = (c: TinyConfig) => {
  const { timestep, temperature, seed } = c.md.integrator;
  const coupling = { relaxation: '20 fs', cellRelaxation: '200 fs' };
  c.md.integrator = { kind: 'npt', timestep, temperature, seed, pressure: '0 GPa', ...coupling };
};
const integrators = [
  ['a Nosé-Hoover chain', noseHoover],
  ['a barostat', npt],
] as const;

/** What the run sampled, by step; what came after a step it went back to is void. */
function sampled(items: readonly RunItem[]): Map<number, Observables> {
  const rows = new Map<number, Observables>();
  for (const item of items) {
    if (item.type === 'sampled') rows.set(item.observables.step, item.observables);
    if (item.type === 'rewound') for (const step of rows.keys()) if (step > item.step) rows.delete(step);
  }
  return rows;
}

/** The same run with the first generation for ever: learning changes nothing, only the thresholds rise. */
function unteachable(parts: RunParts, thresholds: readonly number[]): RunParts {
  let first: Training | undefined;
  let stretches = 0;
  return {
    ...parts,
    trainer: {
      ...parts.trainer,
      learn(frames) {
        first ??= parts.trainer.learn(frames);
        return first;
      },
    },
    watch(training) {
      const pause = thresholds[stretches++] ?? Number.POSITIVE_INFINITY;
      const { interval, measures } = parts.watch(training);
      return { interval, measures: measures.map(({ measure }) => ({ measure, select: pause / 2, pause })) };
    },
  };
}

describe.each(integrators)('across a pause, with %s', (_, integrator) => {
  it('the run goes on from a state it went through, bit by bit', async () => {
    const parts = partsOf(tinyConfig(integrator));
    const stretches: Stretch[] = [];
    const items = await itemsOf({ ...parts, backend: overseen(parts.backend, stretches) });
    expect(stretches.length).toBeGreaterThanOrEqual(5);
    const resumed = items.filter((item) => item.type === 'resumed');
    expect(resumed).toHaveLength(stretches.length - 1);
    for (const [k, { step }] of resumed.entries()) {
      const [before, after] = [stretches[k], stretches[k + 1]];
      expect(after.start.step).toBe(step);
      expect(after.start).toEqual(before.stop!.state);
      expect(after.start).toEqual(before.passed.get(step));
      if (step > 0) expect(after.start.extended.some((x) => x !== 0)).toBe(true);
    }
  });

  it('the trajectory is the one without a pause where nothing was learned from it', async () => {
    const config = tinyConfig((c) => {
      integrator(c);
      c.md.steps = 100;
    });
    const undisturbed = await itemsOf(unteachable(partsOf(config), []));
    const paused = await itemsOf(unteachable(partsOf(config), [2, 3, 4, 5]));
    expect(undisturbed.filter((item) => item.type === 'paused')).toEqual([]);
    const pauses = paused.filter((item) => item.type === 'paused');
    expect(pauses).toHaveLength(4);
    for (const { trustedStep, step } of pauses) expect(trustedStep).toBeLessThan(step);
    expect([...sampled(paused)]).toEqual([...sampled(undisturbed)]);
    const end = (items: RunItem[]) => items.findLast((item) => item.type === 'committed')!.progress.state;
    expect(end(paused)).toEqual(end(undisturbed));
    expect(end(paused).step).toBe(100);
  });
});

it('beyond `select` a frame is remembered, beyond `pause` the run stops, and all of them can be learned', async () => {
  const parts = partsOf(tinyConfig());
  const seen: (readonly FlaggedFrame[])[] = [];
  const items = await itemsOf({
    ...parts,
    extract(frames, training) {
      seen.push(frames);
      return parts.extract(frames, training);
    },
  });
  const pauses = items.filter((item) => item.type === 'paused');
  expect(seen).toHaveLength(pauses.length);
  expect(seen.some((frames) => frames.length > 1)).toBe(true);
  for (const [k, { step, trustedStep }] of pauses.entries()) {
    const checks = Array.from({ length: (step - trustedStep) / 5 }, (_, c) => trustedStep + 5 * (c + 1));
    // A new generation may find the frame it starts from beyond `select`.
    expect(seen[k].map((frame) => frame.step).filter((s) => s > trustedStep)).toEqual(checks);
    const worst = seen[k].map(({ flagged }) => Math.max(...flagged.map((f) => f.grade)));
    expect(worst.pop()).toBeGreaterThan(3);
    for (const grade of worst) expect(grade).toBeLessThanOrEqual(3);
    for (const { grade } of seen[k].flatMap(({ flagged }) => flagged)) expect(grade).toBeGreaterThan(1.5);
  }
  const graded = items.flatMap((item) => (item.type === 'sampled' ? item.checks : []));
  for (const { max } of graded) expect(max).toBeLessThanOrEqual(3);
  expect(graded.some(({ max }) => max > 1.5)).toBe(true);
});

it('a run that goes back to its very beginning samples it once', async () => {
  const parts = partsOf(
    tinyConfig((c) => {
      c.uncertainty.interval = 25;
      c.md.steps = 60;
    }),
  );
  const items = await itemsOf(parts);
  expect(items.find((item) => item.type === 'paused')).toMatchObject({ step: 25, trustedStep: 0 });
  const record = openRecord(parts.directory);
  for (const item of items) record.keep(item);
  const thermo = readFileSync(parts.directory.path('thermo.csv'), 'utf8').trim().split('\n').slice(1);
  expect(thermo.map((row) => Number.parseInt(row, 10))).toEqual(Array.from({ length: 13 }, (_, k) => 5 * k));
  const frames = readXyz(parts.directory.path('trajectory.xyz'));
  expect(frames.map(({ info }) => info.step)).toEqual(['0', '20', '40', '60']);
});
