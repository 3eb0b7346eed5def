import { integrators } from '../../../integrators/registry.ts';
import type { RunConfig } from '../../config/schema.ts';
import { UserError } from '../../core/errors.ts';
import { backendOf, startState } from '../assemble.ts';
import { dealCores, named } from '../cores.ts';
import { referencePotential } from '../validation/reference.ts';
import type { CurvePoint } from './curve.ts';
import { strainingOf } from './straining.ts';
import type { Snapshot } from './yieldFrames.ts';

/** Seed of the first reference run; the others follow. */
const SEED = 2000;

/** What one run of the reference came to. */
export interface Driven {
  readonly curve: readonly CurvePoint[];
  /** As often as the run's own trajectory is written, and the last. */
  readonly frames: readonly Snapshot[];
}

/**
 * The run's own strain path, driven by the reference from other velocities and with other noise, in f64 on the cores that are dealt
 * to it, so that several go on at a time. `run` counts from 1.
 */
export async function drivenByReference(
  config: RunConfig,
  run: number,
  signal: AbortSignal,
): Promise<Driven> {
  const truth = referencePotential(config);
  const integrator = integrators.create({ ...config.md.integrator, ...{ seed: SEED + run - 1 } });
  const start = startState(config, integrator);
  const backend = backendOf(aside(config));
  const straining = strainingOf(config.strain, integrator, start.structure.cell, backend)!;
  const sampler = await straining.sampler(truth);
  const engine = await backend.prepare(truth, integrator, start);
  const [curve, frames]: [CurvePoint[], Snapshot[]] = [[], []];
  const { trajectory } = config.output;
  for (;;) {
    const { step } = engine.observe();
    const { structure, ...state } = engine.state();
    curve.push(await sampler.point({ structure, ...state }, engine.observe()));
    const ended = step >= config.md.steps;
    const last = frames.at(-1);
    if (ended || !last || step >= last.step + trajectory) frames.push({ step, structure });
    if (ended) break;
    const every = Math.min(straining.every, config.md.steps - step);
    const stop = await engine.advance(every, { interval: 1, measures: [] }, signal);
    if (stop.reason === 'unstable')
      throw new UserError(`strain.reference: ${stop.detail}; shorten md.integrator.timestep`, 4);
    signal.throwIfAborted();
  }
  engine.dispose();
  sampler.dispose();
  return { curve, frames };
}

function aside(config: RunConfig): Pick<RunConfig, 'backend' | 'strain'> {
  const { backend, strain } = config;
  const dealt = { kind: 'wasm', threads: dealCores(config).each };
  return { backend: named(backend).kind === 'plain' ? backend : dealt, strain };
}
