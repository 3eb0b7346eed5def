import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Figure, renderSvg } from '../../src/report/figure.ts';
import { calibration } from '../../src/report/figures/calibration.ts';
import { conservation } from '../../src/report/figures/conservation.ts';
import { control } from '../../src/report/figures/control.ts';
import { gradeHistogram } from '../../src/report/figures/gradeHistogram.ts';
import { learningCurve } from '../../src/report/figures/learningCurve.ts';
import { parity } from '../../src/report/figures/parity.ts';
import { recall } from '../../src/report/figures/recall.ts';
import { timeline } from '../../src/report/figures/timeline.ts';
import { timeSplit } from '../../src/report/figures/timeSplit.ts';
import { type RunData, readRun } from '../../src/report/read/readRun.ts';
import { story } from '../../src/report/sections/story.ts';
import { choosePayloads } from '../../src/report/viewer/payload.ts';
import { writeReport } from '../../src/report/writeReport.ts';
import { type Fake, writeFakeRun } from '../support/fakeRun.ts';

const root = mkdtempSync(join(tmpdir(), 'report-'));
const learning = join(root, 'learning');
const plain = join(root, 'plain');
let fake: Fake;
let run: RunData;

beforeAll(async () => {
  fake = writeFakeRun(learning);
  writeFakeRun(plain, { learning: false, repeats: 3 });
  run = await readRun(learning);
});
afterAll(() => rmSync(root, { recursive: true }));

/** Marks of one kind and colour in an SVG. */
function count(svg: string, pattern: RegExp): number {
  return svg.match(pattern)?.length ?? 0;
}

async function drawn(figure: Figure | undefined): Promise<string> {
  expect(figure).toBeDefined();
  const svg = await renderSvg(figure!);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  return svg;
}

describe('reading', () => {
  test('a torn ledger gives all that happened', () => {
    const { history } = run;
    expect(history.pauses).toHaveLength(fake.pauses);
    expect(history.labels).toHaveLength(fake.labels);
    expect(history.generations).toHaveLength(fake.generations);
    expect(history.quarantined.map((q) => q.pause)).toEqual([5, 10]);
    const fifth = history.pauses[4];
    expect(fifth.cuts.map((c) => c.proof.accepted)).toEqual([true, false]);
    const errors = fifth.labels.map((l) => l.before!.forceRmse);
    expect(fifth.before!.forceRmse).toBe(Math.max(...errors));
    expect(run.notes).toEqual([]);
  });

  test('every pause has its cut and the whole system, its worst atom marked', () => {
    expect(run.scenes).toHaveLength(2 * fake.pauses);
    for (const s of run.scenes) {
      const worst = s.gamma!.indexOf(Math.max(...s.gamma!));
      expect(s.marked).toBe(worst);
    }
  });

  test('no run directory is an error, a file that cannot be read a note', async () => {
    await expect(readRun(root)).rejects.toThrow(/must be a run directory/);
    const broken = join(root, 'broken');
    mkdirSync(join(broken, 'pauses', '0001'), { recursive: true });
    writeFileSync(join(broken, 'ledger.jsonl'), '');
    writeFileSync(join(broken, 'validation.json'), '{"summary"');
    writeFileSync(join(broken, 'pauses', '0001', 'frame.xyz'), '3\n\nCu 0 0 0\n');
    const { notes, validation, scenes } = await readRun(broken);
    expect(notes).toHaveLength(2);
    expect(validation).toBeUndefined();
    expect(scenes).toEqual([]);
    expect(readFileSync(await writeReport(broken), 'utf8')).toContain('Notes on the data');
  });

  test('numbers that JSON could not hold are not taken for zero', async () => {
    const place = join(root, 'nulls');
    mkdirSync(place);
    writeFileSync(join(place, 'ledger.jsonl'), '');
    const stored = JSON.parse(readFileSync(join(learning, 'validation.json'), 'utf8'));
    stored.parity[0].predicted[0] = null;
    writeFileSync(join(place, 'validation.json'), JSON.stringify(stored));
    const read = await readRun(place);
    expect(read.validation!.parity[0].predicted[0]).toBeNaN();
    expect(count(await drawn(parity(read)), /<path [^>]*fill="var\(--vermilion[^>]*>/g)).toBe(599);
  });
});

describe('figures', () => {
  test('the course of the run marks and links every pause', async () => {
    const svg = await drawn(timeline(run));
    for (let p = 1; p <= fake.pauses; p++) expect(count(svg, new RegExp(` href="#pause-${p}"`, 'g'))).toBe(1);
    for (const text of [
      'pause 10',
      'select 3',
      'pause 0.25',
      'select 0.08',
      'budget 60',
      'T (K)',
      'P (GPa)',
      'time (ps)',
    ])
      expect(svg).toContain(`>${text}<`);
  });

  test('the learning curve shows every label once for forces and once for energies', async () => {
    const svg = await drawn(learningCurve(run));
    const starting = 4;
    const dots = count(svg, /<path [^>]*stroke="var\(--sky[^>]*>|<path [^>]*fill="var\(--sky[^>]*>/g);
    const legend = 1;
    expect(dots).toBe(2 * (fake.labels - starting) + legend);
  });

  test('parity draws every component of the first and the last generation', async () => {
    const figure = parity(run);
    const svg = await drawn(figure);
    expect(count(svg, /<path [^>]*fill="var\(--vermilion[^>]*>/g)).toBe(600);
    expect(count(svg, /<path [^>]*fill="var\(--blue[^>]*>/g)).toBe(600);
    expect(svg).toContain('generation 6: RMSE 41 meV/Å');
  });

  test('an infinite grade of the control run is left out and said to be', async () => {
    const figure = control(run);
    await drawn(figure);
    expect(figure!.caption).toContain('1 grade that was infinite');
  });

  test('the others draw', async () => {
    for (const figure of [
      calibration(run),
      gradeHistogram(run),
      recall(run),
      conservation(run),
      timeSplit(run),
    ])
      expect((await drawn(figure)).length).toBeGreaterThan(2000);
  });

  test('rank correlations are stated for each generation', async () => {
    const svg = await drawn(calibration(run));
    const titles = [...new Set([...svg.matchAll(/>Spearman ρ = ([^<]+)</g)].map((m) => m[1]))];
    const [grade, spread] = titles.map((title) =>
      [...title.matchAll(/([\d.]+) \(/g)].map((m) => Number(m[1])),
    );
    expect(titles).toHaveLength(2);
    for (const k of [0, 1]) {
      expect(grade[k]).toBeGreaterThan(0.5);
      expect(spread[k]).toBeGreaterThan(grade[k]); // the invented error follows σ, and σ follows γ, each with noise
    }
  });

  test('ids of two figures in one page differ', async () => {
    const ids = [await drawn(timeline(run)), await drawn(control(run))].map((svg) =>
      [...svg.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]),
    );
    expect(ids[0].length).toBeGreaterThan(0);
    expect(ids[0].filter((id) => ids[1].includes(id))).toEqual([]);
  });
});

describe('the page', () => {
  test('tells what happened in numbers', () => {
    const text = story(run).join(' ');
    for (const part of [
      '256 atoms (Cu)',
      '20\u202f000 steps (40 ps)',
      'paused 12 times',
      '40 labels of a budget of 60',
      'trained 6 times',
      '2 labels were refused',
      'fell from 312 to 41 meV/Å, a factor of 7.6',
      'step 12\u202f400 (unstable',
      '6.2 min: 57 % for dynamics',
      'wrong by 3 times what the members disagreed about: the spread alone is too narrow',
    ])
      expect(text).toContain(part);
  });

  test('is one file that asks for nothing, written in one instant', async () => {
    const path = await writeReport(learning);
    const page = readFileSync(path, 'utf8');
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page).not.toMatch(/@import|<link rel="stylesheet"/);
    expect(page).toContain('University of Pittsburgh'); // the viewer's licence goes with it
    expect(readdirSync(learning).filter((name) => name.includes('tmp'))).toEqual([]);
    for (let p = 1; p <= fake.pauses; p++) expect(page).toContain(`id="pause-${p}"`);
    expect(page).toContain('largest force 61 eV/Å exceeds 30 eV/Å');
  });

  test('of plain dynamics has no section about learning', async () => {
    const page = readFileSync(await writeReport(plain), 'utf8');
    const titles = [...page.matchAll(/<h2>([^<]+)</g)].map((m) => m[1]);
    expect(titles).toEqual(['Course of the run', 'Structures', 'Dynamics', 'Reproduce']);
    expect(page).toContain('108 atoms (Cu) were simulated');
  });

  test('of a run that was killed early says so', async () => {
    const early = join(root, 'early');
    mkdirSync(early);
    const lines = readFileSync(join(learning, 'ledger.jsonl'), 'utf8').split('\n');
    writeFileSync(join(early, 'ledger.jsonl'), `${lines.slice(0, 6).join('\n')}\n`);
    appendFileSync(join(early, 'thermo.csv'), 'step,time_fs,temperature_K\n0,0,300\n10,2');
    const page = readFileSync(await writeReport(early), 'utf8');
    expect(page).toContain('running or interrupted');
    expect(page).toContain('0 of 20\u202f000 steps');
  });

  test('cannot be broken by a title', async () => {
    const hostile = join(root, 'hostile');
    mkdirSync(hostile);
    const [started] = readFileSync(join(learning, 'ledger.jsonl'), 'utf8').split('\n');
    writeFileSync(
      join(hostile, 'ledger.jsonl'),
      `${started.replace('Copper melts', '</title><script>alert(1)</script>')}\n`,
    );
    const page = readFileSync(await writeReport(hostile), 'utf8');
    expect(page).not.toContain('<script>alert');
  });

  test('carries no more structures than it may: cuts first', () => {
    const all = choosePayloads(run.scenes);
    expect(all.left).toEqual([]);
    const whole = run.scenes.filter((s) => s.id.endsWith('frame'));
    const cuts = run.scenes.length - whole.length;
    const size = all.payloads.slice(0, cuts).reduce((sum, p) => sum + p.json.length, 0);
    const { payloads, left } = choosePayloads(run.scenes, size + 20_000);
    expect(payloads.slice(0, cuts).every((p) => p.id.includes('patch'))).toBe(true);
    expect(left.length).toBeGreaterThan(0);
    expect(left.every((s) => s.id.endsWith('frame'))).toBe(true);
  });
});
