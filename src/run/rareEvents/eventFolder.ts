import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Structure } from '../../core/structure.ts';
import type { EventRecord } from '../../events/record.ts';
import { writeFileAtomic } from '../../io/durable.ts';
import type { XyzFrame } from '../../io/extxyz.ts';
import { formatXyz } from '../../io/writeXyz.ts';
import type { LabelledFrame } from '../../learn/dataset.ts';
import { formatDatasetFrame } from '../datasetFile.ts';
import { numbered, type RunDirectory } from '../directory.ts';

/** What an event looks like; of a large cell the part that matters. */
export interface EventStructures {
  readonly initial: Structure;
  readonly final: Structure;
  /** Along the path, ends included; empty where there is none. */
  readonly path: readonly Structure[];
  /** Atom of the whole system, for each atom of the others. */
  readonly parents: Int32Array;
  /** [n]; 1: there only to be felt. */
  readonly hold: Uint8Array;
}

type Place = Pick<RunDirectory, 'path'>;

/** events/NNNN: what is known of a rare event. `event.json` comes last: without it there is no event. */
export function keepEvent(
  directory: Place,
  { record, structures }: { readonly record: EventRecord; readonly structures: EventStructures },
): void {
  const { initial, final, path, parents, hold } = structures;
  const columns = { parent: parents, held: Int32Array.from(hold) };
  const info = (step: number) => ({ event: record.event, step });
  const write = (name: string, text: string) => writeIn(directory, record.event, name, text);
  write('initial.xyz', formatXyz({ structure: initial, info: info(record.between[0]), columns }));
  write('final.xyz', formatXyz({ structure: final, info: info(record.between[1]), columns }));
  if (record.path) {
    const { distances, energies, saddle } = record.path;
    const frame = (k: number) =>
      formatXyz({
        structure: path[k],
        info: { event: record.event, image: k, distance: distances[k], energy: energies[k] },
        columns,
      });
    write('saddle.xyz', frame(saddle));
    write('path.xyz', path.map((_, k) => frame(k)).join(''));
  }
  keepRecord(directory, record);
}

export function keepRecord(directory: Place, record: EventRecord): void {
  writeIn(directory, record.event, 'event.json', `${JSON.stringify(record, null, 1)}\n`);
}

/** Which atoms of a stored image were there only to be felt, [n]. */
export function heldBy({ columns, structure }: XyzFrame): Uint8Array {
  return Uint8Array.from(
    (columns.held as ArrayLike<number> | undefined) ?? new Uint8Array(structure.species.length),
  );
}

export function keepEventLabel(
  directory: Place,
  event: number,
  { index, frame }: { readonly index: number; readonly frame: LabelledFrame },
): void {
  writeIn(directory, event, `label-${frame.generation}-${index}.xyz`, formatDatasetFrame(index, frame));
}

/** Makes the folder of events, which says that they are looked for, and gives those that are in it. */
export function openEvents({ path }: Place): EventRecord[] {
  mkdirSync(path('events'), { recursive: true });
  return readEvents(path('events'));
}

/** Records of all events in a folder, by number; none where it is absent. `fault` hears of those that cannot be read, or they throw. */
export function readEvents(folder: string, fault?: (text: string) => void): EventRecord[] {
  return foldersOf(folder)
    .filter((name) => existsSync(join(folder, name, 'event.json')))
    .flatMap((name) => {
      const file = join(folder, name, 'event.json');
      try {
        return [parseEvent(readFileSync(file, 'utf8'))];
      } catch (error) {
        const text = `${file} could not be read: ${(error as Error).message}`;
        if (!fault) throw new UserError(`${text}; remove that folder`);
        fault(text);
        return [];
      }
    });
}

/** JSON writes what is not finite as null; a `path` of null is none. */
export function parseEvent(text: string): EventRecord {
  const record = JSON.parse(text, (key, value) =>
    value === null && key !== 'path' ? Number.NaN : value,
  ) as EventRecord;
  if (!(record?.event > 0 && record.class > 0 && Array.isArray(record.moved)))
    throw new Error('it states no event, class or moved atoms');
  return record;
}

/** Takes back what no commit stands for. */
export function dropEventsAfter({ path }: Place, last: number): void {
  for (const name of foldersOf(path('events')))
    if (Number(name) > last) rmSync(path('events', name), { recursive: true });
}

function foldersOf(root: string): string[] {
  return existsSync(root)
    ? readdirSync(root)
        .filter((name) => /^\d{4,}$/.test(name))
        .sort()
    : [];
}

function writeIn({ path }: Place, event: number, name: string, text: string): void {
  const folder = path('events', numbered(event));
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(join(folder, name), text);
}
