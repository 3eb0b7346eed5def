import { checkIntegrator, type Integrator } from '../../../integrators/substeps.ts';
import type { Bias } from '../../bias/bias.ts';
import { buildNeighbours } from '../../core/neighbours.ts';
import type { Potential } from '../../core/potential.ts';
import type { Backend, Engine } from '../backend.ts';
import { biasedEvaluator } from '../stepping/biased.ts';
import { steppingEngine } from '../stepping/engine.ts';
import { type Live, liveFrom } from '../stepping/system.ts';
import { plainEvaluator } from './evaluator.ts';

/** An engine that evaluates by the potential's own `evaluate`. */
export function plainEngine(potential: Potential, integrator: Integrator, live: Live, bias?: Bias): Engine {
  const forces = plainEvaluator(potential, live.structure);
  const driving = bias ? biasedEvaluator(forces, bias, potential, live.system.extended) : forces;
  return steppingEngine(integrator, live, driving);
}

/** The truth in f64: one thread, no surprises. */
export const plainBackend: Backend = {
  kind: 'plain',
  async prepare(potential, integrator, start, bias) {
    checkIntegrator(integrator, start.structure, start.extended);
    const live = liveFrom(start, integrator);
    return plainEngine(potential, integrator, live, bias);
  },
  evaluator: async (potential) => ({
    evaluate: async (s, want) => potential.evaluate(s, buildNeighbours(s, potential.cutoff), want),
    dispose: () => {},
  }),
};
