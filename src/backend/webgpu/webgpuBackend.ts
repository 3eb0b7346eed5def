import { UserError } from '../../core/errors.ts';
import type { Potential } from '../../core/potential.ts';
import type { FrameEvaluator } from '../backend.ts';
import { openGpu } from './device.ts';
import { deviceForces, evaluateOnDevice } from './deviceForces.ts';
import { forceFieldFor } from './forceField.ts';

/** f32 on a graphics processor, `adapter` by a part of its name. */
export function webgpuEvaluator(adapter?: string) {
  return async (potential: Potential): Promise<FrameEvaluator> => {
    const gpu = await openGpu(adapter);
    return {
      async evaluate(s, want) {
        if (want.includes('memberForces'))
          throw new UserError('webgpu: got memberForces, must be other quantities; use backend wasm');
        const field = forceFieldFor(gpu, potential, s);
        const forces = deviceForces(gpu, potential, field, s);
        forces.system.upload(s.positions);
        const result = await evaluateOnDevice(gpu, potential, field, s, forces, want);
        return result;
      },
      dispose: gpu.dispose,
    };
  };
}
