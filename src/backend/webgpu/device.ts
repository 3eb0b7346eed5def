import { UserError } from '../../core/errors.ts';

/** An adapter that was asked for all that it can give. */
export interface Gpu {
  /** As the driver calls it. */
  readonly name: string;
  readonly device: GPUDevice;
  readonly limits: GPUSupportedLimits;
  /** Throws a UserError when the device was lost or refused something since the last call. */
  check(): void;
  /** Drops everything; without it the process would not end. */
  dispose(): void;
}

const REMEDY = 'install a driver for Vulkan, Metal or Direct3D 12, or use backend wasm';

/** Limits that kernels want more of than is given unasked. */
const WANTED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
] as const;

/** `name`: a part of the adapter's name; the fastest adapter if undefined. Throws a UserError when there is none. */
export async function openGpu(name?: string): Promise<Gpu> {
  const gpu = await instance(name);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw noAdapter(name);
  const timed = adapter.features.has('timestamp-query');
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(WANTED.map((limit) => [limit, adapter.limits[limit]])),
    requiredFeatures: timed ? ['timestamp-query'] : [],
  });
  const title = titleOf(adapter);
  let trouble: string | undefined;
  let closed = false;
  device.lost.then(({ message }) => {
    if (!closed)
      trouble = `was lost (${message}); resume the run from its last checkpoint, or use backend wasm`;
  });
  device.onuncapturederror = ({ error }) => {
    trouble ??= `refused a command (${error.message}); use backend wasm`;
  };
  return {
    name: title,
    device,
    limits: device.limits,
    check() {
      if (trouble !== undefined) throw new UserError(`webgpu: the device ${title} ${trouble}`);
    },
    dispose() {
      closed = true;
      device.destroy();
    },
  };
}

/** For people: the adapter that would be used, or why there is none. */
export async function describeGpu(): Promise<string> {
  try {
    const gpu = await openGpu();
    const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
    const { maxStorageBufferBindingSize: binding, maxComputeWorkgroupStorageSize: shared } = gpu.limits;
    gpu.dispose();
    return `${gpu.name}, arrays up to ${gib(binding)}, ${shared / 1024} KiB a workgroup`;
  } catch (error) {
    if (error instanceof UserError) return `none: ${error.message}`;
    throw error;
  }
}

/** One for each adapter, for good: were it collected while anything made through it still lives, the process would crash. */
const instances = new Map<string | undefined, GPU>();

async function instance(name: string | undefined): Promise<GPU> {
  const { create, globals } = await load();
  Object.assign(globalThis, globals);
  const known = instances.get(name) ?? create(name === undefined ? [] : [`adapter=${name}`]);
  instances.set(name, known);
  return known;
}

async function load() {
  try {
    return await import('webgpu');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UserError(`webgpu: the package webgpu does not load here (${reason}); ${REMEDY}`);
  }
}

function noAdapter(name: string | undefined): UserError {
  return name === undefined
    ? new UserError(`webgpu: got no graphics adapter, must be one; ${REMEDY}`)
    : new UserError(
        `webgpu.adapter: got '${name}', must be part of an adapter's name; leave it out to take the fastest, and see 'doctor'`,
      );
}

function titleOf({ info }: GPUAdapter): string {
  const title = info.device || info.description || info.architecture || info.vendor;
  return title === '' ? 'unnamed' : `${title} (${info.vendor})`.trim();
}
