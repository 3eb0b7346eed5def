import { UserError } from '../../core/errors.ts';
import type { Backend } from '../backend.ts';
import { openGpu } from './device.ts';
import { deviceForces, evaluateOnDevice } from './deviceForces.ts';
import { webgpuEngine } from './engine.ts';
import { forceFieldFor } from './forceField.ts';
import { checkSteps } from './steps.ts';

/** f32 on a graphics processor; `adapter`: a part of its name, the fastest by default. Grades are f64 on the CPU. */
export function webgpuBackend(adapter?: string): Backend {
  return {
    kind: 'webgpu',
    async prepare(potential, integrator, start) {
      checkSteps(integrator, start);
      const gpu = await openGpu(adapter);
      try {
        return await webgpuEngine(gpu, potential, integrator, start);
      } catch (error) {
        gpu.dispose();
        throw error;
      }
    },
    async evaluator(potential) {
      const gpu = await openGpu(adapter);
      return {
        async evaluate(s, want) {
          if (want.includes('memberForces'))
            throw new UserError('webgpu: got memberForces, which it does not evaluate; use backend wasm');
          const field = forceFieldFor(gpu, potential, s);
          const forces = deviceForces(gpu, potential, field, s);
          try {
            forces.system.upload(s.positions);
            return await evaluateOnDevice(gpu, potential, field, s, forces, want);
          } finally {
            forces.dispose();
            field.dispose();
          }
        },
        dispose: gpu.dispose,
      };
    },
  };
}
