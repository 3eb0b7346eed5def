import { checkIntegrator } from '../../../integrators/substeps.ts';
import { buildNeighbours } from '../../core/neighbours.ts';
import type { Backend } from '../backend.ts';
import { steppingEngine } from '../stepping/engine.ts';
import { liveFrom } from '../stepping/system.ts';
import { plainEvaluator } from './evaluator.ts';

/** The truth in f64: one thread, no surprises. */
export const plainBackend: Backend = {
  kind: 'plain',
  async prepare(potential, integrator, start) {
    checkIntegrator(integrator, start.structure, start.extended);
    const live = liveFrom(start, integrator);
    return steppingEngine(integrator, live, plainEvaluator(potential, live.structure));
  },
  evaluator: async (potential) => ({
    evaluate: async (s, want) => potential.evaluate(s, buildNeighbours(s, potential.cutoff), want),
    dispose: () => {},
  }),
};
