import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';

/** Exit code of a UserError that says: this calculation failed, another may succeed. */
const CALCULATOR_FAILED = 3;
const LINES = 20;

/** The file in the job's directory that holds all a program printed. */
export function logOf(directory: string): string {
  return join(directory, 'output.log');
}

/** The error of a calculation that failed: what, where, and the end of what its program said. */
export function calculationFailed(what: string, directory: string): UserError {
  return new UserError(`${what}; its files are in ${directory}${tail(logOf(directory))}`, CALCULATOR_FAILED);
}

export function isCalculationFailure(error: unknown): error is UserError {
  return error instanceof UserError && error.exitCode === CALCULATOR_FAILED;
}

function tail(log: string): string {
  if (!existsSync(log)) return '';
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  return lines[0] === '' ? '; it printed nothing' : `; it printed last:\n${lines.slice(-LINES).join('\n')}`;
}
