import { type Arrhenius, type Exposure, fitArrhenius } from '../events/arrhenius.ts';
import {
  classOf,
  type EventClass,
  governingBarrier,
  rateOf,
  referenceBarriers,
  within,
} from '../events/classes.ts';
import { sameClass } from '../events/likeness.ts';
import type { EventRecord } from '../events/record.ts';
import type { DataTable } from './dataTable.ts';
import { barrierText, electronvolts, rateText, verdictText } from './eventTables.ts';
import { integer, number, percent, simulationTime } from './format.ts';
import type { Held } from './read/held.ts';

/** A run that looked for rare events. */
export interface WatchedRun {
  readonly who: string;
  readonly classes: readonly EventClass[];
  /** fs that were simulated. */
  readonly time: number;
  readonly temperature: Held | undefined;
}

/** A class of events over all runs. */
export interface SharedClass {
  readonly all: EventClass;
  /** Events that are no artefacts, by run. */
  readonly counts: readonly number[];
  /** The run whose event stands for the class. */
  readonly from: string;
  readonly fit: Arrhenius | undefined;
}

/** Whether counts tell that an event is activated at all; a slope whose bar reaches zero is no law to draw. */
export function suffices({ fit }: SharedClass): boolean {
  return fit !== undefined && fit.energy.low > 0;
}

/** Classes of all runs, the most frequent first. */
export function sharedClasses(runs: readonly WatchedRun[]): SharedClass[] {
  const gathered: { like: EventRecord; parts: { run: number; events: EventClass['events'] }[] }[] = [];
  runs.forEach(({ classes }, run) => {
    for (const { representative, events } of classes) {
      const known = gathered.find(({ like }) => sameClass(like.fingerprint, representative.fingerprint));
      if (known) known.parts.push({ run, events });
      else gathered.push({ like: representative, parts: [{ run, events }] });
    }
  });
  const time = runs.reduce((sum, r) => sum + r.time, 0);
  return gathered
    .sort((a, b) => sizeOf(b.parts) - sizeOf(a.parts))
    .map(({ parts }, k) => sharedClass(k + 1, parts, runs, time));
}

function sharedClass(
  number: number,
  parts: readonly { run: number; events: EventClass['events'] }[],
  runs: readonly WatchedRun[],
  time: number,
): SharedClass {
  const all = classOf(
    number,
    parts.flatMap((p) => p.events),
    time,
  );
  const counts = runs.map((_, run) =>
    sizeOf(
      parts
        .filter((p) => p.run === run)
        .map((p) => ({ events: p.events.filter((e) => e.verdict !== 'artefact') })),
    ),
  );
  const own = parts.find((p) => p.events.includes(all.representative))!;
  return { all, counts, from: runs[own.run].who, fit: fitArrhenius(exposuresOf(runs, counts)) };
}

function sizeOf(parts: readonly { readonly events: readonly unknown[] }[]): number {
  return parts.reduce((sum, p) => sum + p.events.length, 0);
}

/** Runs at one temperature each; one without an event counts too. */
export function exposuresOf(runs: readonly WatchedRun[], counts: readonly number[]): Exposure[] {
  return runs.flatMap(({ temperature, time }, k) =>
    temperature?.held && time > 0 ? [{ temperature: temperature.mean, time, count: counts[k] }] : [],
  );
}

/** Temperatures that differ by no more than this part are taken for one, in tables and plots. */
const ALIKE = 0.02;

/** Exposures at like temperatures taken together, the coldest first; T is the mean over time. */
export function pooled(exposures: readonly Exposure[]): (Exposure & { readonly runs: number })[] {
  const groups: Exposure[][] = [];
  for (const e of [...exposures].sort((a, b) => a.temperature - b.temperature)) {
    const group = groups.at(-1);
    if (group && e.temperature <= (1 + ALIKE) * group[0].temperature) group.push(e);
    else groups.push([e]);
  }
  return groups.map((group) => {
    const time = group.reduce((sum, e) => sum + e.time, 0);
    return {
      runs: group.length,
      time,
      count: group.reduce((sum, e) => sum + e.count, 0),
      temperature: group.reduce((sum, e) => sum + e.time * e.temperature, 0) / time,
    };
  });
}

/** What was found over all runs, a row a class. */
export function sharedTable(classes: readonly SharedClass[], runs: readonly WatchedRun[]): DataTable {
  return {
    caption: `Classes of events over all ${integer(runs.length)} runs that looked for them: of one class are those that are the same but for place, rotation, the names of atoms, and which way they go. Barriers are those of the ensemble of the run named, with their 95 % bars.`,
    heads: [
      { text: 'class', numeric: true },
      { text: 'what happened' },
      { text: 'count', numeric: true, hint: 'artefacts counted in' },
      { text: 'in runs', numeric: true },
      { text: 'barrier', unit: 'eV', numeric: true },
      { text: 'back', unit: 'eV', numeric: true },
      {
        text: 'reference',
        unit: 'eV',
        numeric: true,
        hint: 'barrier by the reference’s energies of the same images',
      },
      { text: 'by run' },
      { text: 'verdict' },
    ],
    rows: classes.map(({ all, counts, from }) => {
      const { path, title } = all.representative;
      const seen =
        all.count > 0 ? `${integer(counts.filter((n) => n > 0).length)} of ${integer(runs.length)}` : '–';
      return [
        integer(all.class),
        title,
        integer(all.events.length),
        seen,
        barrierText(path?.forward),
        barrierText(path?.backward),
        electronvolts(referenceBarriers(path)?.forward),
        from,
        verdictText(all),
      ];
    }),
  };
}

/** How often each class happens at each temperature; undefined where no run was held at one. */
export function ratesTable(
  classes: readonly SharedClass[],
  runs: readonly WatchedRun[],
): DataTable | undefined {
  const drifted = runs.filter((r) => !r.temperature?.held).map((r) => r.who);
  const rows = classes
    .filter(({ all }) => all.count > 0)
    .flatMap(({ all, counts }) =>
      pooled(exposuresOf(runs, counts)).map((e) => [
        integer(all.class),
        all.representative.title,
        number(e.temperature),
        integer(e.runs),
        simulationTime(e.time),
        integer(e.count),
        rateText({ rate: rateOf(e.count, e.time) }),
      ]),
    );
  if (rows.length === 0) return undefined;
  return {
    caption: `Rates by temperature: counts that are no artefacts over the time simulated, with exact 95 % Poisson intervals. Runs within ${percent(ALIKE)} of a temperature are taken together.${drifted.length > 0 ? ` Left out, as the temperature was not held: ${drifted.join(', ')}.` : ''}`,
    heads: [
      { text: 'class', numeric: true },
      { text: 'what happened' },
      { text: 'T', unit: 'K', numeric: true },
      { text: 'runs', numeric: true },
      { text: 'simulated', numeric: true },
      { text: 'count', numeric: true },
      { text: 'rate', unit: '1/ns', numeric: true },
    ],
    rows,
  };
}

/** Slopes of the counts beside the barriers of the paths; undefined where nothing was counted at two temperatures. */
export function arrheniusTable(classes: readonly SharedClass[]): DataTable | undefined {
  const fitted = classes.flatMap(({ all, fit }) => (fit ? [{ all, fit }] : []));
  if (fitted.length === 0) return undefined;
  return {
    caption:
      'Arrhenius law k = ν exp(−E/k_B T) by the likelihood of the Poisson counts of all runs held at one temperature; in brackets 95 % profile intervals. Events of both ways are counted; where there are any, the barrier is that out of the deeper basin. Chance: how often counts scatter about such a law more than these do.',
    heads: [
      { text: 'class', numeric: true },
      { text: 'what happened' },
      { text: 'E from counts', unit: 'eV', numeric: true },
      { text: 'barrier of the path', unit: 'eV', numeric: true },
      { text: 'agree', hint: 'whether the barrier lies in the interval of E, or their bars overlap' },
      { text: 'ν', unit: 'THz', numeric: true },
      { text: 'chance', numeric: true },
    ],
    rows: fitted.map(({ all, fit: { energy, prefactor, chance } }) => [
      integer(all.class),
      all.representative.title,
      `${electronvolts(energy.value)} (${electronvolts(energy.low)} to ${electronvolts(energy.high)})`,
      barrierText(governingBarrier(all)),
      agreement(all, energy),
      `${terahertz(prefactor.value)} (${terahertz(prefactor.low)} to ${terahertz(prefactor.high)})`,
      chance === undefined ? '–' : number(chance, 2),
    ]),
  };
}

function agreement(all: EventClass, energy: Arrhenius['energy']): string {
  const barrier = governingBarrier(all);
  if (!barrier) return '–';
  const bar = Number.isFinite(barrier.bar) ? barrier.bar : 0;
  return barrier.value + bar >= energy.low && barrier.value - bar <= energy.high ? 'yes' : 'no';
}

function terahertz(perFemtosecond: number): string {
  return number(1e3 * perFemtosecond, 2);
}

/** What the campaign says of rare events, in sentences. */
export function campaignEventsStory(classes: readonly SharedClass[], runs: readonly WatchedRun[]): string {
  const time = simulationTime(runs.reduce((sum, r) => sum + r.time, 0));
  const total = classes.reduce((sum, c) => sum + c.all.events.length, 0);
  if (total === 0) return `No rare event was found in ${time} over ${runs.length} runs.`;
  const real = classes.filter((c) => c.all.count > 0);
  const unfitted = real.filter((c) => !suffices(c)).length;
  return [
    `${integer(total)} events of ${integer(classes.length)} ${classes.length === 1 ? 'class' : 'classes'} were found in ${time} over ${integer(runs.length)} runs.`,
    ...classes.filter(suffices).flatMap(fitSentence),
    unfitted > 0 ? tooFew(unfitted, real.length) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function tooFew(classes: number, all: number): string {
  const what = classes < all ? `For ${integer(classes)} of ${integer(all)}` : 'For none';
  const how = classes < all ? 'the counts do not suffice' : 'do the counts suffice';
  return `${what} ${how} for an Arrhenius law: that asks for events at two temperatures at least, and for enough of them to tell the slope from none.`;
}

function fitSentence({ all, fit }: SharedClass): string[] {
  if (!fit) return [];
  const { energy } = fit;
  const barrier = governingBarrier(all);
  const { path } = all.representative;
  const told = referenceBarriers(path);
  const reference = barrier === path?.backward ? told?.backward : told?.forward;
  const beside = barrier
    ? `; the path under the ensemble gives ${barrierText(barrier)} eV${reference === undefined ? '' : `, the reference ${electronvolts(reference)} eV${within(barrier, reference) === false ? ', outside the bar' : ''}`}`
    : '';
  return [
    `The counts of class ${all.class} (${all.representative.title}) ask for an activation energy of ${electronvolts(energy.value)} eV (95 %: ${electronvolts(energy.low)} to ${electronvolts(energy.high)} eV)${beside}.`,
  ];
}
