import type { Integrator } from '../../integrators/substeps.ts';
import type { Backend } from '../backend/backend.ts';
import { biased } from '../backend/biased.ts';
import { biases } from '../bias/registry.ts';
import type { MdConfig, RunConfig } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { accelerations } from '../events/acceleration.ts';
import { type DetectionOptions, detectionSchema } from '../events/options.ts';
import { restBasins } from '../events/restBasins.ts';

/** The backend of a run, with what its config adds to the energy that drives it, or with replicas that cover more time. */
export function drivenBackend(
  backend: Backend,
  integrator: Integrator,
  {
    md,
    events,
  }: { readonly md: MdConfig['md'] | RunConfig['md']; readonly events?: DetectionOptions | undefined },
): Backend {
  if ('bias' in md && md.bias) return biased(backend, biases.create(md.bias));
  if (!md.acceleration) return backend;
  const { evaluator } = backend;
  if (!evaluator)
    throw new UserError(
      `backend: '${backend.kind}' only steps, must evaluate to tell basins apart; use backend: wasm`,
    );
  return accelerations.create(md.acceleration)(backend, integrator, async (potential) => {
    const frames = await evaluator(potential);
    const evaluates = { cutoff: potential.cutoff, evaluate: frames.evaluate };
    return { ...restBasins(evaluates, events ?? detectionSchema.parse({})), dispose: frames.dispose };
  });
}
