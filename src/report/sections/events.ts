import { type EventClass, referenceBarriers } from '../../events/classes.ts';
import type { EventRecord } from '../../events/record.ts';
import type { DataTable } from '../dataTable.ts';
import { tableMarkup } from '../dataTable.ts';
import { figures, type Section } from '../document.ts';
import { barrierText, classTable, electronvolts, perNanosecond } from '../eventTables.ts';
import { energyPath } from '../figures/energyPath.ts';
import { eventTimeline } from '../figures/eventTimeline.ts';
import { counted, integer, number, simulationTime, times } from '../format.ts';
import { html, type Markup } from '../html.ts';
import type { Held } from '../read/held.ts';
import type { RunData } from '../read/readRun.ts';
import type { Transitions } from '../read/transitions.ts';
import type { Viewer } from '../viewer/viewer.ts';

/** Classes that are drawn; all stand in the table. */
const DRAWN = 12;

/** Classes worth a figure: what is real first, then what is frequent. */
export function drawnClasses({ classes }: Transitions): EventClass[] {
  const ranked = [...classes].sort(
    (a, b) =>
      Number(a.count === 0) - Number(b.count === 0) ||
      Number(b.verdicts.confirmed > 0) - Number(a.verdicts.confirmed > 0) ||
      b.events.length - a.events.length,
  );
  const best = ranked.slice(0, DRAWN);
  return classes.filter((c) => best.includes(c));
}

/** All about rare events; without parts where a run did not look for any. */
export async function eventsSection(run: RunData, view: Viewer | undefined): Promise<Section> {
  const { transitions } = run;
  const section = { id: 'events', title: 'Events' };
  if (!transitions) return { ...section, parts: [] };
  const drawn = drawnClasses(transitions);
  const { records, classes } = transitions;
  const told = unsettledTable(records);
  return {
    ...section,
    parts: [
      html`<p class="story">${eventsStory(transitions).join(' ')}</p>`,
      classes.length > 0
        ? tableMarkup(classTable(classes), (k) => ({
            id: `class-${classes[k].class}`,
            data: { class: classes[k].class },
          }))
        : undefined,
      await below(figures(eventTimeline(run, transitions))),
      view && html`<div class="below">${view.markup}</div>`,
      await below(figures(...drawn.map((c) => energyPath(run, c)))),
      told && tableMarkup(told),
    ],
  };
}

async function below(content: Promise<Markup | undefined>): Promise<Markup | undefined> {
  const markup = await content;
  return markup && html`<div class="below">${markup}</div>`;
}

/** What was found, in sentences. */
export function eventsStory({ records, classes, time, temperature }: Transitions): string[] {
  if (records.length === 0)
    return [
      `No rare event was found in ${simulationTime(time)}: every quench led back to the basin it came from.`,
    ];
  const real = classes.filter((c) => c.count > 0);
  const [frequent] = [...real].sort((a, b) => b.count - a.count || rank(a) - rank(b));
  return [
    `${capital(counted(records.length, 'event'))} of ${counted(classes.length, 'class', 'classes')} ${records.length === 1 ? 'was' : 'were'} found in ${simulationTime(time)}.`,
    frequent ? frequentSentence(frequent, temperature) : '',
    artefactSentence(records),
    openSentence(records),
    barlessSentence(real),
  ].filter(Boolean);
}

function frequentSentence(c: EventClass, temperature: Held | undefined): string {
  const { path, title } = c.representative;
  const reference = referenceBarriers(path);
  const barrier = path
    ? `, over a barrier of ${barrierText(path.forward)} eV${reference ? ` (by the reference ${electronvolts(reference.forward)} eV)` : ''}`
    : '';
  const rate = c.rate
    ? ` That makes ${perNanosecond(c.rate.value)} per ns, with 95 % certainty between ${perNanosecond(c.rate.low)} and ${perNanosecond(c.rate.high)}, ${whenHeld(c, temperature)}.`
    : '';
  const confirmed = c.verdicts.confirmed > 0 ? ', which the reference confirmed' : '';
  const how = c.count > 1 ? `Most often, ${times(c.count)}, it was` : 'No class was met twice; best known is';
  return `${how} class ${c.class} (${title})${barrier}${confirmed}.${rate}`;
}

/** What is known better comes first. */
function rank({ verdicts, representative }: EventClass): number {
  return Number(verdicts.confirmed === 0) + Number(representative.path === null);
}

/** A rate belongs to a temperature, if there is one. */
function whenHeld(c: EventClass, temperature: Held | undefined): string {
  return !temperature || temperature.held
    ? `at ${number(temperature?.mean ?? c.temperature)} K`
    : `while the temperature went from ${number(temperature.from)} to ${number(temperature.to)} K, so that the rate is one of no single temperature`;
}

function artefactSentence(records: readonly EventRecord[]): string {
  const artefacts = records.filter((e) => e.verdict === 'artefact');
  if (artefacts.length === 0) return '';
  const labels = artefacts.reduce((sum, e) => sum + e.labels, 0);
  return `${capital(counted(artefacts.length, 'event'))} ${artefacts.length === 1 ? 'was an artefact' : 'were artefacts'} of the ensemble, which the reference does not know; ${labels > 0 ? `${counted(labels, 'label')} taught the ensemble better` : 'no label was spent on it'}, and ${artefacts.length === 1 ? 'it is' : 'they are'} in no rate.`;
}

function openSentence(records: readonly EventRecord[]): string {
  if (records.every((e) => e.generation === 0 && e.verdict === 'unverified'))
    return 'A potential that was given drove the run, so there was no reference to show them to.';
  const of = (verdict: string) => records.filter((e) => e.verdict === verdict).length;
  const open = [
    of('undecided') > 0 ? `${integer(of('undecided'))} could not be settled` : '',
    of('unverified') > 0
      ? `${integer(of('unverified'))} ${of('unverified') === 1 ? 'was' : 'were'} not shown to the reference`
      : '',
  ].filter(Boolean);
  return open.length > 0 ? `${open.join(', and ')}.` : '';
}

/** A barrier without a bar must not pass for a sure one. */
function barlessSentence(classes: readonly EventClass[]): string {
  const bare = classes.filter(({ representative: { path } }) => path && !Number.isFinite(path.forward.bar));
  const pathless = classes.filter((c) => c.representative.path === null);
  const names = (some: readonly EventClass[]) =>
    `${some.length === 1 ? 'class' : 'classes'} ${some.map((c) => c.class).join(', ')}`;
  return [
    bare.length > 0
      ? `The ${bare.length === 1 ? 'barrier' : 'barriers'} of ${names(bare)} ${bare.length === 1 ? 'has' : 'have'} no bar, because nothing tells how far to trust ${bare.length === 1 ? 'it' : 'them'}.`
      : '',
    pathless.length > 0 ? `No path is known for ${names(pathless)}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** What was not what it seemed or could not be told, why, and what was done about it. */
export function unsettledTable(records: readonly EventRecord[]): DataTable | undefined {
  const told = records.filter((e) => e.verdict === 'artefact' || e.verdict === 'undecided');
  if (told.length === 0) return undefined;
  return {
    caption:
      'Artefacts and undecided events: what the verdict rests on, and what was done. An artefact exists in the ensemble alone; what the reference says of it is learned, and the run goes on from before it.',
    heads: [
      { text: 'event', numeric: true },
      { text: 'class', numeric: true },
      { text: 'what seemed to happen' },
      { text: 'at', numeric: true },
      { text: 'verdict' },
      { text: 'why', wide: true },
      { text: 'what was done' },
    ],
    rows: told.map((e) => [
      integer(e.event),
      integer(e.class),
      e.title,
      simulationTime(e.time[1]),
      e.verdict,
      [e.reason, e.path === null ? e.pathFailure : undefined].filter(Boolean).join('; '),
      done(e),
    ]),
  };
}

function done({ verdict, labels, generation }: EventRecord): string {
  if (labels === 0) return 'nothing: no label was spent on it';
  return verdict === 'artefact'
    ? `${counted(labels, 'label')} learned; generation ${generation} no longer has it`
    : `${counted(labels, 'label')} learned by generation ${generation}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
