/**
 * Runs that learn each other's labels. Every run's data set is append-only up to its checkpoint, so that the others may read it at any
 * time; what one takes over goes into its own data set with its own generation, and from then on it needs nobody to go on bitwise.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { labelHash } from '../calculators/fingerprint.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { parseDataset } from './datasetFile.ts';
import { headOf } from './xyzSeries.ts';

/** What others have labelled since it was asked for last. */
export interface Exchange {
  /** Notes frames that the run has already. */
  know(frames: readonly LabelledFrame[]): void;
  /** True where frames are there that `news` has not handed over. */
  waiting(): boolean;
  /** Frames that are new to the run, in the order of the runs' names; each is handed over once. */
  news(): LabelledFrame[];
}

/** Begins the group of every frame that another run had labelled. */
const SHARED = 'shared by ';

export function isShared({ group }: Pick<LabelledFrame, 'group'>): boolean {
  return group.startsWith(SHARED);
}

/** Of the runs in `folder` besides `own`; frames with other elements than `elements` are none of the run's business. */
export function exchange(folder: string, own: string, elements: readonly string[]): Exchange {
  const known = new Set<string>();
  const seen = new Map<string, { readonly time: number; readonly frames: number }>();
  let held: LabelledFrame[] = [];
  const keyOf = ({ structure }: LabelledFrame) => labelHash('', structure);
  const isNew = (frame: LabelledFrame) => {
    const key = keyOf(frame);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  };
  /** What has been committed since the last look. */
  const look = (): LabelledFrame[] =>
    siblings(folder, own).flatMap((name) => {
      const checkpoint = join(folder, name, 'checkpoint.json');
      const time = statSync(checkpoint, { throwIfNoEntry: false })?.mtimeMs;
      const before = seen.get(name);
      if (time === undefined || before?.time === time) return [];
      const frames: number = JSON.parse(readFileSync(checkpoint, 'utf8')).datasetFrames;
      seen.set(name, { time, frames });
      // One that was started over has fewer.
      const from = before && before.frames <= frames ? before.frames : 0;
      if (frames === from) return [];
      return committed(join(folder, name), frames)
        .slice(from)
        .filter((f) => !isShared(f) && f.structure.elements.every((e) => elements.includes(e)))
        .map((frame) => ({ ...frame, group: `${SHARED}${name}` }));
    });
  return {
    know: (frames) => {
      for (const frame of frames) known.add(keyOf(frame));
    },
    waiting() {
      held.push(...look());
      return held.some((frame) => !known.has(keyOf(frame)));
    },
    news() {
      const frames = [...held, ...look()].filter(isNew);
      held = [];
      return frames;
    },
  };
}

function siblings(folder: string, own: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && resolve(folder, entry.name) !== resolve(own))
    .map(({ name }) => name)
    .sort();
}

/** The first frames of a run's data set, as many as its checkpoint stands for; what lies behind them is not looked at. */
function committed(root: string, frames: number): LabelledFrame[] {
  const path = join(root, 'dataset.xyz');
  if (!existsSync(path)) return [];
  return parseDataset(headOf(readFileSync(path, 'utf8'), 'frame', frames), path);
}
