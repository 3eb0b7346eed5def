import { UserError } from './errors.ts';

/** Memory that kernels and TypeScript share. Arrays lie one after the other; an array's `byteOffset` is its address. */
export interface Arena {
  /** Zeroed, or a copy of `values`. */
  f64(values: number | ArrayLike<number>): Float64Array;
  i32(values: number | ArrayLike<number>): Int32Array;
  /** What was taken since `mark` may be taken again. */
  mark(): number;
  release(mark: number): void;
}

/** What is at hand of WebAssembly's memory, which the language's own types leave to browsers. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65536;
/** What 32-bit addresses reach. */
const LIMIT = 65535 * PAGE;
/** Arrays begin on cache lines. */
const ALIGNMENT = 64;

/** Hands out `memory` from address `base` on. */
export function arena(memory: SharedMemory, base: number): Arena {
  let top = base;
  const take = (bytes: number): number => {
    const from = Math.ceil(top / ALIGNMENT) * ALIGNMENT;
    top = from + bytes;
    if (top > LIMIT)
      throw new UserError(
        `memory: got a system that needs ${(top / 2 ** 30).toFixed(1)} GiB of shared memory, must need less than 4; take fewer atoms, or a backend without that limit`,
      );
    const missing = top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    new Uint8Array(memory.buffer, from, bytes).fill(0);
    return from;
  };
  const length = (values: number | ArrayLike<number>) =>
    typeof values === 'number' ? values : values.length;
  return {
    f64(values) {
      const from = take(8 * length(values));
      const out = new Float64Array(memory.buffer, from, length(values));
      if (typeof values !== 'number') out.set(values);
      return out;
    },
    i32(values) {
      const from = take(4 * length(values));
      const out = new Int32Array(memory.buffer, from, length(values));
      if (typeof values !== 'number') out.set(values);
      return out;
    },
    mark: () => top,
    release(mark) {
      top = mark;
    },
  };
}
