import { readNumber } from '../../io/number.ts';

/** Columns of numbers by name, all of one length; what is no number is NaN. */
export type Table = Readonly<Record<string, Float64Array>>;

/** Reads comma-separated numbers under a header. A last line that a crash cut short is left out. */
export function parseTable(text: string): Table {
  const lines = text.split(/\r?\n/);
  const names = (lines[0] ?? '').split(',').map((name) => name.trim());
  const complete = text.endsWith('\n') ? lines.slice(1) : lines.slice(1, -1);
  const rows = complete.map((line) => line.split(',')).filter((row) => row.length === names.length);
  return Object.fromEntries(
    names.map((name, c) => [name, Float64Array.from(rows, (row) => readNumber(row[c].trim()) ?? Number.NaN)]),
  );
}

/** The column as an array; empty where the table or the column is absent. */
export function column(table: Table | undefined, name: string): readonly number[] {
  return Array.from(table?.[name] ?? []);
}
