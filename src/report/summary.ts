import type { ValidationSummary } from '../run/events.ts';
import type { RunData } from './read/readRun.ts';
import { column } from './read/table.ts';

/** Whether the run was one that learns; plain dynamics never label nor train. */
export function isLearning({ history }: RunData): boolean {
  return history.labels.length + history.generations.length + history.pauses.length > 0;
}

export function validationSummary(run: RunData): ValidationSummary | undefined {
  return run.validation?.summary ?? run.history.validated?.summary;
}

/** Seconds of a finished run's activities; of any other the time between its events. */
export function wallSeconds(run: RunData): number | undefined {
  const { finished, wallSeconds } = run.history;
  return finished ? Object.values(finished.seconds).reduce((sum, s) => sum + s, 0) : wallSeconds;
}

/** How far the run came. Time in fs. */
export function lengthOf(run: Pick<RunData, 'history' | 'thermo'>): {
  readonly steps: number;
  readonly time: number;
} {
  const { started, finished } = run.history;
  const sampled = {
    steps: column(run.thermo, 'step').at(-1) ?? 0,
    time: column(run.thermo, 'time_fs').at(-1) ?? 0,
  };
  const steps = finished?.step ?? sampled.steps;
  return { steps, time: started ? steps * started.timestep : sampled.time };
}

export function atomsOf(run: RunData): number {
  return run.history.started?.atoms ?? run.trajectory?.frames[0].structure.species.length ?? 0;
}

export function elementsOf(run: RunData): readonly string[] {
  return run.history.started?.elements ?? run.trajectory?.frames[0].structure.elements ?? [];
}

/** Wall seconds per activity; while a run has not finished only what its events state. */
export function secondsOf({ history }: RunData): Readonly<Record<string, number>> {
  const { finished, labels, generations } = history;
  if (finished) return finished.seconds;
  return {
    label: labels.reduce((sum, l) => sum + l.seconds, 0),
    train: generations.reduce((sum, g) => sum + g.seconds, 0),
  };
}
