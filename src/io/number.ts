import { malformed, type Place } from './malformed.ts';

const FINITE = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?$/;
const NOT_FINITE = /^([-+]?)(?:(nan)|inf(?:inity)?)$/i;

/** A number as files write it, Fortran exponents (1.0D-3), nan and inf included; undefined if it is none. */
export function readNumber(token: string): number | undefined {
  if (FINITE.test(token)) return Number(/[dD]/.test(token) ? token.replace(/[dD]/, 'e') : token);
  const match = NOT_FINITE.exec(token);
  if (!match) return undefined;
  if (match[2]) return Number.NaN;
  return match[1] === '-' ? -Infinity : Infinity;
}

/** As {@link readNumber}; throws where the token is missing, no number or not finite. */
export function finiteNumber(token: string | undefined, at: Place, what: string): number {
  const value = token === undefined ? undefined : readNumber(token);
  if (value === undefined || !Number.isFinite(value))
    throw malformed(at, what, token ?? 'nothing', 'a finite number', 'mend or remove the line');
  return value;
}

/** A whole number ≥ `least` that fits 32 bits. */
export function wholeNumber(token: string | undefined, at: Place, what: string, least = 0): number {
  const value = token !== undefined && /^[-+]?\d+$/.test(token) ? Number(token) : Number.NaN;
  if (!(value >= least && value < 2 ** 31))
    throw malformed(at, what, token ?? 'nothing', `a whole number ≥ ${least}`, 'mend the line');
  return value;
}

/** The shortest decimal that reads back bitwise, the sign of zero included. */
export function writeNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The words of a line. */
export function words(line: string | undefined): string[] {
  const trimmed = (line ?? '').trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}
