import { malformed, type Place } from './malformed.ts';
import { readNumber, writeNumber } from './number.ts';

/**
 * A per-atom column, atom after atom; its width is length / atoms.
 * Float64Array: real (R); Int32Array: integer (I); Uint8Array: logical (L), 0 or 1; strings (S).
 */
export type XyzColumn = Float64Array | Int32Array | Uint8Array | readonly string[];

type Letter = 'R' | 'I' | 'L' | 'S';

/** One entry of `Properties`: where its words start in an atom's line, how many, and of which type. */
export interface ColumnLayout {
  readonly name: string;
  readonly letter: Letter;
  readonly start: number;
  readonly width: number;
}

/** Reads `species:S:1:pos:R:3:…`. */
export function parseProperties(value: string, at: Place): ColumnLayout[] {
  const fields = value.split(':');
  const layout: ColumnLayout[] = [];
  let start = 0;
  for (let k = 0; k < fields.length; k += 3) {
    const [name, letter, count] = fields.slice(k, k + 3);
    const width = Number(count);
    if (!name || !/^[RILS]$/.test(letter ?? '') || !(Number.isInteger(width) && width >= 1 && width <= 1e4))
      throw malformed(
        at,
        'Properties',
        fields.slice(k, k + 3).join(':'),
        'name:type:width with type R, I, L or S and width ≥ 1',
        'write e.g. Properties=species:S:1:pos:R:3',
      );
    if (layout.some((c) => c.name === name))
      throw malformed(at, 'Properties', `${name} twice`, 'one entry a name', 'rename one of the two');
    layout.push({ name, letter: letter as Letter, start, width });
    start += width;
  }
  return layout;
}

/** Collects one column of a frame; `rows` are the words of the atoms' lines, the first of which is at `at`. */
export function readColumn(layout: ColumnLayout, rows: readonly (readonly string[])[], at: Place): XyzColumn {
  const { letter, start, width } = layout;
  if (letter === 'S') return rows.flatMap((row) => row.slice(start, start + width));
  const size = rows.length * width;
  const out =
    letter === 'R' ? new Float64Array(size) : letter === 'I' ? new Int32Array(size) : new Uint8Array(size);
  for (let i = 0; i < rows.length; i++)
    for (let x = 0; x < width; x++) {
      const value = READ[letter](rows[i][start + x]);
      if (value === undefined)
        throw malformed(
          { file: at.file, line: at.line + i },
          layout.name,
          rows[i][start + x],
          RULE[letter],
          'mend the value or the type in Properties',
        );
      out[i * width + x] = value;
    }
  return out;
}

const READ = {
  R: readNumber,
  I(token: string) {
    const value = /^[-+]?\d+$/.test(token) ? Number(token) : Number.NaN;
    return value === (value | 0) ? value : undefined;
  },
  L: readLogical,
} as const;
const RULE = { R: 'a number', I: 'a 32-bit whole number', L: 'T or F' } as const;

/** T, true or 1; F, false or 0; undefined for anything else. */
export function readLogical(token: string): 0 | 1 | undefined {
  if (/^(?:t|true|1)$/i.test(token)) return 1;
  return /^(?:f|false|0)$/i.test(token) ? 0 : undefined;
}

export function letterOf(column: XyzColumn): Letter {
  if (column instanceof Float64Array) return 'R';
  if (column instanceof Int32Array) return 'I';
  return column instanceof Uint8Array ? 'L' : 'S';
}

/** Entry k of a column as it is written. Throws an Error for a string that would not be read back as one word. */
export function writeEntry(column: XyzColumn, k: number): string {
  const value = column[k];
  if (column instanceof Uint8Array) return value ? 'T' : 'F';
  if (typeof value === 'number') return writeNumber(value);
  if (!/^\S+$/.test(value)) throw new Error(`extended XYZ: '${value}' is not one word`);
  return value;
}
