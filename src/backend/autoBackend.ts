import { UserError } from '../core/errors.ts';
import type { Backend } from './backend.ts';
import { wasmBackend } from './wasm/wasmBackend.ts';
import { probeGpu } from './webgpu/probe.ts';
import { webgpuBackend } from './webgpu/webgpuBackend.ts';

/** The fastest there is: `webgpu` where an adapter is more than software, else `wasm`; `describe` says which, and why. */
export function autoBackend(probe = probeGpu, threads?: number): Backend {
  const fallback = wasmBackend(threads);
  let chosen: { readonly backend: Backend; readonly why: string } | undefined;
  const choose = () => {
    chosen ??= choice(fallback, probe());
    return chosen;
  };
  return {
    kind: 'auto',
    async describe() {
      const { backend, why } = choose();
      return `${await backend.describe!()} (auto: ${why})`;
    },
    async prepare(potential, integrator, start, bias) {
      const { backend } = choose();
      try {
        return await backend.prepare(potential, integrator, start, bias);
      } catch (error) {
        if (backend === fallback || !(error instanceof UserError)) throw error;
        process.emitWarning(`auto: going on with ${await fallback.describe!()}, because of ${error.message}`);
        return fallback.prepare(potential, integrator, start, bias);
      }
    },
    // Single structures are worth f64.
    evaluator: fallback.evaluator!,
  };
}

function choice(fallback: Backend, found: ReturnType<typeof probeGpu>) {
  if ('reason' in found) return { backend: fallback, why: found.reason };
  if (found.software) return { backend: fallback, why: `${found.name} is software` };
  return { backend: webgpuBackend(), why: 'a graphics processor' };
}
