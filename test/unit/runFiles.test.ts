import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { structureFrom } from '../../src/core/structure.ts';
import { formatXyz } from '../../src/io/writeXyz.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../src/run/checkpoint.ts';
import { formatDatasetFrame, readDataset } from '../../src/run/datasetFile.ts';
import { createRunDirectory, openRunDirectory } from '../../src/run/directory.ts';
import { appendEvent, mendLedger, readLedger } from '../../src/run/ledger.ts';
import { openThermo } from '../../src/run/thermoFile.ts';
import { openXyzSeries } from '../../src/run/xyzSeries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'serendip-run-'));
});

const atom = structureFrom(['Cu'], [0.1, -0, 1 / 3], [3, 0, 0, 0.5, 3, 0, 0, 0, 3]);
const frame = (step: number) => formatXyz({ structure: atom, info: { step } });

describe('series of frames', () => {
  it('takes back what lies behind a step, also in a file opened again', () => {
    const path = join(folder, 'a.xyz');
    const series = openXyzSeries(path, 'step');
    for (const step of [0, 10, 20, 30]) series.append(step, frame(step));
    series.rewind(20);
    series.append(25, frame(25));
    expect(readFileSync(path, 'utf8')).toBe([0, 10, 20, 25].map(frame).join(''));
    openXyzSeries(path, 'step').rewind(9);
    expect(readFileSync(path, 'utf8')).toBe(frame(0));
  });

  it.each([1, 5, 20, 60])('takes back a last frame torn after %i bytes', (bytes) => {
    const path = join(folder, 'a.xyz');
    writeFileSync(path, frame(0) + frame(10).slice(0, bytes));
    openXyzSeries(path, 'step').rewind(1000);
    expect(readFileSync(path, 'utf8')).toBe(frame(0));
  });
});

describe('thermo file', () => {
  const sample = (step: number) => ({
    type: 'sampled' as const,
    observables: {
      step,
      time: step,
      potentialEnergy: -1,
      kineticEnergy: 1,
      conserved: 0,
      temperature: 300,
      pressure: 0.1,
      stress: [0, 0, 0, 0, 0, 0],
      volume: 27,
    },
    checks: [{ measure: 'extrapolationGrade', max: 1.5, atom: 0 }],
    measures: ['extrapolationGrade'],
    generation: 1,
    labels: 6,
  });

  it('writes a header once and rewinds rows', () => {
    const path = join(folder, 'thermo.csv');
    const thermo = openThermo(path);
    for (const step of [0, 10, 20]) thermo.append(sample(step));
    thermo.rewind(10);
    openThermo(path).append(sample(15));
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines[0]).toMatch(/^step,time_fs,.*,labels,extrapolationGrade_max$/);
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['0', '10', '15']);
    expect(Number(lines[1].split(',')[3])).toBeCloseTo(16.02176634, 8);
  });

  it('drops a torn row', () => {
    const path = join(folder, 'thermo.csv');
    const thermo = openThermo(path);
    thermo.append(sample(0));
    const whole = readFileSync(path, 'utf8');
    appendFileSync(path, '10,10,30');
    openThermo(path).rewind(1000);
    expect(readFileSync(path, 'utf8')).toBe(whole);
  });
});

describe('ledger', () => {
  const checkpoint = (step: number) => ({ type: 'checkpoint', step }) as const;
  const started = {
    type: 'started',
    title: 't',
    atoms: 1,
    elements: ['Cu'],
    calculator: 'potential',
    steps: 10,
    timestep: 1,
    step: 0,
  } as const;

  it('forgets what a killed process did behind its checkpoint', () => {
    const path = join(folder, 'ledger.jsonl');
    for (const event of [started, checkpoint(1), checkpoint(2)]) appendEvent(path, event);
    appendEvent(path, { ...started, resumedAfter: 2 });
    appendEvent(path, checkpoint(3));
    expect(readLedger(path).map((e) => ('step' in e ? e.step : -1))).toEqual([0, 1, 0, 3]);
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(5);
  });

  it('survives a torn last line', () => {
    const path = join(folder, 'ledger.jsonl');
    appendEvent(path, started);
    appendFileSync(path, '{"type":"check');
    expect(readLedger(path)).toHaveLength(1);
    mendLedger(path);
    appendEvent(path, checkpoint(5));
    expect(readLedger(path)).toHaveLength(2);
  });
});

describe('checkpoint', () => {
  it('reads back bitwise', () => {
    const path = join(folder, 'checkpoint.json');
    const state = {
      step: 7,
      structure: atom,
      velocities: Float64Array.of(Math.PI, -0, 5e-324),
      extended: Float64Array.of(1 / 3),
    };
    const seconds = { md: 1, extract: 0, label: 0, train: 0, validate: 0 };
    const written: Checkpoint = {
      state,
      generation: 2,
      labels: 9,
      pauses: 3,
      seconds,
      datasetFrames: 9,
      ledgerEvents: 30,
    };
    writeCheckpoint(path, written);
    const read = readCheckpoint(path);
    expect(read).toEqual(written);
    expect(Object.is(read?.state.velocities[1], -0)).toBe(true);
  });
});

describe('data set file', () => {
  it('reads back bitwise', () => {
    const label = {
      energy: -3.7,
      forces: Float64Array.of(0.1, 1e-17, -0),
      stress: Float64Array.of(1, 2, 3, 4, 5, 6),
    };
    const learned = {
      structure: atom,
      label,
      core: Uint8Array.of(1),
      faithful: false,
      group: 'patch',
      generation: 4,
    };
    const path = join(folder, 'dataset.xyz');
    writeFileSync(path, formatDatasetFrame(1, learned));
    expect(readDataset(path)).toEqual([learned]);
  });
});

describe('run directory', () => {
  it('refuses to overwrite a run, to open what is none, and to share one', () => {
    const root = join(folder, 'run');
    const run = createRunDirectory(root);
    writeFileSync(run.path('config.resolved.yaml'), 'version: 1\n');
    writeFileSync(run.path('checkpoint.json'), '{}');
    expect(() => createRunDirectory(root)).toThrow(/already holds a run.*resume.*--fresh/);
    expect(() => openRunDirectory(join(folder, 'other'))).toThrow(/holds no run/);
    writeFileSync(run.path('run.lock'), '1');
    expect(() => openRunDirectory(root)).toThrow(/in use by process 1/);
    writeFileSync(run.path('run.lock'), '999999999');
    openRunDirectory(root).release();
    createRunDirectory(root, true).release();
  });

  it('begins anew what never came to a checkpoint, and keeps what it has not made', () => {
    const root = join(folder, 'begun');
    const run = createRunDirectory(root);
    const mine = ['labels', 'notes.txt'];
    for (const name of ['config.resolved.yaml', 'ledger.jsonl', ...mine]) writeFileSync(run.path(name), '');
    run.release();
    createRunDirectory(root).release();
    expect(readdirSync(root).sort()).toEqual(mine);
  });

  it('says so when it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => createRunDirectory(join(folder, 'file', 'run'))).toThrow(
      /output\.directory: got .*must be a folder that can be written/,
    );
  });
});
