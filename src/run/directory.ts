import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../core/errors.ts';
import { systemReason } from '../io/readText.ts';

/** Where everything of one run lies. */
export interface RunDirectory {
  readonly root: string;
  /** Path of a file or folder inside. */
  readonly path: (...parts: string[]) => string;
  /** Gives the directory free for another process. */
  release(): void;
}

/** Paths of files and folders in a run directory. */
export function pathsIn(root: string): (...parts: string[]) => string {
  return (...parts) => resolve(root, ...parts);
}

/** A number as the name of a folder, so that folders sort: 7 → 0007. */
export function numbered(n: number): string {
  return String(n).padStart(4, '0');
}

/** What a run makes and may delete: neither labels, which are paid for, nor what else lies beside them. */
const MADE = [
  'checkpoint.json',
  'config.resolved.yaml',
  'control.csv',
  'control.json',
  'dataset.xyz',
  'elastic-request.json',
  'elastic.json',
  'events',
  'ledger.jsonl',
  'models',
  'pauses',
  'report.html',
  'strain-reference',
  'strain-reference.csv',
  'strain-yield.json',
  'strain-yield.xyz',
  'strain.csv',
  'thermo.csv',
  'trajectory.xyz',
  'validation.json',
  'validation.xyz',
];

/**
 * Makes a directory for a new run. Throws a UserError where one is that has come to its first checkpoint, unless `fresh`
 * clears it. Labels stay.
 */
export function createRunDirectory(root: string, fresh = false): RunDirectory {
  const full = resolve(root);
  if (existsSync(join(full, 'checkpoint.json')) && !fresh)
    throw new UserError(
      `output.directory: '${root}' already holds a run; 'serendip resume ${root}' goes on with it, --fresh starts over`,
    );
  if (isRunDirectory(full)) {
    openRunDirectory(root).release();
    for (const name of MADE) rmSync(join(full, name), { recursive: true, force: true });
  }
  try {
    mkdirSync(full, { recursive: true });
    accessSync(full, constants.W_OK);
  } catch (error) {
    throw new UserError(
      `output.directory: got '${root}', must be a folder that can be written (${systemReason(error) ?? (error as Error).message}); choose another`,
    );
  }
  return locked(full);
}

/** Opens the directory of a run to go on with it. Throws a UserError where there is none or it is in use. */
export function openRunDirectory(root: string): RunDirectory {
  requireRun(root);
  return locked(resolve(root));
}

/** Throws a UserError where a directory holds no run. */
export function requireRun(root: string): void {
  if (!isRunDirectory(root))
    throw new UserError(
      `run directory: '${root}' holds no run (no config.resolved.yaml); name one, or start one with 'serendip run CONFIG'`,
    );
}

export function isRunDirectory(root: string): boolean {
  return existsSync(join(root, 'config.resolved.yaml'));
}

/** Opens the folder of several runs for a process that carries them out. Throws a UserError where another one does. */
export function openFolderOfRuns(root: string): RunDirectory {
  return locked(resolve(root));
}

/** True while a living process works in the directory. */
export function isInUse(root: string): boolean {
  return ownerOf(root) !== undefined;
}

/** The living process, other than this one, that works in a directory. */
export function ownerOf(root: string): number | undefined {
  const lock = join(root, 'run.lock');
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : Number.NaN;
  return owner !== process.pid && isAlive(owner) ? owner : undefined;
}

function locked(root: string): RunDirectory {
  const lock = join(root, 'run.lock');
  const owner = ownerOf(root);
  if (owner !== undefined)
    throw new UserError(
      `run directory: '${root}' is in use by process ${owner}; wait for it or stop it first, or remove run.lock if that is another program`,
    );
  writeFileSync(lock, String(process.pid));
  return {
    root,
    path: pathsIn(root),
    release: () => rmSync(lock, { force: true }),
  };
}

function isAlive(owner: number): boolean {
  if (!(owner > 0)) return false;
  try {
    process.kill(owner, 0);
    return !isZombie(owner);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ended, and only not yet noticed by its parent; told where there is a /proc. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
