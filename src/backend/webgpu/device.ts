import { UserError } from '../../core/errors.ts';

/** An adapter that was asked for all that it can give. */
export interface Gpu {
  /** As the driver calls it. */
  readonly name: string;
  readonly device: GPUDevice;
  readonly limits: GPUSupportedLimits;
  /** Is told of every array that is made; absent where nobody has to give them back one by one. */
  readonly keep?: (array: GPUBuffer) => void;
  /** Throws a {@link DeviceLost} when the device was lost, a UserError when it refused something since the last call. */
  check(): void;
  /** Drops everything; without it the process would not end. */
  dispose(): void;
}

/** The device is gone with all that lay on it: a driver was reset, a card unplugged. */
export class DeviceLost extends UserError {}

export const REMEDY = 'install a driver for Vulkan, Metal or Direct3D 12, or use backend wasm';

/** Limits that kernels want more of than is given unasked. */
const WANTED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
] as const;

/**
 * What Dawn leaves out of a run: checks of every command, which take longer than the command itself (and double every indirect one), and
 * zeros in workgroup memory, which no kernel relies on. Commands of a run are the same for all, so tests make them with the checks that
 * SERENDIP_WEBGPU_CHECKS=1 brings back; places in arrays are checked always.
 */
export const LEAN: readonly string[] = process.env.SERENDIP_WEBGPU_CHECKS
  ? []
  : ['skip_validation', 'disable_workgroup_init'];

/** Nothing is checked, places in arrays neither: to measure what those cost. */
export const UNCHECKED: readonly string[] = [
  'skip_validation',
  'disable_robustness',
  'disable_workgroup_init',
];

/**
 * `name`: a part of the adapter's name; the fastest adapter if undefined. `features`: of Dawn, to be enabled. Throws a UserError when there
 * is no adapter.
 */
export async function openGpu(name?: string, features: readonly string[] = LEAN): Promise<Gpu> {
  const adapter = await adapterOf(name, features);
  const timed = adapter.features.has('timestamp-query');
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(WANTED.map((limit) => [limit, adapter.limits[limit]])),
    requiredFeatures: timed ? ['timestamp-query'] : [],
  });
  const title = titleOf(adapter);
  const said = (what: string) => `webgpu: the device ${title} ${what}`;
  let trouble: UserError | undefined;
  let closed = false;
  device.lost.then(({ message }) => {
    // What a lost device refuses afterwards matters no more.
    if (!closed) trouble = new DeviceLost(said(`was lost (${message})`));
  });
  device.onuncapturederror = ({ error }) => {
    trouble ??= new UserError(said(refusal(error)));
  };
  return {
    name: title,
    device,
    limits: device.limits,
    check() {
      if (trouble) throw trouble;
    },
    dispose() {
      closed = true;
      device.destroy();
    },
  };
}

/** ms that a device stays open for the next one who wants it: between a pause and the lesson's end. */
const LINGER = 3000;

interface Shared {
  readonly gpu: Gpu;
  users: number;
}

const shared = new Map<string | undefined, Shared>();

/**
 * As {@link openGpu}, but what one engine leaves the next one takes over, with all kernels that were compiled. Arrays are given back with
 * `dispose`.
 */
export async function borrowGpu(name?: string): Promise<Gpu> {
  const known = shared.get(name);
  const entry = known && sound(known.gpu) ? known : { gpu: await openGpu(name), users: 0 };
  shared.set(name, entry);
  entry.users++;
  const arrays: GPUBuffer[] = [];
  let returned = false;
  return {
    ...entry.gpu,
    keep: (array) => arrays.push(array),
    dispose() {
      if (returned) return;
      returned = true;
      for (const a of arrays) a.destroy();
      entry.users--;
      setTimeout(() => leave(name, entry), LINGER);
    },
  };
}

function leave(name: string | undefined, entry: Shared): void {
  if (entry.users > 0) return;
  if (shared.get(name) === entry) shared.delete(name);
  entry.gpu.dispose();
}

function sound({ check }: Gpu): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function refusal(error: GPUError): string {
  return error instanceof GPUOutOfMemoryError
    ? `has no memory left (${error.message}); use fewer atoms, or backend wasm`
    : `refused a command (${error.message}); use backend wasm`;
}

/** One for each set of options, for good: were it collected while anything made through it still lives, the process would crash. */
const instances = new Map<string, GPU>();

/** Timestamps to the nanosecond, which browsers round for fear of eavesdroppers. */
const FINE = 'disable-dawn-features=timestamp_quantization';

async function instance(name: string | undefined, features: readonly string[]): Promise<GPU> {
  const { create, globals } = await load();
  Object.assign(globalThis, globals);
  const options = [
    FINE,
    ...(name === undefined ? [] : [`adapter=${name}`]),
    ...(features.length === 0 ? [] : [`enable-dawn-features=${features.join(',')}`]),
  ];
  const key = options.join(' ');
  const known = instances.get(key) ?? create(options);
  instances.set(key, known);
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

async function adapterOf(name: string | undefined, features: readonly string[]): Promise<GPUAdapter> {
  const gpu = await instance(name, features);
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    const names = adapterNames(String(error));
    if (name === undefined || names.length === 0) throw error;
    const meant = adapterMeant(name, names);
    if (meant !== undefined) return adapterOf(meant, features);
    throw new UserError(
      `webgpu.adapter: got '${name}', must be part of one of: ${names.join(', ')}; leave it out to take the fastest`,
    );
  }
  if (adapter) return adapter;
  const asked =
    name === undefined ? 'no graphics adapter' : `adapter '${name}' where there is no graphics adapter`;
  throw new UserError(`webgpu: got ${asked}, must be one; ${REMEDY}`);
}

/** The package answers a name that it does not know with the names that there are. */
export function adapterNames(error: string): string[] {
  return Array.from(error.matchAll(/name: '(.*)'/g), (match) => match[1]);
}

/** Which of `names` is meant by a title as {@link titleOf} makes it, or by a part of one: drivers call 'nvidia-h200' what the package calls 'NVIDIA H200'. */
export function adapterMeant(name: string, names: readonly string[]): string | undefined {
  const plain = (x: string) => x.toLowerCase().replace(/[^a-z0-9]/g, '');
  const asked = [name, name.replace(/\s*\([^()]*\)$/, '')].map(plain).filter((x) => x !== '');
  return names.find((n) => n !== name && asked.some((x) => plain(n).includes(x)));
}

export function titleOf({ info }: Pick<GPUAdapter, 'info'>): string {
  const title = info.device || info.description || info.architecture || info.vendor;
  return title === '' ? 'unnamed' : `${title} (${info.vendor})`.trim();
}
