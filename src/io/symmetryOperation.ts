import { signedVolume } from '../core/cell.ts';
import { malformed, type Place } from './malformed.ts';

/** x' = W·x + w in fractional coordinates: three rows of W followed by w. */
export type SymmetryOperation = readonly (readonly [number, number, number, number])[];

const TERM = /([+-]?)(?:([xyz])|(\d+(?:\.\d*)?|\.\d+)(?:\/(\d+))?)/gy;

/** Reads `-x+1/2, y, x-z`. */
export function parseOperation(text: string, at: Place): SymmetryOperation {
  const parts = text.toLowerCase().replace(/\s/g, '').split(',');
  const rows = parts.map(parseRow);
  const complete = rows.filter((row) => row !== undefined);
  const W = complete.flatMap((row) => row.slice(0, 3));
  if (parts.length !== 3 || complete.length !== 3 || Math.abs(signedVolume(W)) !== 1)
    throw malformed(at, 'symmetry operation', text, 'three terms such as -x+1/2,y,x-z', 'mend it');
  return complete;
}

function parseRow(part: string): [number, number, number, number] | undefined {
  const row: [number, number, number, number] = [0, 0, 0, 0];
  let end = 0;
  for (const match of part.matchAll(TERM)) {
    const [whole, sign, variable, number, divisor] = match;
    if (end > 0 && sign === '') return undefined;
    const size = number === undefined ? 1 : Number(number) / Number(divisor ?? 1);
    row[variable ? 'xyz'.indexOf(variable) : 3] += sign === '-' ? -size : size;
    end = match.index + whole.length;
  }
  return end === part.length && end > 0 && row.every(Number.isFinite) ? row : undefined;
}

export function applyOperation(operation: SymmetryOperation, x: readonly number[]): number[] {
  return operation.map(([a, b, c, t]) => a * x[0] + b * x[1] + c * x[2] + t);
}
