import { existsSync, readFileSync } from 'node:fs';
import { eventClasses, governingBarrier } from '../../events/classes.ts';
import { readEvents } from '../../run/rareEvents/eventFolder.ts';
import {
  arrheniusTable,
  campaignEventsStory,
  exposuresOf,
  ratesTable,
  type SharedClass,
  sharedClasses,
  sharedTable,
  suffices,
  type WatchedRun,
} from '../campaignEvents.ts';
import { tableMarkup } from '../dataTable.ts';
import { figures, type Section } from '../document.ts';
import type { Figure } from '../figure.ts';
import { arrheniusPlot } from '../figures/arrheniusPlot.ts';
import { html } from '../html.ts';
import { heldTemperature } from '../read/held.ts';
import type { History } from '../read/history.ts';
import { parseTable } from '../read/table.ts';
import { lengthOf } from '../summary.ts';

/** What a run directory tells of rare events; undefined where it did not look for any. */
export function watchedRun(
  who: string,
  at: (name: string) => string,
  history: History,
  notes: string[],
): WatchedRun | undefined {
  if (!existsSync(at('events'))) return undefined;
  const thermo = existsSync(at('thermo.csv'))
    ? parseTable(readFileSync(at('thermo.csv'), 'utf8'))
    : undefined;
  const { time } = lengthOf({ history, thermo });
  const own: string[] = [];
  const records = readEvents(at('events'), (text) => own.push(text));
  const classes = eventClasses(records, time);
  notes.push(...own.map((note) => `${who}: ${note}`));
  return { who, classes, time, temperature: heldTemperature(thermo) };
}

/** Rare events over all members; without parts where none looked for any. */
export async function campaignEvents(runs: readonly WatchedRun[]): Promise<Section> {
  const section = { id: 'events', title: 'Events' };
  if (runs.length === 0) return { ...section, parts: [] };
  const classes = sharedClasses(runs);
  const tables = [
    classes.length > 0 ? sharedTable(classes, runs) : undefined,
    ratesTable(classes, runs),
    arrheniusTable(classes),
  ];
  const plots = await figures(...classes.map((c) => plotOf(c, runs)));
  return {
    ...section,
    parts: [
      html`<p class="story">${campaignEventsStory(classes, runs)}</p>`,
      ...tables.map((t) => t && tableMarkup(t)),
      plots && html`<div class="below">${plots}</div>`,
    ],
  };
}

function plotOf(shared: SharedClass, runs: readonly WatchedRun[]): Figure | undefined {
  const { all, counts, fit } = shared;
  if (!fit || !suffices(shared)) return undefined;
  const { title } = all.representative;
  return arrheniusPlot({
    class: all.class,
    title,
    exposures: exposuresOf(runs, counts),
    fit,
    barrier: governingBarrier(all),
  });
}
