import type { RunConfig } from '../config/schema.ts';
import { atomCount } from '../core/structure.ts';
import { defaultThreads } from '../learn/crew.ts';
import { trainerBytes } from '../learn/memory.ts';
import { backendOf, integratorOf, startState, trainOf, untrainedOf } from './assemble.ts';

/** What a run will cost, the speed measured on a few real steps. */
export interface Estimate {
  readonly atoms: number;
  readonly functions: number;
  readonly members: number;
  readonly bytes: number;
  /** Where the backend keeps the system on a device. */
  readonly deviceBytes: number | undefined;
  /** Wall seconds of molecular dynamics. */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  readonly labels: number;
  readonly startLabels: number;
  readonly calculator: string;
}

const TRIAL_STEPS = 5;

export async function estimateRun(config: RunConfig): Promise<Estimate> {
  const integrator = integratorOf(config);
  const start = startState(config, integrator);
  const atoms = atomCount(start.structure);
  const model = untrainedOf(config, start.structure);
  const backend = backendOf(config);
  const engine = await backend.prepare(model, integrator, start);
  const began = performance.now();
  await engine.advance(TRIAL_STEPS, { interval: 1, measures: [] }, new AbortController().signal);
  const stepsPerSecond = (TRIAL_STEPS * 1000) / (performance.now() - began);
  engine.dispose();
  const { members, kind } = config.train.ensemble;
  const functions = model.functionCount;
  return {
    atoms,
    functions,
    members,
    bytes: trainerBytes(
      model.functionOffsets,
      members,
      atoms,
      defaultThreads(),
      trainOf(config).activeSet,
      kind,
    ),
    deviceBytes: backend.deviceBytes?.(model, integrator, start),
    seconds: config.md.steps / stepsPerSecond,
    stepsPerSecond,
    labels: config.stop.labels,
    startLabels: config.start.rattle?.frames ?? 0,
    calculator: config.label.calculator.kind,
  };
}
