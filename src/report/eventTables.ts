import { type EventClass, referenceBarriers, VERDICTS } from '../events/classes.ts';
import type { Barrier, EventRecord } from '../events/record.ts';
import type { DataTable } from './dataTable.ts';
import { integer, number, simulationTime } from './format.ts';

/** Every event of a run, a row each. */
export function eventTable(records: readonly EventRecord[]): DataTable {
  return {
    caption: 'Events, in the order in which they were found.',
    heads: [
      { text: 'event', numeric: true },
      { text: 'class', numeric: true },
      { text: 'what happened' },
      { text: 'at', numeric: true, hint: 'first step seen in the new basin' },
      { text: 'T', unit: 'K', numeric: true },
      { text: 'barrier', unit: 'eV', numeric: true, hint: 'mean of the ensemble, with its 95 % bar' },
      { text: 'back', unit: 'eV', numeric: true },
      { text: 'verdict' },
      { text: 'labels', numeric: true, hint: 'paid for this event' },
    ],
    rows: records.map((e) => [
      integer(e.event),
      integer(e.class),
      e.title,
      simulationTime(e.time[1]),
      number(e.temperature),
      barrierText(e.path?.forward),
      barrierText(e.path?.backward),
      e.verdict,
      integer(e.labels),
    ]),
  };
}

/** Every class of events of a run, a row each. */
export function classTable(classes: readonly EventClass[]): DataTable {
  return {
    caption:
      'Classes of events: the same but for place, rotation and the names of atoms. Barriers are those of the ensemble’s mean with their 95 % bars, for the event that stands for its class; of a count, those that go back where both ways differ; rates are counts over the time simulated with exact 95 % Poisson intervals, at the mean temperature of the events.',
    heads: [
      { text: 'class', numeric: true },
      { text: 'what happened' },
      { text: 'count', numeric: true, hint: 'events of this class, artefacts counted in' },
      { text: 'first at', numeric: true },
      { text: 'T', unit: 'K', numeric: true, hint: 'mean over the events' },
      { text: 'barrier', unit: 'eV', numeric: true },
      { text: 'back', unit: 'eV', numeric: true, hint: 'barrier of the way back' },
      {
        text: 'reference',
        unit: 'eV',
        numeric: true,
        hint: 'barrier by the reference’s energies of the same images',
      },
      { text: 'verdict' },
      { text: 'rate', unit: '1/ns', numeric: true },
    ],
    rows: classes.map((c) => {
      const { path } = c.representative;
      return [
        integer(c.class),
        c.representative.title,
        countText(c),
        simulationTime(c.first),
        number(c.temperature),
        barrierText(path?.forward),
        barrierText(path?.backward),
        electronvolts(referenceBarriers(path)?.forward),
        verdictText(c),
        rateText(c),
      ];
    }),
  };
}

/** `9`, or `9, 4 back`. */
function countText({ events, backward }: EventClass): string {
  return backward > 0 ? `${integer(events.length)}, ${integer(backward)} back` : integer(events.length);
}

/** `0.683 ± 0.021`; a value without a bar stands alone. */
export function barrierText(barrier: Barrier | undefined): string {
  if (!barrier) return '–';
  const { value, bar } = barrier;
  return Number.isFinite(bar) ? `${electronvolts(value)} ± ${electronvolts(bar)}` : electronvolts(value);
}

/** To the millielectronvolt. */
export function electronvolts(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(3).replace('-', '−');
}

/** `confirmed`, or `1 confirmed, 8 unverified`. */
export function verdictText({ verdicts }: EventClass): string {
  const given = VERDICTS.filter((v) => verdicts[v] > 0);
  return given.length === 1 ? given[0] : given.map((v) => `${verdicts[v]} ${v}`).join(', ');
}

/** Per ns. */
export function rateText({ rate }: Pick<EventClass, 'rate'>): string {
  if (!rate) return '–';
  return `${perNanosecond(rate.value)} (${perNanosecond(rate.low)} to ${perNanosecond(rate.high)})`;
}

/** A rate in 1/fs as a number of 1/ns. */
export function perNanosecond(rate: number): string {
  return number(1e6 * rate, 3);
}
