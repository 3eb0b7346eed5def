import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

let written = 0;

/**
 * Writes a file so that a crash at any instant leaves the old content or the new, never a mixture:
 * a temporary name in the same folder, fsync, rename, fsync of the folder.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${written++}.tmp`);
  try {
    writeAndSync(temporary, 'wx', content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw Object.assign(error as Error, { path }); // nobody has heard of the temporary name
  }
  syncFolder(dirname(path));
}

/** Removes what a process that died inside {@link writeFileAtomic} left in a folder, if there is one. */
export function removeUnfinished(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (/^\..+\.\d+\.\d+\.tmp$/.test(name)) rmSync(join(folder, name));
}

/** Appends to a file, made if absent, and returns once the content is on disk. A crash may leave a part of it. */
export function appendDurable(path: string, content: string | Uint8Array): void {
  const isNew = !existsSync(path);
  writeAndSync(path, 'a', content);
  if (isNew) syncFolder(dirname(path));
}

/** Makes renames and new names in a folder survive a crash. */
export function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAndSync(path: string, flag: 'wx' | 'a', content: string | Uint8Array): void {
  const file = openSync(path, flag);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
