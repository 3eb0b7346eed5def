import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GradePairs } from '../../src/run/thresholds.ts';
import { thresholdsFrom } from '../../src/run/thresholds.ts';
import { replay } from '../../src/run/whatif.ts';
import { serendip } from './commandLine.ts';
import { keptRun, ledger } from './keptRun.ts';
import { bench, tinyConfig } from './tinyRun.ts';

const TARGET = 0.4;
const GIVEN = { measure: 'extrapolationGrade', select: 1.5, pause: 3 };
const tiny = tinyConfig((c) => {
  Object.assign(c.uncertainty, { targetForceError: `${TARGET} eV/Å` });
});

const whole = bench(tiny);
beforeAll(async () => {
  expect(await serendip('run', whole.config, '-d', whole.run).ended).toMatchObject({ code: 0, err: '' });
}, 60_000);

describe('a run with a target force error', () => {
  it('sets its thresholds by what its labels say, and writes them down at every generation', () => {
    const events = ledger(whole.run);
    const generations = events.filter((e) => e.type === 'trained').map((e) => e.generation);
    const inForce = events.filter((e) => e.type === 'thresholds');
    expect(inForce.map((e) => e.generation)).toEqual(generations);
    expect(inForce[0]).toMatchObject({ ...GIVEN, source: 'given', target: TARGET });
    const last = inForce.at(-1)!;
    expect(last.source).toBe('calibrated');
    expect(last.pairs).toBeGreaterThan(50);
    expect(last.pause).not.toBe(GIVEN.pause);
    const labels = events.flatMap((e) => (e.type === 'labelled' && e.before?.pairs ? [e.before.pairs] : []));
    expect(last).toMatchObject(thresholdsFrom(GIVEN, TARGET, labels));
    for (const { errors, grades, sigmas } of labels) {
      expect(grades).toEqual([...grades].sort((a, b) => a - b));
      expect([errors.length, sigmas.length]).toEqual([grades.length, grades.length]);
    }
  });

  it('pauses only beyond the thresholds in force', () => {
    const events = ledger(whole.run);
    let pause = Number.NaN;
    for (const e of events) {
      if (e.type === 'thresholds') ({ pause } = e);
      if (e.type === 'paused' && e.reason === 'uncertain') expect(e.flagged[0].grade).toBeGreaterThan(pause);
    }
  });

  it('keeps what grades are in eV/Å with the model', () => {
    const last = ledger(whole.run).filter((e) => e.type === 'trained').length;
    const file = join(whole.run, 'models', String(last).padStart(4, '0'), 'calibration.json');
    expect(JSON.parse(readFileSync(file, 'utf8')).map((c: { measure: string }) => c.measure)).toEqual([
      'extrapolationGrade',
      'committeeForce',
    ]);
    expect(existsSync(join(whole.run, 'models', '0001', 'calibration.json'))).toBe(false);
  });

  it('explains a pause in eV/Å, and tells what other targets would have cost', {
    timeout: 30_000,
  }, async () => {
    const pauses = ledger(whole.run).filter((e) => e.type === 'paused').length;
    const { out } = await serendip('explain', String(pauses), whole.run).ended;
    expect(out).toMatch(/atom \d+: extrapolationGrade \S+, expected force error \S+ eV\/Å, 90 % below \S+/);
    expect(out).toMatch(/calibrated on \d+ atoms of earlier labels for a target of 0.4 eV\/Å/);
    const told = await serendip('whatif', whole.run, '--target', '0.05', '5', '--budget', '10').ended;
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toMatch(/0.4 \(as it was\)/);
    expect(told.out).toMatch(/10 labels would/);
  });

  it('killed and resumed, repeats itself bitwise', { timeout: 60_000 }, async () => {
    const { config, run } = bench(tiny);
    const killed = serendip('run', config, '-d', run);
    await killed.says(/pause 3/);
    killed.signal('SIGKILL');
    await killed.ended;
    expect(await serendip('resume', run).ended).toMatchObject({ code: 0, err: '' });
    expect(keptRun(run)).toEqual(keptRun(whole.run));
  });
});

describe('what if', () => {
  it('finds the pauses of the record again with the thresholds as they were, none with a target out of reach', () => {
    const events = ledger(whole.run);
    const record = { events, samples: [], given: GIVEN };
    const pauses = events.filter((e) => e.type === 'paused').length;
    const labels = events.filter((e) => e.type === 'labelled').length;
    const same = replay(record, TARGET);
    expect(same).toMatchObject({ kept: pauses, added: 0, labels, spentAt: undefined });
    expect(replay(record, TARGET, labels - 1).spentAt).toBe(
      events.findLast((e) => e.type === 'paused')!.step,
    );
    expect(replay(record, 1e3).kept).toBeLessThan(pauses);
  });
});

describe('thresholds', () => {
  /** Errors a tenth of the grade, scattered by half of that. */
  const label = (k: number): GradePairs => {
    const grades = Array.from({ length: 24 }, (_, i) => 0.25 * (i + 1) + 0.01 * k);
    return {
      measure: GIVEN.measure,
      grades,
      sigmas: grades,
      errors: grades.map((g, i) => 0.1 * g * (1 + (((i + k) % 3) - 1) / 2)),
    };
  };
  const labels = Array.from({ length: 10 }, (_, k) => label(k));

  it('come to where errors come to the target, and rise with it', () => {
    const at = thresholdsFrom(GIVEN, 0.4, labels);
    expect(at.pause).toBeGreaterThan(3.6);
    expect(at.pause).toBeLessThan(4.4);
    expect(at.select).toBeGreaterThan(0.5 * at.pause);
    expect(at.select).toBeLessThan(0.75 * at.pause);
    expect(thresholdsFrom(GIVEN, 0.8, labels).pause).toBeGreaterThan(1.7 * at.pause);
  });

  it('stay as given without a target or labels, and above half of that with a target that cannot be met', () => {
    expect(thresholdsFrom(GIVEN, undefined, labels)).toEqual({ ...GIVEN, source: 'given', pairs: 0 });
    expect(thresholdsFrom(GIVEN, 0.4, [])).toEqual({ ...GIVEN, source: 'given', pairs: 0, target: 0.4 });
    expect(thresholdsFrom(GIVEN, 1e-6, labels)).toMatchObject({ select: 0.75, pause: 1.5 });
  });
});
