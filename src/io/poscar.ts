import { signedVolume, transformRows } from '../core/cell.ts';
import { isElement } from '../core/elements.ts';
import { UserError } from '../core/errors.ts';
import { type Structure, structureFrom, symbolsOf } from '../core/structure.ts';
import { malformed, type Place } from './malformed.ts';
import { finiteNumber, readNumber, wholeNumber, words, writeNumber } from './number.ts';

/** A POSCAR or CONTCAR of VASP 5 or later. Selective dynamics flags and velocities are not read. */
export function parsePoscar(text: string, file: string): Structure {
  const lines = text.split(/\r?\n/);
  const at = (k: number): Place => ({ file, line: Math.min(k + 1, lines.length) });
  const vector = (k: number, what: string) => {
    const row = words(lines[k]);
    return [0, 1, 2].map((x) => finiteNumber(row[x], at(k), what));
  };
  const raw = Float64Array.from([2, 3, 4].flatMap((k) => vector(k, 'lattice vector')));
  const v = signedVolume(raw);
  if (v === 0 || !Number.isFinite(v))
    throw malformed(at(2), 'lattice vectors', `volume ${v}`, 'linearly independent', 'mend the cell');
  const scale = readScale(lines[1], Math.abs(v), at(1));
  const cell = raw.map((x, k) => x * scale[k % 3]);
  const symbols = readSymbols(lines, at);
  let k = 7;
  if (/^\s*[sS]/.test(lines[k] ?? '')) k++;
  const mode = words(lines[k])[0] ?? '';
  if (!/^[cCkKdD]/.test(mode))
    throw malformed(at(k), 'coordinates', mode || 'nothing', 'Direct or Cartesian', 'add the line');
  const positions = Float64Array.from(symbols.flatMap((_, i) => vector(k + 1 + i, 'position')));
  if (/^[dD]/.test(mode)) transformRows(positions, cell, positions);
  else for (let p = 0; p < positions.length; p++) positions[p] *= scale[p % 3];
  return structureFrom(symbols, positions, cell);
}

/** Factors along x, y, z. A negative number is minus the volume, Å³. */
function readScale(line: string | undefined, v: number, at: Place): number[] {
  const tokens = words(line).filter((w, k) => k === 0 || readNumber(w) !== undefined);
  const factors = tokens.map((w) => finiteNumber(w, at, 'scale'));
  const three = factors.length === 3 && factors.every((f) => f > 0);
  if (three) return factors;
  if (factors.length !== 1 || factors[0] === 0)
    throw malformed(
      at,
      'scale',
      line ?? 'nothing',
      'one number, or three greater than zero',
      'mend the line',
    );
  const factor = factors[0] > 0 ? factors[0] : Math.cbrt(-factors[0] / v);
  return [factor, factor, factor];
}

/** Symbol of every atom from the lines of symbols and counts. */
function readSymbols(lines: readonly string[], at: (k: number) => Place): string[] {
  const symbols = words(lines[5]).map((w) => w.split(/[_/]/)[0]);
  if (symbols.length === 0 || symbols.every((w) => /^\d+$/.test(w)))
    throw malformed(
      at(5),
      'elements',
      symbols.join(' ') || 'nothing',
      'chemical symbols, as VASP 5 writes them',
      'insert a line such as `Cu Al` above the line of counts',
    );
  const stranger = symbols.find((w) => !isElement(w));
  if (stranger !== undefined)
    throw malformed(at(5), 'element', stranger, 'a chemical symbol', 'check the spelling');
  const counts = words(lines[6]);
  if (counts.length !== symbols.length)
    throw malformed(
      at(6),
      'counts',
      `${counts.length} numbers`,
      `one for each of ${symbols.join(' ')}`,
      'mend it',
    );
  const numbers = counts.map((c) => wholeNumber(c, at(6), 'count', 1));
  const total = numbers.reduce((sum, c) => sum + c, 0);
  if (total > lines.length)
    throw malformed(at(6), 'counts', `${total} atoms`, 'no more than there are lines', 'the file is cut off');
  return symbols.flatMap((symbol, k) => Array<string>(numbers[k]).fill(symbol));
}

/** A POSCAR with the atoms in their order, so that an element may be named more than once. Reads back bitwise. */
export function formatPoscar(s: Structure, title = 'structure'): string {
  if (!s.periodic.every((p) => p))
    throw new UserError(
      `POSCAR: got periodicity ${s.periodic.join(' ')}, must be periodic along a, b and c; put the atoms into a periodic box first`,
    );
  const symbols = symbolsOf(s);
  const starts = symbols.flatMap((symbol, i) => (symbol === symbols[i - 1] ? [] : [i]));
  const counts = starts.map((start, k) => (starts[k + 1] ?? symbols.length) - start);
  const rows = (numbers: ArrayLike<number>) =>
    Array.from({ length: numbers.length / 3 }, (_, i) =>
      [0, 1, 2].map((x) => writeNumber(numbers[3 * i + x])).join(' '),
    );
  return [
    title,
    '1',
    ...rows(s.cell),
    starts.map((i) => symbols[i]).join(' '),
    counts.join(' '),
    'Cartesian',
    ...rows(s.positions),
    '',
  ].join('\n');
}
