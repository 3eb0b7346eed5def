import type { Gpu } from './device.ts';
import { type Binding, storage } from './kernel.ts';

/** Rows that are worked on together: all that is kept by pair or by row fits into one array each. */
export interface Chunk {
  /** First row, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** The same on the device. */
  readonly span: GPUBuffer;
}

/** How rows are divided, and how many entries fit into a chunk. */
export interface ChunkPlan {
  readonly rows: number;
  readonly capacity: number;
}

/** Bytes of the longest arrays by pair and by row. */
export interface Widths {
  readonly pair: number;
  readonly row: number;
}

/** `density`: pairs a row in the chunk that has most. As few chunks as the device's limits allow. */
export function planChunks({ limits }: Gpu, n: number, density: number, { pair, row }: Widths): ChunkPlan {
  const room = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  const most = Math.min((room / pair - 64) / density, row > 0 ? room / row : n);
  const count = Math.ceil(n / Math.max(1, Math.floor(most)));
  const rows = Math.ceil(n / count);
  return { rows, capacity: Math.ceil(density * rows) + 64 };
}

export function chunksOf(gpu: Gpu, n: number, { rows }: ChunkPlan): Chunk[] {
  return Array.from({ length: Math.ceil(n / rows) }, (_, k) => {
    const [first, end] = [k * rows, Math.min(n, (k + 1) * rows)];
    return { first, end, span: storage(gpu, 'rows of a chunk', Uint32Array.of(first, end, 0, 0)) };
  });
}

/** What kernels over the rows of a chunk see it by. */
export function spanOf({ span }: Chunk, name = 'chunk'): Binding {
  return { name, type: 'vec4<u32>', access: 'uniform', buffer: span };
}
