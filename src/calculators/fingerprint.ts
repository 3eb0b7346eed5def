import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Structure, symbolsOf } from '../core/structure.ts';

/** Hash of a calculator's kind, its options, and the content of every file that a word of the options names. */
export function fingerprint(kind: string, options: unknown, folders: readonly string[]): string {
  const hash = createHash('sha256').update(kind).update(canonical(options));
  for (const word of wordsIn(options)) {
    const path = namedFile(word, folders);
    if (path !== undefined) hash.update(`\n${word}\n`).update(readFileSync(path));
  }
  return `${kind}-${hash.digest('hex')}`;
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

/** Absolute path of the file that a word names in one of the folders, if it does. */
export function namedFile(word: string, folders: readonly string[]): string | undefined {
  return folders
    .map((folder) => resolve(folder, word))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

function bytes(numbers: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Float64Array.from(numbers, (x) => x + 0).buffer);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v) =>
    isRecord(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  );
}

function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return [...new Set([value, ...value.split(/\s+/)])].filter((w) => w !== '');
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  return isRecord(value) ? Object.values(value).flatMap(wordsIn) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
