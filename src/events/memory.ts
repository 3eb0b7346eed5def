import type { MdState } from '../core/mdState.ts';
import type { Structure } from '../core/structure.ts';
import type { Scale } from './scale.ts';
import type { Basin } from './transition.ts';

/** What one search saw. */
export interface Sight {
  readonly step: number;
  /** Where it is not the basin. */
  readonly rest: Structure | null;
}

/**
 * All that a detector must know to go on exactly: plain data. After a search that found nothing new it holds the basin and one frame
 * (three in larger cells); while something waits to be confirmed, the frames since before it.
 */
export interface DetectorMemory {
  /** Of the last search. */
  readonly step: number;
  /** Null before the first frame has been quenched. */
  readonly basin: Basin | null;
  readonly scale: Scale | null;
  /** The first in the basin, ascending by step. */
  readonly frames: readonly MdState[];
  /** The last searches, `persist` of them at most; empty where the last one found nothing new. */
  readonly seen: readonly Sight[];
  /** Whether so much has moved that there are no single events. */
  readonly asleep: boolean;
}

/** A memory of a search and the frames kept since. */
export interface Mark {
  readonly memory: DetectorMemory;
  readonly since: MdState[];
}

export function blankMemory(start: MdState): DetectorMemory {
  return { step: start.step, basin: null, scale: null, frames: [start], seen: [], asleep: false };
}

/** Frames of the last search and frames since, apart again. */
export function markOf(memory: DetectorMemory): Mark {
  return {
    memory: { ...memory, frames: memory.frames.filter((f) => f.step <= memory.step) },
    since: memory.frames.filter((f) => f.step > memory.step),
  };
}
