import { integrators } from '../../integrators/registry.ts';
import type { Integrator } from '../../integrators/substeps.ts';
import type { Engine, Observables, Watch } from '../../src/backend/backend.ts';

/** A registered integrator from options as a config file gives them. */
export function integratorFrom(options: Record<string, unknown>): Integrator {
  return integrators.create(integrators.schema.parse(options));
}

/** Nothing is watched. */
export const unwatched: Watch = { interval: 10, measures: [] };
export const never = new AbortController().signal;

/** Advances `samples · every` steps and observes after every `every`. Throws unless each stretch finishes. */
export async function sample(engine: Engine, samples: number, every: number): Promise<Observables[]> {
  const seen: Observables[] = [];
  for (let k = 0; k < samples; k++) {
    const stop = await engine.advance(every, unwatched, never);
    if (stop.reason !== 'finished') throw new Error('detail' in stop ? stop.detail : stop.reason);
    seen.push(engine.observe());
  }
  return seen;
}

export interface Estimate {
  readonly mean: number;
  /** Standard error of the mean from block averages, which knows of correlation in time. */
  readonly error: number;
}

export function estimate(values: readonly number[], blocks = 20): Estimate {
  const size = Math.floor(values.length / blocks);
  const means = Array.from({ length: blocks }, (_, b) => average(values.slice(b * size, (b + 1) * size)));
  const mean = average(means);
  const spread = average(means.map((m) => (m - mean) ** 2));
  return { mean, error: Math.sqrt(spread / (blocks - 1)) };
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
