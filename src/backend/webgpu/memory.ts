import type { Integrator } from '../../../integrators/substeps.ts';
import { UserError } from '../../core/errors.ts';
import { samplePairs } from '../../core/neighbours.ts';
import type { Potential } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { SKIN } from '../stepping/evaluator.ts';
import type { Gpu } from './device.ts';
import { deviceForces } from './deviceForces.ts';
import { deviceRecorder } from './deviceRecorder.ts';
import { forceFieldFor } from './forceField.ts';
import { steps } from './steps.ts';

/** Limits of the kind of card that large systems are run on. */
export const CARD = {
  name: 'a graphics processor',
  limits: {
    maxBufferSize: 2 ** 32,
    maxStorageBufferBindingSize: 2 ** 31 - 4,
    maxComputeWorkgroupStorageSize: 48 * 1024,
    maxComputeWorkgroupsPerDimension: 65535,
    maxStorageBuffersPerShaderStage: 16,
  } as GPUSupportedLimits,
};

type Card = Pick<Gpu, 'name' | 'limits'>;

/**
 * Bytes of device memory that a run takes, by laying the system out on a device that only counts. Grading takes four bytes an atom and
 * measure, and the inverses of its active sets, besides.
 */
export function deviceBytes(
  card: Card,
  potential: Potential,
  integrator: Integrator,
  structure: Structure,
): number {
  const { gpu, bytes } = counting(card);
  const field = forceFieldFor(gpu, potential, structure);
  const forces = deviceForces(gpu, potential, field, structure);
  forces.grow(pairsPerAtom(structure, potential.cutoff + SKIN));
  steps(gpu, integrator, forces);
  deviceRecorder(forces.system);
  return bytes();
}

/** Mean over up to some thousand atoms. */
function pairsPerAtom(s: Structure, cutoff: number): number {
  const n = s.species.length;
  const every = Math.ceil(n / 4000);
  let pairs = 0;
  samplePairs(s, cutoff, every, () => pairs++);
  return pairs / Math.ceil(n / every);
}

function counting({ name, limits }: Card): { readonly gpu: Gpu; bytes(): number } {
  let held = 0;
  const device = {
    queue: { writeBuffer() {} },
    createBuffer({ size }: GPUBufferDescriptor) {
      held += size;
      return { size, destroy: () => (held -= size) };
    },
    createBindGroupLayout() {},
    createPipelineLayout() {},
    createShaderModule() {},
    createComputePipeline: () => ({ getBindGroupLayout() {} }),
    createBindGroup() {},
  } as unknown as GPUDevice;
  return { gpu: { name, limits, device, check() {}, dispose() {} }, bytes: () => held };
}

/** Fewer fit everywhere. */
const FEW = 20_000;
const STORAGE = 0x80;

/** Throws a UserError where the device has no memory for this run. */
export async function requireRoomFor(
  gpu: Gpu,
  potential: Potential,
  integrator: Integrator,
  s: Structure,
): Promise<void> {
  const n = s.species.length;
  if (n > FEW)
    await requireRoom(gpu, `${n} atoms of ${potential.kind}`, deviceBytes(gpu, potential, integrator, s));
}

/**
 * Throws a UserError where the device does not give `bytes` of memory for `what`: they are asked for, before anything of the run is
 * there, and given back. WebGPU does not tell how much there is.
 */
export async function requireRoom(gpu: Gpu, what: string, bytes: number): Promise<void> {
  const { device, limits } = gpu;
  const size = Math.min(bytes, limits.maxBufferSize, 2 ** 30);
  const taken: GPUBuffer[] = [];
  let refused = false;
  while (!refused && taken.length * size < bytes) {
    device.pushErrorScope('out-of-memory');
    taken.push(device.createBuffer({ label: 'room', size, usage: STORAGE }));
    refused = (await device.popErrorScope()) !== null;
  }
  for (const b of taken) b.destroy();
  if (!refused) return;
  const gib = (x: number) => `${(x / 2 ** 30).toFixed(1)} GiB`;
  throw new UserError(
    `webgpu: ${what} need ${gib(bytes)} on the device, must fit into the ${gib((taken.length - 1) * size)} that ${gpu.name} has left; use fewer atoms, a card with more memory, or backend wasm`,
  );
}
