import { buildNeighbours } from '../../core/neighbours.ts';
import type { Backend } from '../backend.ts';
import { plainEngine } from './engine.ts';

/** The truth in f64: one thread, no surprises. */
export const plainBackend: Backend = {
  kind: 'plain',
  prepare: async (potential, integrator, start) => plainEngine(potential, integrator, start),
  evaluator: async (potential) => ({
    evaluate: async (s, want) => potential.evaluate(s, buildNeighbours(s, potential.cutoff), want),
    dispose: () => {},
  }),
};
