import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../core/errors.ts';
import type { MdState } from '../core/mdState.ts';
import type { DetectorMemory } from '../events/memory.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { parseTyped, stringifyTyped } from '../io/typedJson.ts';

/** Wall seconds per activity. */
export type Seconds = Readonly<Record<'md' | 'extract' | 'label' | 'train' | 'validate', number>>;

/** How far a run has come: all that is needed to go on, given the data set. */
export interface Progress {
  /** A trusted state: the flight recorder is empty there, so that nothing but the state needs to be kept. */
  readonly state: MdState;
  readonly generation: number;
  readonly labels: number;
  readonly pauses: number;
  readonly seconds: Seconds;
  /** Rare events so far; absent where none are looked for. */
  readonly events?: number;
  /** What their detection has to remember. */
  readonly detection?: DetectorMemory;
}

/** A commit: progress, and how much of the append-only files belongs to it. */
export interface Checkpoint extends Progress {
  readonly datasetFrames: number;
  readonly ledgerEvents: number;
}

const FORMAT = 2;

export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  writeFileAtomic(path, stringifyTyped({ format: FORMAT, ...checkpoint }));
}

/** Undefined where none has been written yet. */
export function readCheckpoint(path: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const { format, ...checkpoint } = parseTyped(readFileSync(path, 'utf8')) as Checkpoint & {
    readonly format: number;
  };
  if (format !== FORMAT)
    throw new UserError(
      `${path}: format ${format}, must be ${FORMAT}; resume with the version that wrote it`,
    );
  return checkpoint;
}
