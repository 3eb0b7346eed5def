import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { SharedMemory } from './arena.ts';

/** The part of WebAssembly used here; the language's own declarations of it come with those of a browser. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => KernelModule;
  readonly Instance: new (module: KernelModule, imports: object) => { readonly exports: object };
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
};

/** Compiled kernels: what threads pass to one another. */
export type KernelModule = object;

/** Pages of 64 KiB that the module is built for. */
const INITIAL_PAGES = 64;
const MOST_PAGES = 65536;

export interface Kernels {
  /** `relaxed`: products and sums in one rounding. */
  readonly flavour: 'relaxed' | 'simd';
  readonly module: KernelModule;
}

let compiled: Kernels | undefined;

/** Compiled once a process, for the best that this machine's engine knows. */
export function loadKernels(): Kernels {
  compiled ??= compile();
  return compiled;
}

function compile(): Kernels {
  const relaxed = artifact('relaxed');
  // Node 20 has it behind a flag.
  if (!WebAssembly.validate(relaxed)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const flavour = WebAssembly.validate(relaxed) ? 'relaxed' : 'simd';
  return { flavour, module: new WebAssembly.Module(flavour === 'relaxed' ? relaxed : artifact('simd')) };
}

/** Where the build puts it, seen from the build and from the sources. */
function artifact(flavour: Kernels['flavour']): Uint8Array {
  const name = `src/backend/wasm/kernels.${flavour}.wasm`;
  const places = [`../../${name}`, `../../dist/${name}`].map((p) => new URL(p, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`${name} has not been built; run 'npm run build'`);
  return readFileSync(found);
}

export function newMemory(): SharedMemory {
  return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MOST_PAGES, shared: true });
}

export function instantiate(module: KernelModule, memory: SharedMemory): object {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}
