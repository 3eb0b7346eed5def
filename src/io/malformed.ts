import { UserError } from '../core/errors.ts';

/** A line of a file, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** The error of a file that cannot be read: place, what, value, rule and remedy. */
export function malformed(at: Place, what: string, got: string, rule: string, remedy: string): UserError {
  return new UserError(`${at.file}:${at.line} ${what}: got ${shown(got)}, must be ${rule}; ${remedy}`);
}

const LONGEST = 60;

function shown(got: string): string {
  const line = got.replace(/[\r\n]+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
