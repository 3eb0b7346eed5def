import type { Label } from '../calculators/calculator.ts';
import { isOpenCell } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { writeFileAtomic } from './durable.ts';
import { writeNumber } from './number.ts';
import { letterOf, writeEntry, type XyzColumn } from './xyzColumns.ts';
import { quoteWord } from './xyzComment.ts';

export type InfoValue = string | number | boolean | ArrayLike<number>;

/** What a frame to be written may hold; a frame that has been read is one. */
export interface XyzOutput {
  readonly structure: Structure;
  /** Written as REF_energy, REF_forces and REF_stress. */
  readonly label?: Label;
  /** More `key=value` pairs of the comment line, in this order. */
  readonly info?: Readonly<Record<string, InfoValue>>;
  /** More columns, in this order, after symbol, position and label. */
  readonly columns?: Readonly<Record<string, XyzColumn>>;
}

/** Replaces the file in one instant. */
export function writeXyz(path: string, frames: Iterable<XyzOutput>): void {
  writeFileAtomic(path, Array.from(frames, formatXyz).join(''));
}

/** One frame as text that reads back bitwise. */
export function formatXyz(frame: XyzOutput): string {
  const { structure, label } = frame;
  const n = atomCount(structure);
  const columns: [string, XyzColumn][] = [['pos', structure.positions]];
  if (label) columns.push(['REF_forces', label.forces]);
  columns.push(...Object.entries(frame.columns ?? {}));
  const properties = columns.map(([name, c]) => `:${columnName(name)}:${letterOf(c)}:${widthOf(name, c, n)}`);
  const comment = [
    ...geometry(structure),
    `Properties=species:S:1${properties.join('')}`,
    ...(label ? labelInfo(label) : []),
    ...Object.entries(frame.info ?? {}).map(([key, value]) => `${quoteWord(key)}=${quoteWord(shown(value))}`),
  ];
  refuseDoubles(columns, frame);
  const rows = Array.from({ length: n }, (_, i) => {
    const row = [structure.elements[structure.species[i]]];
    for (const [, c] of columns) {
      const width = c.length / n;
      for (let k = i * width; k < (i + 1) * width; k++) row.push(writeEntry(c, k));
    }
    return row.join(' ');
  });
  return `${n}\n${comment.join(' ')}\n${rows.join('\n')}\n`;
}

function geometry({ cell, periodic }: Structure): string[] {
  const pbc = `pbc="${periodic.map((p) => (p ? 'T' : 'F')).join(' ')}"`;
  return isOpenCell(cell) ? [pbc] : [`Lattice="${shown(cell)}"`, pbc];
}

function labelInfo(label: Label): string[] {
  const energy = `REF_energy=${writeNumber(label.energy)}`;
  return label.stress ? [energy, `REF_stress="${shown(label.stress)}"`] : [energy];
}

function shown(value: InfoValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  return Array.from(value, writeNumber).join(' ');
}

function columnName(name: string): string {
  if (/^[^\s:"'=]+$/.test(name)) return name;
  throw new Error(`extended XYZ: a column cannot be called '${name}'`);
}

function widthOf(name: string, column: XyzColumn, n: number): number {
  const width = column.length / n;
  if (Number.isInteger(width) && width > 0) return width;
  throw new Error(`extended XYZ: column ${name} has ${column.length} entries for ${n} atoms`);
}

/** A name that stands twice could not be read back. */
function refuseDoubles(columns: readonly [string, XyzColumn][], frame: XyzOutput): void {
  const names = ['species', ...columns.map(([name]) => name)];
  const keys = ['Lattice', 'pbc', 'Properties', ...Object.keys(frame.info ?? {})];
  if (frame.label) keys.push('REF_energy', 'REF_stress');
  for (const list of [names, keys]) {
    const twice = list.find((name, k) => list.indexOf(name) !== k);
    if (twice !== undefined) throw new Error(`extended XYZ: '${twice}' would be written twice`);
  }
}
