import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../core/errors.ts';
import type { Job } from './calculator.ts';
import { calculationFailed, logOf } from './failure.ts';

/** Seconds between asking a program to stop and killing it. */
const GRACE = 2;

/**
 * Runs a program in the job's directory until it ends; what it prints goes to `output.log`. An abort ends the program
 * and all it has started. Throws a UserError where it fails (exit code 3) or is not found (2, with `remedy`).
 */
export async function runProgram(argv: readonly string[], job: Job, remedy: string): Promise<void> {
  job.signal.throwIfAborted();
  const log = openSync(logOf(job.directory), 'a');
  const child = spawn(argv[0], argv.slice(1), {
    cwd: job.directory,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const killAtExit = () => killGroup(child, 'SIGKILL');
  process.once('exit', killAtExit);
  const stop = () => void endGroup(child);
  job.signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = await endOf(child, argv[0], remedy);
    job.signal.throwIfAborted();
    if (ended !== undefined) throw calculationFailed(`'${argv.join(' ')}' ${ended}`, job.directory);
  } finally {
    killGroup(child, 'SIGKILL');
    job.signal.removeEventListener('abort', stop);
    process.off('exit', killAtExit);
  }
}

/** Undefined for success, else how it ended. */
function endOf(child: ChildProcess, program: string, remedy: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'is not there' : `cannot be started (${error.message})`;
      reject(new UserError(`label.calculator: program '${program}' ${why}; ${remedy}`));
    });
    child.once('exit', (code, signal) =>
      resolve(code === 0 ? undefined : signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
    );
  });
}

async function endGroup(child: ChildProcess): Promise<void> {
  killGroup(child, 'SIGTERM');
  await pause(GRACE * 1000, undefined, { ref: false });
  if (child.exitCode === null && child.signalCode === null) killGroup(child, 'SIGKILL');
}

/** Signals the program and everything in its process group; none alive is no error (ESRCH, EPERM for a zombie). */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
