import { setImmediate as breathe } from 'node:timers/promises';
import type { RunConfig } from '../../config/schema.ts';
import { buildNeighbours } from '../../core/neighbours.ts';
import type { LabelledFrame } from '../../learn/dataset.ts';
import { frameErrors, summarise } from '../../learn/errors.ts';
import { forceSpread, leadingMeasure } from '../assemble.ts';
import type { ValidationSummary } from '../events.ts';
import type { StoredModel } from '../modelFolder.ts';

/** One generation under examination. */
export interface Examinee extends StoredModel {
  readonly generation: number;
  /** Labels it has learned from. */
  readonly labels: number;
}

export interface Validation {
  readonly summary: ValidationSummary;
  /** Forces of the first and the last generation against the reference, eV/Å; a sample. */
  readonly parity: readonly {
    readonly generation: number;
    readonly reference: number[];
    readonly predicted: number[];
  }[];
  /** Per atom, a sample: grade, committee force spread and true force error of the first and the last generation. */
  readonly calibration: readonly {
    readonly generation: number;
    readonly grade: number[];
    readonly sigma: number[];
    readonly error: number[];
  }[];
  readonly selectGrade: number;
  readonly pauseGrade: number;
}

const SAMPLE = 3000;

/** Errors of generations (ascending) on fresh reference frames. Throws the signal's reason when aborted. */
export async function validate(
  config: RunConfig,
  frames: readonly LabelledFrame[],
  examinees: readonly Examinee[],
  control: ValidationSummary['control'],
  signal: AbortSignal,
): Promise<Validation> {
  const generations: ValidationSummary['generations'][number][] = [];
  for (const { potential, generation, labels } of examinees) {
    await breathe(undefined, { signal });
    generations.push({
      generation,
      labels,
      ...summarise(frames.map((frame) => frameErrors(potential, frame))),
    });
  }
  const ends = [examinees[0], examinees[examinees.length - 1]];
  const [first, last] = [generations[0], generations[generations.length - 1]];
  const { select, pause } = leadingMeasure(config, examinees[0]);
  return {
    summary: { frames: frames.length, generations, improvement: first.forceRmse / last.forceRmse, control },
    parity: ends.map((e) => ({ generation: e.generation, ...parity(e, frames) })),
    calibration: ends.map((e) => ({ generation: e.generation, ...calibration(config, e, frames) })),
    selectGrade: select,
    pauseGrade: pause,
  };
}

function parity({ potential }: StoredModel, frames: readonly LabelledFrame[]) {
  const reference = frames.flatMap((f) => Array.from(f.label.forces));
  const predicted = frames.flatMap(({ structure }) =>
    Array.from(
      potential.evaluate(structure, buildNeighbours(structure, potential.cutoff), ['forces']).forces,
    ),
  );
  return { reference: thinned(reference), predicted: thinned(predicted) };
}

function calibration(config: RunConfig, taught: StoredModel, frames: readonly LabelledFrame[]) {
  const { measure } = leadingMeasure(config, taught);
  const spread = forceSpread(taught);
  const needs = [...new Set([...measure.needs, ...spread.needs, 'forces' as const])];
  const atoms = frames.flatMap(({ structure, label }) => {
    const e = taught.potential.evaluate(
      structure,
      buildNeighbours(structure, taught.potential.cutoff),
      needs,
    );
    const grade = measure.grade(e, structure);
    const sigma = spread.grade(e, structure);
    return Array.from(grade, (g, i) => {
      const off = [0, 1, 2].map((x) => e.forces[3 * i + x] - label.forces[3 * i + x]);
      return { grade: g, sigma: sigma[i], error: Math.hypot(...off) };
    });
  });
  const sample = thinned(atoms);
  return {
    grade: sample.map((a) => a.grade),
    sigma: sample.map((a) => a.sigma),
    error: sample.map((a) => a.error),
  };
}

/** Every k-th entry, so that at most SAMPLE remain. */
function thinned<T>(values: readonly T[]): T[] {
  const stride = Math.ceil(values.length / SAMPLE);
  return values.filter((_, k) => k % stride === 0);
}
