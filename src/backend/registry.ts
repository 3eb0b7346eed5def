import { z } from 'zod';
import { entry, registry } from '../core/registry.ts';
import { autoBackend } from './autoBackend.ts';
import type { Backend } from './backend.ts';
import { plainBackend } from './plain/plainBackend.ts';
import { wasmBackend } from './wasm/wasmBackend.ts';
import { webgpuBackend } from './webgpu/webgpuBackend.ts';

const adapted = z.object({ adapter: z.string().min(1).optional() });
const threaded = z.object({ threads: z.int().positive().optional() });

export const backends = registry<Backend>('backend', [
  entry({ kind: 'plain', schema: z.object({}), create: () => plainBackend }),
  entry({ kind: 'wasm', schema: threaded, create: ({ threads }) => wasmBackend(threads) }),
  entry({ kind: 'webgpu', schema: adapted, create: ({ adapter }) => webgpuBackend(adapter) }),
  entry({ kind: 'auto', schema: threaded, create: ({ threads }) => autoBackend(undefined, threads) }),
]);
