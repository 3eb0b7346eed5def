import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Structure, subset } from '../../src/core/structure.ts';
import { eventClasses, governingBarrier, referenceBarriers } from '../../src/events/classes.ts';
import type { EventRecord } from '../../src/events/record.ts';
import { writeCampaignReport } from '../../src/report/campaign.ts';
import { tableText } from '../../src/report/dataTable.ts';
import { classTable, eventTable } from '../../src/report/eventTables.ts';
import { type Figure, renderSvg } from '../../src/report/figure.ts';
import { energyPath } from '../../src/report/figures/energyPath.ts';
import { eventTimeline } from '../../src/report/figures/eventTimeline.ts';
import { type RunData, readRun } from '../../src/report/read/readRun.ts';
import { readTransitions, type Transitions } from '../../src/report/read/transitions.ts';
import { eventsStory, unsettledTable } from '../../src/report/sections/events.ts';
import { eventScenes } from '../../src/report/viewer/eventScenes.ts';
import { writeReport } from '../../src/report/writeReport.ts';
import { parseEvent } from '../../src/run/rareEvents/eventFolder.ts';
import { FAKE_CAMPAIGN, fakeHops, writeFakeCampaign } from '../support/fakeCampaign.ts';
import { writeFakeRun } from '../support/fakeRun.ts';
import { FAKE_EVENTS, fakeSlab, writeFakeTransitions } from '../support/fakeTransitions.ts';

const root = mkdtempSync(join(tmpdir(), 'event-report-'));
const directory = join(root, 'run');
const TIME = 16_000; // fs
let run: RunData;
let found: Transitions;

beforeAll(async () => {
  writeFakeRun(directory, { repeats: 2, steps: TIME / 2 });
  writeFakeTransitions(directory, TIME);
  run = await readRun(directory);
  found = run.transitions!;
});
afterAll(() => rmSync(root, { recursive: true }));

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

async function drawn(figure: Figure | undefined): Promise<string> {
  expect(figure).toBeDefined();
  const svg = await renderSvg(figure!);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  return svg;
}

/** Å, from the k-th atom of a structure to a point. */
function away(positions: Float64Array, k: number, point: readonly number[]): number {
  return Math.hypot(...point.map((x, a) => x - positions[3 * k + a]));
}

describe('reading', () => {
  test('gives every event, in classes in the order of time', () => {
    expect(run.notes).toEqual([]);
    expect(found.records).toHaveLength(FAKE_EVENTS.hops + 2);
    expect(found.classes.map((c) => [c.class, c.events.length, c.count])).toEqual([
      [1, FAKE_EVENTS.hops, FAKE_EVENTS.hops],
      [2, 1, 0],
      [3, 1, 1],
    ]);
    const [hop, artefact] = found.classes;
    expect(hop.representative.verdict).toBe('confirmed');
    expect(hop.rate!.value).toBeCloseTo(FAKE_EVENTS.hops / TIME, 12);
    expect(hop.rate!.low).toBeLessThan(hop.rate!.value);
    expect(artefact.rate).toBeUndefined();
    expect([...found.structures.get(1)!.saddle!.positions].length).toBeGreaterThan(300);
  });

  test('takes what JSON could not hold for no number, and no path for none', () => {
    const exchange = found.classes[2].representative;
    expect(exchange.path!.forward.value).toBe(FAKE_EVENTS.exchangeBarrier);
    expect(exchange.path!.forward.bar).toBeNaN();
    const stored = JSON.parse(readFileSync(join(directory, 'events', '0001', 'event.json'), 'utf8'));
    const bare = parseEvent(JSON.stringify({ ...stored, path: null, temperature: null }));
    expect(bare.path).toBeNull();
    expect(bare.temperature).toBeNaN();
  });

  test('is nothing where no event was looked for, and a note where one is torn', () => {
    const notes: string[] = [];
    const none = { time: TIME, temperature: undefined };
    expect(readTransitions(join(root, 'absent'), none, notes)).toBeUndefined();
    const torn = join(root, 'torn');
    writeFakeTransitions(join(root, 'torn'), TIME, { hops: 1 });
    mkdirSync(join(torn, 'events', '0002'));
    writeFileSync(join(torn, 'events', '0002', 'event.json'), '{"event": 2, "cla');
    mkdirSync(join(torn, 'events', '0003')); // being written
    writeFileSync(join(torn, 'events', '0001', 'final.xyz'), '3\n\nCu 0 0 0\n');
    const read = readTransitions(join(torn, 'events'), none, notes)!;
    expect(read.records).toHaveLength(1);
    const { initial, saddle, final } = read.structures.get(1)!;
    expect([initial, saddle, final].map((s) => s !== undefined)).toEqual([true, true, false]);
    expect(notes).toHaveLength(2);
    expect(notes.join(' ')).toContain('events/0002/event.json could not be read');
  });

  test('the one that stands for its class is confirmed, and has the smallest bar', () => {
    const [hop] = found.classes;
    const { path } = hop.representative;
    const like = (event: number, verdict: EventRecord['verdict'], bar: number): EventRecord => ({
      ...hop.representative,
      event,
      verdict,
      path: { ...path!, forward: { value: 0.7, bar } },
    });
    const chosen = (...some: EventRecord[]) => eventClasses(some, TIME)[0].representative.event;
    expect(
      chosen(
        like(1, 'artefact', 0.001),
        like(2, 'confirmed', Number.NaN),
        like(3, 'confirmed', 0.04),
        like(4, 'confirmed', 0.02),
        like(5, 'unverified', 0.01),
      ),
    ).toBe(4);
    expect(chosen(like(1, 'unverified', 0.01), like(2, 'undecided', Number.NaN))).toBe(2);
    expect(referenceBarriers(path)!.forward).toBeCloseTo(FAKE_EVENTS.referenceBarrier, 2);
    expect(referenceBarriers({ ...path!, reference: [] })).toBeUndefined();
  });
});

describe('structures', () => {
  test('an atom that crosses the boundary of the cell moves no farther than it does', () => {
    const [hop] = found.classes;
    const scenes = eventScenes(hop, found.structures.get(hop.representative.event)!);
    expect(scenes.map((s) => s.label)).toEqual(['before', 'saddle', 'after']);
    const at = scenes.map((s) => [...s.structure.positions.subarray(3 * s.marked, 3 * s.marked + 3)]);
    const raw = found.structures.get(1)!;
    const far = away(raw.final!.positions, hop.representative.moved[0], [
      ...raw.initial!.positions.subarray(
        3 * hop.representative.moved[0],
        3 * hop.representative.moved[0] + 3,
      ),
    ]);
    expect(far).toBeGreaterThan(10); // the file has it on the other side
    const step = (a: number, b: number) => Math.hypot(...at[a].map((x, k) => x - at[b][k]));
    expect(step(0, 2)).toBeCloseTo(hop.representative.displacements[0], 2);
    expect(step(0, 1)).toBeCloseTo(step(1, 2), 6);
    const [arrow] = [scenes[0].change!.arrows];
    expect(arrow).toHaveLength(6);
    expect(arrow.slice(0, 3)).toEqual(at[0]);
    expect(scenes[0].core!.reduce((a, b) => a + b, 0)).toBe(1);
  });

  test('of a large cell only the neighbourhood is shown', () => {
    const place = join(root, 'large');
    writeFakeTransitions(place, TIME, { hops: 1, cells: 8 });
    const { classes, structures } = readTransitions(
      join(place, 'events'),
      { time: TIME, temperature: undefined },
      [],
    )!;
    const scenes = eventScenes(classes[0], structures.get(1)!);
    const { structure, marked } = scenes[0];
    const n = structure.species.length;
    expect(structures.get(1)!.initial!.species.length).toBeGreaterThan(700);
    expect(n).toBeLessThan(200);
    expect(n).toBeGreaterThan(60);
    const centre = [...structure.positions.subarray(3 * marked, 3 * marked + 3)];
    for (let k = 0; k < n; k++) expect(away(structure.positions, k, centre)).toBeLessThanOrEqual(7.5);
    expect(structure.cell.every((x) => x === 0)).toBe(true);
  });
});

test('a part of the system is shown as one, its atoms told by their numbers in the whole', () => {
  const [hop] = found.classes;
  const { initial, saddle, final } = found.structures.get(1)!;
  const mover = hop.representative.moved[0];
  const parents = [mover - 3, mover - 1, mover, mover + 2];
  const cut = (s: Structure) => subset(s, parents);
  const stages = { initial: cut(initial!), saddle: cut(saddle!), final: cut(final!), parents };
  const [before] = eventScenes(hop, stages);
  expect([...before.core!]).toEqual([0, 0, 1, 0]);
  expect(before.marked).toBe(2);
  expect(before.structure.cell.every((x) => x === 0)).toBe(true);
  expect(eventScenes(hop, { ...stages, parents: [0, 1, 2, 3] })).toEqual([]);
});

test('where events go both ways, their frequency follows the barrier out of the deeper basin', () => {
  const [, artefact] = found.classes;
  const there: EventRecord = { ...artefact.representative, verdict: 'confirmed' };
  const { before, after } = there.fingerprint;
  const back: EventRecord = {
    ...there,
    event: 99,
    fingerprint: { ...there.fingerprint, before: after, after: before },
  };
  const uphill = {
    ...there,
    path: { ...there.path!, forward: there.path!.backward, backward: there.path!.forward },
  };
  const [oneWay] = eventClasses([uphill], TIME);
  expect(oneWay.backward).toBe(0);
  expect(governingBarrier(oneWay)!.value).toBe(0.06);
  const [both] = eventClasses([uphill, { ...back, verdict: 'unverified' }], TIME);
  expect(both.backward).toBe(1);
  expect(governingBarrier(both)!.value).toBe(0.31);
  expect(tableText(classTable([both]))).toContain('2, 1 back');
});

describe('figures', () => {
  test('the timeline has every event once, artefacts as crosses', async () => {
    const figure = eventTimeline(run, found);
    const svg = await drawn(figure);
    for (const c of found.classes)
      expect(count(svg, new RegExp(` href="#class-${c.class}"`, 'g'))).toBe(c.events.length);
    expect(svg).toContain('>1 · 1 Cu moved 2.56 Å<');
    expect(svg).toContain('>γ max<');
    expect(figure!.caption).toContain('Crosses are artefacts');
  });

  test('a path shows band, saddle, bar and reference', async () => {
    const [hop, , exchange] = found.classes;
    const figure = energyPath(run, hop);
    const svg = await drawn(figure);
    expect(svg).toContain('>0.688 ± 0.024 eV<');
    expect(count(svg, /<path [^>]*stroke="var\(--vermilion[^>]*>/g)).toBe(5);
    expect(
      count(
        svg,
        /<path [^>]*fill="var\(--blue[^>]*opacity="0.2"[^>]*>|<path [^>]*opacity="0.2"[^>]*fill="var\(--blue[^>]*>/g,
      ),
    ).toBe(1);
    expect(figure!.caption).toContain('its 8 members');
    expect(figure!.caption).toContain('inside the bar');
    const bare = energyPath(run, exchange);
    expect(await drawn(bare)).toContain('>0.920 eV<');
    expect(bare!.caption).toContain('has no bar');
    expect(bare!.caption).toContain('The reference has not looked');
    expect(
      energyPath(run, { ...hop, representative: { ...hop.representative, path: null } }),
    ).toBeUndefined();
  });
});

describe('words and tables', () => {
  test('say how many, how high, how sure', () => {
    const text = eventsStory(found).join(' ');
    for (const part of [
      '11 events of 3 classes were found in 16 ps',
      '9 times, it was class 1',
      '0.688 ± 0.024 eV (by the reference 0.701 eV)',
      'no single temperature',
      '1 event was an artefact',
      '4 labels taught the ensemble better',
      'The barrier of class 3 has no bar',
    ])
      expect(text).toContain(part);
    const once = found.classes.slice(1).map((c) => ({ ...c, count: 1 }));
    expect(eventsStory({ ...found, classes: once }).join(' ')).toContain(
      'No class was met twice; best known is class 2',
    );
    expect(eventsStory({ ...found, records: [], classes: [] })).toEqual([
      'No rare event was found in 16 ps: every quench led back to the basin it came from.',
    ]);
  });

  test('are for a terminal, too', () => {
    const classes = tableText(classTable(found.classes)).split('\n');
    expect(classes).toHaveLength(5);
    expect(classes[2]).toMatch(
      /1 Cu moved 2\.56 Å +9 .* 900 +0\.688 ± 0\.024 +0\.688 ± 0\.024 +0\.701 +1 confirmed, 8 unverified +563 \(257 to 1\s068\)/,
    );
    expect(classes[3]).toMatch(/artefact +–$/);
    const events = tableText(eventTable(found.records)).split('\n');
    expect(events).toHaveLength(2 + FAKE_EVENTS.hops + 2);
    expect(events.filter((line) => line.includes('artefact'))).toHaveLength(1);
    const told = unsettledTable(found.records)!;
    expect(told.rows).toHaveLength(2);
    expect(told.rows[0].join(' ')).toContain('generation 6 no longer has it');
  });

  test('stand in the page, which without events has no such section', async () => {
    const page = readFileSync(await writeReport(directory), 'utf8');
    expect(page).toContain('<h2>Events</h2>');
    for (const c of [1, 2, 3])
      expect(count(page, new RegExp(`<tr id="class-${c}" class="link"`, 'g'))).toBe(1);
    for (const stage of ['initial', 'saddle', 'final'])
      expect(page).toContain(`id="event-scene-class-1-${stage}"`);
    expect(count(page, /id="library"/g)).toBe(1);
    const without = join(root, 'without');
    writeFakeRun(without, { learning: false, repeats: 2 });
    expect(readFileSync(await writeReport(without), 'utf8')).not.toContain('<h2>Events</h2>');
  });
});

test('a campaign matches classes over its runs, and has the slope that its counts were made with', async () => {
  const place = join(root, 'campaign');
  writeFakeCampaign(place);
  const { report } = await writeCampaignReport(place);
  const page = readFileSync(report, 'utf8');
  const hops = FAKE_CAMPAIGN.temperatures.flatMap((T, t) => [0, 1].map((s) => fakeHops(T, 2 * t + s)));
  const all = hops.reduce((a, b) => a + b, 0) + 6; // and those of the run that was heated
  expect(all).toBeGreaterThan(100);
  expect(page).toContain(`<td>1 Cu moved 2.56 Å</td><td class="n">${all}</td><td class="n">9 of 9</td>`);
  expect(page).toContain('Left out, as the temperature was not held: 0009.');
  const [, low, high] = /activation energy of [\d.]+ eV \(95 %: ([\d.]+) to ([\d.]+) eV\)/
    .exec(page)!
    .map(Number);
  expect(low).toBeLessThan(FAKE_EVENTS.barrier);
  expect(high).toBeGreaterThan(FAKE_EVENTS.barrier);
  expect(high - low).toBeLessThan(0.4);
  expect(page).toContain('id="figure-arrhenius-1"');
  expect(page).not.toContain('id="figure-arrhenius-3"'); // two events at each temperature tell no slope
  expect(page).toContain('For 1 of 2 the counts do not suffice');
});

test('the slab of these tests has one vacancy, next to the atom that hops', () => {
  const { structure, hopper, adatom, hole } = fakeSlab();
  expect(hopper).toBeGreaterThanOrEqual(0);
  expect(structure.species.length).toBe(adatom + 1);
  for (let k = 0; k <= adatom; k++) expect(away(structure.positions, k, hole)).toBeGreaterThan(2);
});
