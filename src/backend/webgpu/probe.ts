import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { adapterMeant, adapterNames, titleOf } from './device.ts';

/** What the fastest adapter, or the one asked for, can do. */
export interface Found {
  readonly name: string;
  /** True for a driver that computes on the CPU, slower than this program does itself. */
  readonly software: boolean;
  readonly limits: Readonly<Record<(typeof LIMITS)[number], number>>;
  readonly features: readonly string[];
}

export type Probe = Found | { readonly reason: string };

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

const PROGRAM = `
import(process.argv[1]).then(async ({ create, globals }) => {
  Object.assign(globalThis, globals);
  globalThis.kept = create(process.argv[2] ? ['adapter=' + process.argv[2]] : []);
  const adapter = await kept.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('no graphics adapter');
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  console.log(JSON.stringify({
    info: { vendor, architecture, device, description, isFallbackAdapter },
    limits: Object.fromEntries(${JSON.stringify(LIMITS)}.map((k) => [k, adapter.limits[k]])),
    features: [...adapter.features],
  }));
}).catch(({ message }) => { console.error(message); process.exitCode = 1; });`;

/** Asked for in a process of its own: a broken driver must not take this one along. `name`: a part of the adapter's. */
export function probeGpu(name = ''): Probe {
  let module: string;
  try {
    module = pathToFileURL(createRequire(import.meta.url).resolve('webgpu')).href;
  } catch {
    return { reason: 'the package webgpu is not installed' };
  }
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', PROGRAM, module, name], {
    encoding: 'utf8',
  });
  if (stdout.trim() === '') {
    const meant = name === '' ? undefined : adapterMeant(name, adapterNames(stderr));
    if (meant !== undefined) return probeGpu(meant);
    const last = stderr.trim().split('\n').at(-1);
    return { reason: status === 1 ? last! : `asking for one ended with ${signal ?? status} (${last})` };
  }
  const { info, limits, features } = JSON.parse(stdout);
  const found = titleOf({ info });
  return {
    name: found,
    software: Boolean(info.isFallbackAdapter) || SOFTWARE.test(`${found} ${info.architecture}`),
    limits,
    features,
  };
}

/** For people. */
export function describeProbe(probe: Probe): string {
  if ('reason' in probe) return `none: ${probe.reason}`;
  const { name, software, limits, features } = probe;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const has = ['timestamp-query', 'subgroups', 'shader-f16'].filter((f) => features.includes(f));
  return [
    name,
    software ? 'software: computes on the CPU, for tests only' : 'hardware',
    `arrays up to ${gib(limits.maxStorageBufferBindingSize)}`,
    `${limits.maxStorageBuffersPerShaderStage} of them a kernel`,
    `workgroups of ${limits.maxComputeInvocationsPerWorkgroup} threads and ${limits.maxComputeWorkgroupStorageSize / 1024} KiB`,
    has.length > 0 ? `with ${has.join(', ')}` : 'without timestamps and subgroups',
  ].join(', ');
}
