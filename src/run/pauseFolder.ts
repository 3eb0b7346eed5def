import { mkdirSync } from 'node:fs';
import { writeFileAtomic } from '../io/durable.ts';
import { formatXyz } from '../io/writeXyz.ts';
import { formatDatasetFrame } from './datasetFile.ts';
import { numbered, type RunDirectory } from './directory.ts';
import type { RunMaterial } from './items.ts';

type Item<T extends RunMaterial['type']> = Extract<RunMaterial, { type: T }>;

/** pauses/NNNN: the frame that made the run pause, what was cut out of it, and what the calculator said. */
export function keepPausedFrame(
  directory: RunDirectory,
  { pause, frame, grades }: Item<'pausedFrame'>,
): void {
  const info = { step: frame.step, pause };
  write(
    directory,
    pause,
    'frame.xyz',
    formatXyz({ structure: frame.structure, info, columns: gradeColumn(grades) }),
  );
}

export function keepCut(
  directory: RunDirectory,
  { pause, index, candidate, grades }: Item<'cutFrame'>,
): void {
  const info = { cut: candidate.cut, centre: candidate.centre, faithful: candidate.faithful };
  const columns = { core: Int32Array.from(candidate.core), ...gradeColumn(grades) };
  write(directory, pause, `patch-${index}.xyz`, formatXyz({ structure: candidate.structure, info, columns }));
}

export function keepLabel(directory: RunDirectory, { pause, index, frame }: Item<'learnt'>): void {
  write(directory, pause, `label-${index}.xyz`, formatDatasetFrame(index, frame));
}

function gradeColumn(grades: Float64Array): Record<string, Float64Array> {
  return grades.length > 0 ? { gamma: grades } : {};
}

function write(directory: RunDirectory, pause: number, name: string, text: string): void {
  const folder = directory.path('pauses', numbered(pause));
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(`${folder}/${name}`, text);
}
