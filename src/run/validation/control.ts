import { labelByPotential } from '../../calculators/potential.ts';
import type { RunConfig } from '../../config/schema.ts';
import { atomCount } from '../../core/structure.ts';
import { type FrameErrors, frameErrors, summarise } from '../../learn/errors.ts';
import { backendOf, integratorOf, leadingMeasure, startState } from '../assemble.ts';
import type { ValidationSummary } from '../events.ts';
import type { StoredModel } from '../modelFolder.ts';
import { referencePotential } from './reference.ts';

export interface ControlRow {
  readonly step: number;
  readonly time: number;
  readonly temperature: number;
  readonly gradeMax: number;
  readonly forceRmse: number;
  readonly forceMax: number;
}

export interface Control {
  readonly rows: readonly ControlRow[];
  readonly summary: NonNullable<ValidationSummary['control']>;
}

const SAMPLES = 100;

/** The same run, driven by `start` (the first generation) to the end or to its ruin, with no pause. */
export async function controlRun(
  config: RunConfig,
  start: StoredModel,
  signal: AbortSignal,
): Promise<Control> {
  const truth = referencePotential(config);
  const integrator = integratorOf(config);
  const engine = await backendOf(config).prepare(start.potential, integrator, startState(config, integrator));
  const { interval } = config.uncertainty;
  const { measure } = leadingMeasure(config, start);
  const watch = {
    interval,
    measures: [{ measure, select: Number.POSITIVE_INFINITY, pause: Number.POSITIVE_INFINITY }],
  };
  const every = Math.max(interval, Math.round(config.md.steps / SAMPLES / interval) * interval);
  const rows: ControlRow[] = [];
  const errors: FrameErrors[] = [];
  let outcome = 'reached the end';
  for (;;) {
    const left = config.md.steps - engine.observe().step;
    const stop = await engine.advance(Math.min(every, left), watch, signal);
    if (stop.reason !== 'finished') {
      outcome = stop.reason === 'unstable' ? `unstable: ${stop.detail}` : 'interrupted';
      break;
    }
    const { structure } = engine.state();
    const label = labelByPotential(truth, structure);
    const core = new Uint8Array(atomCount(structure)).fill(1);
    const error = frameErrors(start.potential, {
      structure,
      label,
      core,
      faithful: true,
      group: 'control',
      generation: 0,
    });
    const { step, time, temperature } = engine.observe();
    const { forceRmse, forceMax } = summarise([error]);
    errors.push(error);
    rows.push({
      step,
      time,
      temperature,
      gradeMax: engine.checks()[0]?.max ?? Number.NaN,
      forceRmse,
      forceMax,
    });
    if (step >= config.md.steps) break;
  }
  const { forceRmse, forceMax } = summarise(errors);
  const stepsCompleted = engine.observe().step;
  engine.dispose();
  return { rows, summary: { stepsCompleted, outcome, forceRmse, forceMax } };
}
