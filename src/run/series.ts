import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
} from 'node:fs';

/** A file of records that each belong to a step and can be taken back from a step on. */
export interface Series {
  append(step: number, record: string): void;
  /** Takes back every record of a step greater than `step`. */
  rewind(step: number): void;
  /** Returns once all is on disk. */
  sync(): void;
  /** Bytes. */
  size(): number;
}

/**
 * `records` finds, in what the file already holds, where each record begins (in bytes of latin text) and to which step
 * it belongs; one that a crash left torn belongs to step infinity.
 */
export function openSeries(
  path: string,
  records: (text: string) => { offset: number; step: number }[],
): Series {
  const text = existsSync(path) ? readFileSync(path, 'latin1') : '';
  const index = records(text);
  let size = text.length;
  return {
    append(step, record) {
      index.push({ offset: size, step });
      appendFileSync(path, record);
      size += Buffer.byteLength(record);
    },
    rewind(step) {
      const first = index.findIndex((r) => r.step > step);
      if (first < 0) return;
      size = index[first].offset;
      index.length = first;
      truncateSync(path, size);
    },
    sync() {
      if (!existsSync(path)) return;
      const file = openSync(path, 'r+');
      fsyncSync(file);
      closeSync(file);
    },
    size: () => size,
  };
}
