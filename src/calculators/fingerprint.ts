import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Structure, symbolsOf } from '../core/structure.ts';

/** Hash of a calculator's kind and options; where a word of them names a file, its content counts and not its name. */
export function fingerprint(kind: string, options: unknown, folders: readonly string[]): string {
  const text = canonical(options, (word) => withFiles(word, folders, contentHash));
  return `${kind}-${createHash('sha256').update(text).digest('hex')}`;
}

/** A text in which words that name a file in one of the folders, or the text itself if it does, are replaced. */
export function withFiles(
  text: string,
  folders: readonly string[],
  replace: (path: string) => string,
): string {
  const put = (word: string) => {
    const path = namedFile(word, folders);
    return path === undefined ? word : replace(path);
  };
  const whole = put(text);
  return whole === text ? text.replace(/\S+/g, put) : whole;
}

/** Hash of what a label depends on: the calculator and the structure to its last bit. Element order has no say. */
export function labelHash(calculator: string, s: Structure): string {
  return createHash('sha256')
    .update(`${calculator}\n${symbolsOf(s).join(' ')}\n${s.periodic.join(' ')}\n`)
    .update(bytes(s.cell))
    .update(bytes(s.positions))
    .digest('hex');
}

/** Hash of numbers to their last bit; −0 counts as 0. */
export function numbersHash(...arrays: readonly ArrayLike<number>[]): string {
  const hash = createHash('sha256');
  for (const numbers of arrays) hash.update(`${numbers.length}\n`).update(bytes(numbers));
  return hash.digest('hex');
}

/** In pieces, because model files may be larger than memory. */
function contentHash(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let size = readSync(file, piece); size > 0; size = readSync(file, piece))
      hash.update(piece.subarray(0, size));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

function namedFile(word: string, folders: readonly string[]): string | undefined {
  return folders
    .map((folder) => resolve(folder, word))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

function bytes(numbers: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Float64Array.from(numbers, (x) => x + 0).buffer);
}

/** JSON with sorted keys, its strings changed by `text`. */
function canonical(value: unknown, text: (value: string) => string): string {
  return JSON.stringify(value, (_, v) => {
    if (typeof v === 'string') return text(v);
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return v;
    return Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
