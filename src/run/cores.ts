import { availableParallelism } from 'node:os';
import type { RunConfig } from '../config/schema.ts';

/** How many cores a run takes, how many jobs beside it go on at a time, and how many cores each of them takes. */
export interface Cores {
  readonly run: number;
  readonly beside: number;
  readonly each: number;
}

/** Jobs that the reference drives its own crystals in. Without dynamics there is nothing random, so that one is enough. */
export function strainReferences({ strain }: Pick<RunConfig, 'strain'>): number {
  return strain?.relax ? Math.min(1, strain.reference) : (strain?.reference ?? 0);
}

/**
 * Deals out the cores: what a config gives to its backend is its own, one core serves a graphics processor, and where nothing is said
 * a third goes to the jobs beside. No result depends on it.
 */
export function dealCores(
  config: Pick<RunConfig, 'backend' | 'strain' | 'validate'>,
  cores = availableParallelism(),
): Cores {
  const jobs = strainReferences(config) + (config.validate ? 1 : 0);
  if (jobs === 0) return { run: cores, beside: 1, each: 1 };
  const { kind, threads } = named(config.backend);
  const shares = kind === 'wasm' || kind === 'auto';
  const taken = threads ?? (shares ? Math.ceil((2 * cores) / 3) : 1);
  const beside = Math.min(jobs, Math.max(1, cores - taken));
  // On two cores a second thread gains more than a job beside costs.
  const run = threads ?? Math.max(Math.min(2, cores), cores - beside);
  return { run, beside, each: Math.max(1, Math.floor((cores - (shares ? run : 1)) / beside)) };
}

/** A backend as a config names it. */
export function named(backend: RunConfig['backend']): { readonly kind: string; readonly threads?: number } {
  return typeof backend === 'string' ? { kind: backend } : backend;
}
