import { readFileSync } from 'node:fs';
import { UserError } from '../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
};

/** Why the system refused to work with a file, in words; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  return REASONS[(error as NodeJS.ErrnoException).code ?? ''];
}

/** The text of a file. Throws a UserError that says why it cannot be read. */
export function readText(path: string, remedy = 'check its name'): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      `${path}: cannot be read (${systemReason(error) ?? (error as Error).message}); ${remedy}`,
    );
  }
}
