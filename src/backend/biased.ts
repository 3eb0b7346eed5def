import type { Bias } from '../bias/bias.ts';
import { UserError } from '../core/errors.ts';
import type { Backend } from './backend.ts';

/** Throws a UserError where a backend can add no bias. */
export function requireBias({ kind, noBias }: Backend): void {
  if (noBias)
    throw new UserError(
      `md.bias: got backend ${kind}, must be one that adds it (${noBias}); use backend: wasm`,
    );
}

/** A backend whose engines are driven by the biased energy. Throws a UserError where it can add none. */
export function biased(backend: Backend, bias: Bias): Backend {
  requireBias(backend);
  return {
    ...backend,
    describe: async () => `${(await backend.describe?.()) ?? backend.kind}, ${bias.kind} bias`,
    prepare: (potential, integrator, start) =>
      backend.prepare(potential, { ...integrator, carried: bias.memory }, start, bias),
  };
}
