import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../core/errors.ts';
import type { MdState } from '../core/mdState.ts';
import { writeFileAtomic } from '../io/durable.ts';

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
}

/** A commit: progress, and how much of the append-only files belongs to it. */
export interface Checkpoint extends Progress {
  readonly datasetFrames: number;
  readonly ledgerEvents: number;
}

const FORMAT = 1;

export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  const { state, ...rest } = checkpoint;
  const { structure } = state;
  const stored = {
    format: FORMAT,
    ...rest,
    state: {
      step: state.step,
      elements: structure.elements,
      periodic: structure.periodic,
      species: Array.from(structure.species),
      positions: encode(structure.positions),
      cell: encode(structure.cell),
      velocities: encode(state.velocities),
      extended: encode(state.extended),
    },
  };
  writeFileAtomic(path, JSON.stringify(stored));
}

/** Undefined where none has been written yet. */
export function readCheckpoint(path: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const stored = JSON.parse(readFileSync(path, 'utf8'));
  if (stored.format !== FORMAT)
    throw new UserError(
      `${path}: format ${stored.format}, must be ${FORMAT}; resume with the version that wrote it`,
    );
  const { format: _, state, ...rest } = stored;
  return {
    ...rest,
    state: {
      step: state.step,
      structure: {
        elements: state.elements,
        periodic: state.periodic,
        species: Uint8Array.from(state.species),
        positions: decode(state.positions),
        cell: decode(state.cell),
      },
      velocities: decode(state.velocities),
      extended: decode(state.extended),
    },
  };
}

/** Base64 of the little-endian doubles: bitwise and compact. */
function encode(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

function decode(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
