import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Rows } from './rows.ts';

/** Rows that lie in a file, row-major doubles as the machine has them: for more than fit into memory. */
export interface RowsFile extends Rows {
  /** Adds rows at the end, row-major [count × width]. */
  append(rows: Float64Array): void;
  close(): void;
}

/** A new file, or one that a former call has left; `width` must be that call's. */
export function rowsFile(path: string, width: number, flag: 'w+' | 'r' = 'w+'): RowsFile {
  const file = openSync(path, flag);
  let count = fstatSync(file).size / (8 * width);
  let buffer = new Float64Array(0);
  return {
    width,
    get count() {
      return count;
    },
    append(rows) {
      transfer(rows, count * width * 8, (bytes, at) => writeSync(file, bytes, 0, bytes.length, at));
      count += rows.length / width;
    },
    read(from, to) {
      const length = (to - from) * width;
      if (buffer.length < length) buffer = new Float64Array(length);
      const rows = buffer.subarray(0, length);
      transfer(rows, from * width * 8, (bytes, at) => readSync(file, bytes, 0, bytes.length, at));
      return rows;
    },
    close: () => closeSync(file),
  };
}

/** The system may move fewer bytes at a time than it is asked to. */
function transfer(rows: Float64Array, at: number, move: (bytes: Uint8Array, at: number) => number): void {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  for (let done = 0; done < bytes.length; ) {
    const moved = move(bytes.subarray(done), at + done);
    if (moved === 0) throw new Error('rows file: it is shorter than its rows');
    done += moved;
  }
}
