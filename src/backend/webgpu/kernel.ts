import { UserError } from '../../core/errors.ts';
import type { Gpu } from './device.ts';

const MAP_READ = 0x1;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const INDIRECT = 0x100;
const STORAGE = 0x80;
const UNIFORM = 0x40;
const COMPUTE = 0x4;

/** What a kernel sees of a buffer: its name and type in WGSL. */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly access: 'read' | 'read_write' | 'uniform';
  readonly buffer: GPUBuffer;
}

export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  /** Workgroups that one dimension has room for. */
  readonly across: number;
}

/** An array on the device, zero or as `values` say. Throws a UserError where the device has no arrays so long. */
export function storage(gpu: Gpu, what: string, values: number | ArrayBufferView): GPUBuffer {
  const bytes = typeof values === 'number' ? values : values.byteLength;
  const most = Math.min(gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize);
  if (bytes > most)
    throw new UserError(
      `webgpu: ${what} need ${mib(bytes)}, must fit into the ${mib(most)} that ${gpu.name} allows one array; use fewer atoms, or backend wasm`,
    );
  const size = Math.max(16, Math.ceil(bytes / 16) * 16);
  const usage = STORAGE | UNIFORM | COPY_SRC | COPY_DST | INDIRECT;
  const buffer = gpu.device.createBuffer({ label: what, size, usage });
  gpu.keep?.(buffer);
  if (typeof values !== 'number') write(gpu, buffer, values);
  return buffer;
}

export function write({ device }: Gpu, buffer: GPUBuffer, values: ArrayBufferView, offset = 0): void {
  device.queue.writeBuffer(
    buffer,
    offset,
    values.buffer as ArrayBuffer,
    values.byteOffset,
    values.byteLength,
  );
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** Part of a buffer; bytes. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** What the buffers hold once all that was submitted is done, one after the other. */
export async function read(gpu: Gpu, ...wanted: readonly (GPUBuffer | Part)[]): Promise<ArrayBuffer[]> {
  const { device } = gpu;
  const parts = wanted.map((b) => ('buffer' in b ? b : { buffer: b, offset: 0, size: b.size }));
  const size = parts.reduce((sum, b) => sum + b.size, 0);
  const copy = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  const encoder = device.createCommandEncoder();
  let at = 0;
  for (const b of parts) {
    encoder.copyBufferToBuffer(b.buffer, b.offset, copy, at, b.size);
    at += b.size;
  }
  device.queue.submit([encoder.finish()]);
  try {
    await copy.mapAsync(0x1);
  } catch (error) {
    gpu.check();
    throw error;
  }
  const all = copy.getMappedRange().slice(0);
  copy.destroy();
  gpu.check();
  at = 0;
  return parts.map((b) => {
    at += b.size;
    return all.slice(at - b.size, at);
  });
}

const TYPES = { read: 'read-only-storage', read_write: 'storage', uniform: 'uniform' } as const;
const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/** `body`: WGSL whose entry point is `main`; the bindings are declared before it. */
export function kernel(
  { device, limits }: Gpu,
  label: string,
  body: string,
  bindings: readonly Binding[],
): Kernel {
  const declared = bindings.map(
    ({ name, type, access }, k) =>
      `@group(0) @binding(${k}) var<${access === 'uniform' ? access : `storage, ${access}`}> ${name}: ${type};`,
  );
  const code = `${declared.join('\n')}\n${body}`;
  let known = pipelines.get(device);
  if (!known) {
    known = new Map();
    pipelines.set(device, known);
  }
  let pipeline = known.get(code);
  if (!pipeline) {
    const entries = bindings.map(({ access }, binding) => ({
      binding,
      visibility: COMPUTE,
      buffer: { type: TYPES[access] },
    }));
    const layout = device.createPipelineLayout({
      bindGroupLayouts: [device.createBindGroupLayout({ entries })],
    });
    const module = device.createShaderModule({ label, code });
    pipeline = device.createComputePipeline({ label, layout, compute: { module, entryPoint: 'main' } });
    known.set(code, pipeline);
  }
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: bindings.map(({ buffer }, binding) => ({ binding, resource: { buffer } })),
  });
  return { pipeline, group, across: limits.maxComputeWorkgroupsPerDimension };
}

/** Workgroups in two dimensions, of which one has room for `across`. */
export function spread(groups: number, across: number): readonly [number, number] {
  const x = Math.min(Math.max(1, groups), across);
  return [x, Math.ceil(Math.max(1, groups) / x)];
}

/** Runs a kernel over so many workgroups. */
export function run(pass: GPUComputePassEncoder, { pipeline, group, across }: Kernel, groups: number): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...spread(groups, across));
}
