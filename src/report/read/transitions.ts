import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Structure } from '../../core/structure.ts';
import { type EventClass, eventClasses } from '../../events/classes.ts';
import type { EventRecord } from '../../events/record.ts';
import { readXyz, type XyzFrame } from '../../io/extxyz.ts';
import { numbered } from '../../run/directory.ts';
import { readEvents } from '../../run/rareEvents/eventFolder.ts';
import type { Held } from './held.ts';

/** What the structures of an event are called, in the order of what happens. */
export const STAGES = ['initial', 'saddle', 'final'] as const;
export type Stage = (typeof STAGES)[number];

/** An event's structures; `saddle` only where there is a path. */
export interface Stages extends Readonly<Partial<Record<Stage, Structure>>> {
  /** Atom of the whole system, for each atom of them; undefined where they are the whole system. */
  readonly parents: readonly number[] | undefined;
}

/** The rare events of a run. */
export interface Transitions {
  readonly records: readonly EventRecord[];
  readonly classes: readonly EventClass[];
  /** fs that were simulated. */
  readonly time: number;
  readonly temperature: Held | undefined;
  /** Of the representatives, by number of the event. */
  readonly structures: ReadonlyMap<number, Stages>;
}

/** Undefined where a run has no folder of events. `notes` gathers what could not be read. */
export function readTransitions(
  folder: string,
  { time, temperature }: Pick<Transitions, 'time' | 'temperature'>,
  notes: string[],
): Transitions | undefined {
  if (!existsSync(folder)) return undefined;
  const records = readEvents(folder, (text) => notes.push(text));
  const classes = eventClasses(records, time);
  const structures = new Map(
    classes.map(({ representative: { event } }) => [event, readStages(folder, event, notes)]),
  );
  return { records, classes, time, temperature, structures };
}

function readStages(folder: string, event: number, notes: string[]): Stages {
  const place = join(folder, numbered(event));
  const frames = STAGES.flatMap((stage): [Stage, XyzFrame][] => {
    const path = join(place, `${stage}.xyz`);
    if (!existsSync(path)) return [];
    try {
      return [[stage, readXyz(path).at(-1)!]];
    } catch (error) {
      notes.push((error as Error).message);
      return [];
    }
  });
  return {
    ...Object.fromEntries(frames.map(([stage, { structure }]) => [stage, structure])),
    parents: parentsOf(frames[0]?.[1]),
  };
}

/** A part that holds all is none. */
function parentsOf(frame: XyzFrame | undefined): readonly number[] | undefined {
  const column = frame?.columns.parent;
  if (!column) return undefined;
  const parents = Array.from(column as ArrayLike<number | string>, Number);
  return parents.every((atom, k) => atom === k) ? undefined : parents;
}
