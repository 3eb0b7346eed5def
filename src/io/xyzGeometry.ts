import { completeCell, isOpenCell, signedVolume } from '../core/cell.ts';
import { elementByNumber, isElement } from '../core/elements.ts';
import type { Periodic } from '../core/structure.ts';
import { malformed, type Place } from './malformed.ts';
import { finiteNumber, words } from './number.ts';
import { type ColumnLayout, readLogical } from './xyzColumns.ts';

export function readSymbols(
  layout: readonly ColumnLayout[],
  rows: readonly string[][],
  first: Place,
): string[] {
  const species = layout.find((c) => c.name === 'species') ?? layout.find((c) => c.name === 'Z');
  if (species?.width !== 1)
    throw malformed(
      { file: first.file, line: first.line - 1 },
      'Properties',
      species ? `${species.name} of width ${species.width}` : 'no species',
      'to name the column of chemical symbols',
      'write species:S:1',
    );
  return rows.map((row, i) => {
    const word = row[species.start];
    if (isElement(word)) return word;
    if (/^\d{1,3}$/.test(word) && Number(word) >= 1 && Number(word) <= 96)
      return elementByNumber(Number(word)).symbol;
    const at = { file: first.file, line: first.line + i };
    throw malformed(at, 'species', word, 'a chemical symbol', 'check the spelling');
  });
}

export function readPositions(
  layout: readonly ColumnLayout[],
  rows: readonly string[][],
  first: Place,
): Float64Array {
  const pos = layout.find((c) => c.name === 'pos');
  if (pos?.width !== 3)
    throw malformed(
      { file: first.file, line: first.line - 1 },
      'Properties',
      pos ? `pos of width ${pos.width}` : 'no pos',
      'to name the columns of the positions',
      'write pos:R:3',
    );
  const out = new Float64Array(3 * rows.length);
  for (let i = 0; i < rows.length; i++)
    for (let x = 0; x < 3; x++)
      out[3 * i + x] = finiteNumber(
        rows[i][pos.start + x],
        { file: first.file, line: first.line + i },
        'position',
      );
  return out;
}

/** Rows a b c, [9]; zeros where there is no Lattice. */
export function readLattice(value: string | undefined, at: Place): Float64Array {
  if (value === undefined) return new Float64Array(9);
  const numbers = value.replace(/[[\],]/g, ' ');
  const tokens = words(numbers);
  if (tokens.length !== 9)
    throw malformed(at, 'Lattice', `${tokens.length} numbers`, '9: rows a b c', 'mend the comment line');
  return Float64Array.from(tokens, (token) => finiteNumber(token, at, 'Lattice'));
}

export function readPeriodic(value: string | undefined, cell: Float64Array, at: Place): Periodic {
  const open = isOpenCell(cell);
  const flags = value === undefined ? [!open, !open, !open] : logicals(value, at);
  const missing = flags.findIndex((f, a) => f && Math.hypot(...cell.subarray(3 * a, 3 * a + 3)) === 0);
  if (missing >= 0)
    throw malformed(
      at,
      'pbc',
      `${value} with no lattice vector ${'abc'[missing]}`,
      'F along a direction without lattice vector',
      'add Lattice="…" or set pbc="F F F"',
    );
  if (!open && !hasVolume(cell))
    throw malformed(
      at,
      'Lattice',
      'linearly dependent rows',
      'a cell with a volume',
      'mend the lattice vectors',
    );
  return [flags[0], flags[1], flags[2]];
}

function logicals(value: string, at: Place): boolean[] {
  const flags = words(value.replace(/[[\],]/g, ' ')).map(readLogical);
  if (flags.length !== 3 || flags.includes(undefined))
    throw malformed(at, 'pbc', value, 'three of T and F', 'write pbc="T T T"');
  return flags.map((f) => f === 1);
}

function hasVolume(cell: Float64Array): boolean {
  const v = Math.abs(signedVolume(completeCell(cell)));
  return v > 0 && Number.isFinite(v);
}
