import { UserError } from '../../core/errors.ts';
import type { Gpu } from './device.ts';
import { read } from './kernel.ts';

const QUERY_RESOLVE = 0x200;
const COPY_SRC = 0x4;
/** Queries that a set holds at most. */
const QUERIES = 4096;

/** What a kernel took on the device. */
export interface KernelTime {
  readonly kernel: string;
  readonly runs: number;
  /** Of all its runs. */
  readonly microseconds: number;
}

/**
 * Carries out what `encode` says with every kernel in a pass of its own between two timestamps, and tells the time by kernel, in
 * the order of their first run. Throws a UserError where the device has no clock, or has more to do than it can time at once.
 */
export async function profile(
  gpu: Gpu,
  encode: (pass: GPUComputePassEncoder) => void,
): Promise<readonly KernelTime[]> {
  const { device } = gpu;
  if (!device.features.has('timestamp-query'))
    throw new UserError(`webgpu: ${gpu.name} tells no time by kernel; measure whole steps instead`);
  const querySet = device.createQuerySet({ type: 'timestamp', count: QUERIES });
  const encoder = device.createCommandEncoder();
  const names: string[] = [];
  encode(timedPass(encoder, querySet, names));
  const buffer = device.createBuffer({ size: 8 * QUERIES, usage: QUERY_RESOLVE | COPY_SRC });
  encoder.resolveQuerySet(querySet, 0, 2 * names.length, buffer, 0);
  device.queue.submit([encoder.finish()]);
  const [stamps] = await read(gpu, buffer);
  buffer.destroy();
  querySet.destroy();
  return byKernel(names, new BigUint64Array(stamps));
}

/** What looks like a pass, and makes one of every dispatch. */
function timedPass(
  encoder: GPUCommandEncoder,
  querySet: GPUQuerySet,
  names: string[],
): GPUComputePassEncoder {
  let pipeline: GPUComputePipeline;
  let group: GPUBindGroup;
  const timed = (dispatch: (pass: GPUComputePassEncoder) => void) => {
    const at = 2 * names.length;
    if (at >= QUERIES)
      throw new UserError(`webgpu: got more than ${QUERIES / 2} kernels to time at once; time fewer steps`);
    names.push(pipeline.label);
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 },
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    dispatch(pass);
    pass.end();
  };
  return {
    setPipeline(p: GPUComputePipeline) {
      pipeline = p;
    },
    setBindGroup(_: number, g: GPUBindGroup) {
      group = g;
    },
    dispatchWorkgroups: (...size: [number, number?, number?]) =>
      timed((pass) => pass.dispatchWorkgroups(...size)),
    dispatchWorkgroupsIndirect: (buffer: GPUBuffer, offset: number) =>
      timed((pass) => pass.dispatchWorkgroupsIndirect(buffer, offset)),
  } as unknown as GPUComputePassEncoder;
}

function byKernel(names: readonly string[], nanoseconds: BigUint64Array): KernelTime[] {
  const times = new Map<string, { runs: number; microseconds: number }>();
  names.forEach((name, k) => {
    const { runs, microseconds } = times.get(name) ?? { runs: 0, microseconds: 0 };
    const took = Number(nanoseconds[2 * k + 1] - nanoseconds[2 * k]) / 1000;
    times.set(name, { runs: runs + 1, microseconds: microseconds + took });
  });
  return Array.from(times, ([kernel, t]) => ({ kernel, ...t }));
}
