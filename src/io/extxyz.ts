import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Structure, structureFrom } from '../core/structure.ts';
import { malformed, type Place } from './malformed.ts';
import { wholeNumber, words } from './number.ts';
import { readText } from './readText.ts';
import { type ColumnLayout, parseProperties, readColumn, type XyzColumn } from './xyzColumns.ts';
import { parseComment } from './xyzComment.ts';
import { readLattice, readPeriodic, readPositions, readSymbols } from './xyzGeometry.ts';

/** One frame of an extended XYZ file. */
export interface XyzFrame {
  readonly structure: Structure;
  /** The comment line's values except Lattice, Properties and pbc. */
  readonly info: Readonly<Record<string, string>>;
  /** The atoms' columns except symbol and position. */
  readonly columns: Readonly<Record<string, XyzColumn>>;
  /** The comment line. */
  readonly place: Place;
}

/** All frames of a file. Throws a UserError at the first line that cannot be read. */
export function readXyz(path: string): XyzFrame[] {
  return parseXyz(readText(path), path);
}

/** All frames of a text; `file` names it in errors. */
export function parseXyz(text: string, file: string): XyzFrame[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const frames: XyzFrame[] = [];
  let k = 0;
  while (k < lines.length) {
    if (lines[k].trim() === '') {
      k++;
      continue;
    }
    const end = k + 2 + countOf(lines[k], { file, line: k + 1 });
    frames.push(parseFrame(lines.slice(k, end), { file, line: k + 1 }));
    k = end;
  }
  if (frames.length === 0)
    throw malformed({ file, line: 1 }, 'frames', 'none', 'at least one', 'check that the file is complete');
  return frames;
}

/** Frames one by one, for files that do not fit into memory. */
export async function* streamXyz(path: string): AsyncGenerator<XyzFrame> {
  const input = createReadStream(path);
  let pending: string[] = [];
  let line = 0;
  let size = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (pending.length === 0) {
        if (text.trim() === '') continue;
        size = 2 + countOf(text, { file: path, line });
      }
      pending.push(text);
      if (pending.length < size) continue;
      yield parseFrame(pending, { file: path, line: line - size + 1 });
      pending = [];
    }
  } finally {
    input.destroy();
  }
  if (pending.length > 0) parseFrame(pending, { file: path, line: line - pending.length + 1 });
}

function countOf(line: string, at: Place): number {
  return wholeNumber(line.trim(), at, 'number of atoms', 1);
}

/** `lines`: count, comment and one line an atom; `at` is where the count stands. */
function parseFrame(lines: readonly string[], at: Place): XyzFrame {
  const n = countOf(lines[0], at);
  if (lines.length < n + 2)
    throw malformed(
      at,
      'frame',
      `${Math.max(0, lines.length - 2)} atoms before the end of the file`,
      `${n} atoms`,
      'the file is cut off: write it again or remove this frame',
    );
  const place = { file: at.file, line: at.line + 1 };
  const first = { file: at.file, line: at.line + 2 };
  const { Lattice, Properties, pbc, ...info } = parseComment(lines[1], place);
  const layout = parseProperties(Properties ?? 'species:S:1:pos:R:3', place);
  const rows = lines.slice(2).map(words);
  checkWidths(rows, layout, first);
  const cell = readLattice(Lattice, place);
  const structure = structureFrom(
    readSymbols(layout, rows, first),
    readPositions(layout, rows, first),
    cell,
    readPeriodic(pbc, cell, place),
  );
  const columns: Record<string, XyzColumn> = Object.create(null);
  for (const c of layout)
    if (c.name !== 'species' && c.name !== 'pos') columns[c.name] = readColumn(c, rows, first);
  return { structure, info: Object.assign(Object.create(null), info), columns, place };
}

function checkWidths(rows: readonly string[][], layout: readonly ColumnLayout[], first: Place): void {
  const width = layout.reduce((sum, c) => sum + c.width, 0);
  const bad = rows.findIndex((row) => row.length !== width);
  if (bad >= 0)
    throw malformed(
      { file: first.file, line: first.line + bad },
      'atom',
      `${rows[bad].length} words`,
      `the ${width} words that Properties states`,
      'mend the line, Properties or the number of atoms',
    );
}
