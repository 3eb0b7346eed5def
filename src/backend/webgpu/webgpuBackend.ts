import { checkIntegrator } from '../../../integrators/substeps.ts';
import type { Backend } from '../backend.ts';
import { requireBias } from '../biased.ts';
import { borrowGpu, type Gpu } from './device.ts';
import { deviceEvaluator } from './deviceEvaluator.ts';
import { webgpuEngine } from './engine.ts';
import { CARD, deviceBytes } from './memory.ts';
import { resilientEngine } from './resilient.ts';

/** f32 on a graphics processor; `adapter`: a part of its name, the fastest by default. What stops a run is graded in f64 on the CPU. */
export function webgpuBackend(
  adapter?: string,
  open: (adapter?: string) => Promise<Gpu> = borrowGpu,
): Backend {
  return {
    kind: 'webgpu',
    async describe() {
      const gpu = await open(adapter);
      gpu.dispose();
      return `webgpu, ${gpu.name}`;
    },
    deviceBytes: (potential, integrator, { structure }) =>
      deviceBytes(CARD, potential, integrator, structure),
    noBias: 'only the mean of the ensemble drives there',
    async prepare(potential, integrator, start, bias) {
      if (bias) requireBias(this);
      checkIntegrator(integrator, start.structure, start.extended);
      return resilientEngine(async (from) => {
        const gpu = await open(adapter);
        try {
          return await webgpuEngine(gpu, potential, integrator, from);
        } catch (error) {
          gpu.dispose();
          throw error;
        }
      }, start);
    },
    async evaluator(potential) {
      return deviceEvaluator(await open(adapter), potential);
    },
  };
}
