import type { CutProof } from '../../extract/candidate.ts';
import type { ErrorSummary } from '../../learn/errors.ts';
import type { RunEvent } from '../../run/events.ts';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
export type Label = Of<'labelled'>;
export type Quarantined = Of<'quarantined'>;

/** An ensemble and how many labels it was taught with. */
export interface Generation extends Of<'trained'> {
  readonly labels: number;
}

/** A pause with all that followed from it. */
export interface Pause extends Of<'paused'> {
  readonly cuts: readonly { readonly atom: number; readonly proof: CutProof }[];
  readonly labels: readonly Label[];
  /** Generation that the run went on with; undefined where it did not go on. */
  readonly generation: number | undefined;
  /** Worst of its labels' errors before they were learned; undefined without labels. */
  readonly before: ErrorSummary | undefined;
}

/** What the ledger says, put in order. */
export interface History {
  readonly started: Of<'started'> | undefined;
  /** ISO time of the first event. */
  readonly startedAt: string | undefined;
  /** How often the run was taken up again. */
  readonly resumptions: number;
  readonly labels: readonly Label[];
  readonly generations: readonly Generation[];
  readonly pauses: readonly Pause[];
  readonly quarantined: readonly Quarantined[];
  readonly validated: Of<'validated'> | undefined;
  readonly finished: Of<'finished'> | undefined;
  /** Wall seconds from the first to the last event; undefined where no event is dated. */
  readonly wallSeconds: number | undefined;
}

type Dated = RunEvent & { readonly at?: string };

export function historyOf(events: readonly Dated[]): History {
  const of = <T extends RunEvent['type']>(type: T) =>
    events.filter((e): e is Of<T> & Dated => e.type === type);
  const started = of('started');
  const labels = of('labelled');
  return {
    started: started[0],
    startedAt: events[0]?.at,
    resumptions: started.filter((e) => e.resumedAfter !== undefined).length,
    labels,
    generations: generationsOf(events),
    pauses: of('paused').map((pause) => {
      const mine = labels.filter((e) => e.pause === pause.pause);
      return {
        ...pause,
        cuts: of('extracted').filter((e) => e.pause === pause.pause),
        labels: mine,
        generation: of('resumed').find((e) => e.pause === pause.pause)?.generation,
        before: worst(mine),
      };
    }),
    quarantined: of('quarantined'),
    validated: of('validated').at(-1),
    finished: of('finished').at(-1),
    wallSeconds: wallSeconds(events),
  };
}

function generationsOf(events: readonly Dated[]): Generation[] {
  const generations: Generation[] = [];
  let labels = 0;
  for (const e of events) {
    if (e.type === 'labelled') labels = e.label;
    if (e.type === 'trained') generations.push({ ...e, labels });
  }
  return generations;
}

function worst(labels: readonly Label[]): ErrorSummary | undefined {
  return labels
    .flatMap((label) => label.before ?? [])
    .reduce<ErrorSummary | undefined>((a, b) => (a && !(b.forceRmse > a.forceRmse) ? a : b), undefined);
}

/** The time between a process's last event and the `started` of the one that took over does not count. */
function wallSeconds(events: readonly Dated[]): number | undefined {
  let total: number | undefined;
  for (let k = 1; k < events.length; k++) {
    const seconds = (Date.parse(events[k].at ?? '') - Date.parse(events[k - 1].at ?? '')) / 1000;
    if (events[k].type !== 'started' && seconds >= 0) total = (total ?? 0) + seconds;
  }
  return total;
}
