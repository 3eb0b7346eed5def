import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { SharedMemory } from '../../core/arena.ts';

/** The part of WebAssembly used here; the language's own declarations of it come with those of a browser. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<KernelModule>;
  instantiate(module: KernelModule, imports: object): Promise<{ readonly exports: object }>;
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
};

/** Compiled kernels: what threads pass to one another. */
export type KernelModule = object;

export interface Kernels {
  /** `relaxed`: products and sums in one rounding. */
  readonly flavour: 'relaxed' | 'simd';
  readonly module: KernelModule;
}

/** What the module offers; see `team.wasm.ts`. */
export interface KernelExports {
  control(): number;
  free(): number;
  run(command: number): number;
}

/** Pages of 64 KiB that the module is built for. */
const INITIAL_PAGES = 64;
const MOST_PAGES = 65536;

let compiled: Promise<Kernels> | undefined;

/** Compiled once a process, for the best that this machine's engine knows. */
export function loadKernels(): Promise<Kernels> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<Kernels> {
  const relaxed = artifact('relaxed');
  // Node 20 has it behind a flag.
  if (!WebAssembly.validate(relaxed)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const flavour = WebAssembly.validate(relaxed) ? 'relaxed' : 'simd';
  const bytes = flavour === 'relaxed' ? relaxed : artifact('simd');
  return { flavour, module: await WebAssembly.compile(bytes) };
}

/** Beside this file once built; in `dist` while this file is a TypeScript source. */
function artifact(flavour: Kernels['flavour']): Uint8Array {
  const name = `kernels.${flavour}.wasm`;
  const places = [`./${name}`, `../../../dist/src/backend/wasm/${name}`].map(
    (p) => new URL(p, import.meta.url),
  );
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`${name} has not been built; run 'npm run build'`);
  return readFileSync(found);
}

export function newMemory(): SharedMemory {
  return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MOST_PAGES, shared: true });
}

export async function instantiate(module: KernelModule, memory: SharedMemory): Promise<KernelExports> {
  return (await WebAssembly.instantiate(module, { env: { memory } })).exports as KernelExports;
}
