import { poissonInterval } from '../core/interval.ts';
import type { Estimate } from './arrhenius.ts';
import { likeness } from './likeness.ts';
import type { Barrier, EventRecord, PathRecord, Verdict } from './record.ts';

/** All events of one class. */
export interface EventClass {
  readonly class: number;
  /** In the order of time. */
  readonly events: readonly EventRecord[];
  /** What stands for all: the confirmed one with the smallest bar, or else the best known. */
  readonly representative: EventRecord;
  /** fs, when the first was seen. */
  readonly first: number;
  /** K, mean over the events. */
  readonly temperature: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Events that are no artefacts, either way. */
  readonly count: number;
  /** Those of them that lead from where the representative ends to where it starts; none where both ways are alike. */
  readonly backward: number;
  /** 1/fs, `count` over the time simulated, with its exact 95 % Poisson interval; undefined where all are artefacts or no time is known. */
  readonly rate: Estimate | undefined;
}

export const VERDICTS: readonly Verdict[] = ['confirmed', 'artefact', 'undecided', 'unverified'];

/** Classes of a run, the first seen first. `time`: fs simulated. */
export function eventClasses(records: readonly EventRecord[], time: number): EventClass[] {
  const classes = [...new Set(records.map((r) => r.class))];
  return classes
    .map((number) =>
      classOf(
        number,
        records.filter((r) => r.class === number),
        time,
      ),
    )
    .sort((a, b) => a.first - b.first || a.class - b.class);
}

export function classOf(number: number, records: readonly EventRecord[], time: number): EventClass {
  const events = [...records].sort((a, b) => a.time[1] - b.time[1] || a.event - b.event);
  const verdicts = Object.fromEntries(
    VERDICTS.map((v) => [v, events.filter((e) => e.verdict === v).length]),
  ) as Record<Verdict, number>;
  const count = events.length - verdicts.artefact;
  const representative = representativeOf(events);
  return {
    class: number,
    events,
    representative,
    backward: events.filter((e) => e.verdict !== 'artefact' && isReverse(e, representative)).length,
    first: events[0].time[1],
    temperature: events.reduce((sum, e) => sum + e.temperature, 0) / events.length,
    verdicts,
    count,
    rate: count > 0 && time > 0 ? rateOf(count, time) : undefined,
  };
}

/** 1/fs; also of no event at all, whose upper bound says something. */
export function rateOf(count: number, time: number): Estimate {
  const { low, high } = poissonInterval(count);
  return { value: count / time, low: low / time, high: high / time };
}

function isReverse(a: EventRecord, b: EventRecord): boolean {
  return a !== b && likeness(a.fingerprint, b.fingerprint) === 'reversed';
}

/**
 * The barrier that the frequency of a class follows as the temperature changes. Where events go both ways the system waits in the deeper
 * basin, so it is the higher of both; otherwise that of the way seen. Undefined without a path.
 */
export function governingBarrier({ representative, backward }: EventClass): Barrier | undefined {
  const { path } = representative;
  if (!path) return undefined;
  return backward > 0 && path.backward.value > path.forward.value ? path.backward : path.forward;
}

/** An artefact stands for others only where there is nothing better. */
const RANK: Readonly<Record<Verdict, number>> = { confirmed: 0, undecided: 1, unverified: 2, artefact: 3 };

function representativeOf(events: readonly EventRecord[]): EventRecord {
  const barless = (e: EventRecord) => {
    const bar = e.path?.forward.bar ?? Number.NaN;
    return Number.isFinite(bar) ? bar : Number.POSITIVE_INFINITY;
  };
  const pathless = (e: EventRecord) => Number(e.path === null);
  return events.reduce((best, e) => {
    const [a, b] = [barless(e), barless(best)];
    const order =
      RANK[e.verdict] - RANK[best.verdict] || pathless(e) - pathless(best) || (a === b ? 0 : a - b);
    return order < 0 ? e : best;
  });
}

/** Barriers by the reference's own energies of the same images, eV; undefined where it has not seen both the first and the saddle. */
export function referenceBarriers(
  path: PathRecord | null,
): { readonly forward: number; readonly backward: number | undefined } | undefined {
  const at = (image: number) => path?.reference.find((r) => r.image === image)?.energy;
  const [first, saddle] = [at(0), path ? at(path.saddle) : undefined];
  const last = path ? at(path.energies.length - 1) : undefined;
  if (first === undefined || saddle === undefined) return undefined;
  return { forward: saddle - first, backward: last === undefined ? undefined : saddle - last };
}

/** Whether a reference's value lies in the bar; undefined where there is no bar. */
export function within({ value, bar }: Barrier, other: number): boolean | undefined {
  return Number.isFinite(bar) ? Math.abs(value - other) <= bar : undefined;
}
