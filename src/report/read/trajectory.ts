import { statSync } from 'node:fs';
import { streamXyz, type XyzFrame } from '../../io/extxyz.ts';

/** Bytes above which a trajectory is not read: parsing more would take longer than a report may. */
const LARGEST = 128e6;

/** A trajectory and the time of each of its frames, fs. */
export interface Trajectory {
  readonly frames: readonly XyzFrame[];
  /** Frame numbers where the file states no time. */
  readonly times: readonly number[];
  readonly timed: boolean;
}

/** Undefined where there is none to read; `notes` says why. A last frame that is cut short is left out. */
export async function readTrajectory(path: string, notes: string[]): Promise<Trajectory | undefined> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return undefined;
  if (size > LARGEST) {
    notes.push(
      `trajectory.xyz holds ${Math.round(size / 1e6)} MB, more than ${LARGEST / 1e6} MB: pair distribution and displacement are left out.`,
    );
    return undefined;
  }
  const frames: XyzFrame[] = [];
  try {
    for await (const frame of streamXyz(path)) frames.push(frame);
  } catch (error) {
    notes.push(`trajectory.xyz was read up to frame ${frames.length}: ${(error as Error).message}`);
  }
  if (frames.length === 0) return undefined;
  const times = frames.map(({ info }) => Number.parseFloat(info.time_fs ?? info.time ?? ''));
  const timed = times.every(Number.isFinite);
  return { frames, times: timed ? times : frames.map((_, k) => k), timed };
}
