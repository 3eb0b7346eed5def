import { malformed, type Place } from './malformed.ts';

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '{': '}', '[': ']' };

/**
 * The `key=value` pairs of an extended XYZ comment line. Values may be bare, quoted ("…", '…', with \" \\ \n inside),
 * or in {…} or […]; keys may be quoted. A word without a value is a flag, 'T'; a line without any `=` is free text.
 */
export function parseComment(line: string, at: Place): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null);
  if (!line.includes('=')) {
    if (line.trim()) pairs.comment = line.trim();
    return pairs;
  }
  let position = skipBlanks(line, 0);
  while (position < line.length) {
    const key = readWord(line, position, /[\s=]/, at);
    position = skipBlanks(line, key.end);
    const flag = line[position] !== '=';
    const value = flag
      ? { text: 'T', end: position }
      : readWord(line, skipBlanks(line, position + 1), /\s/, at);
    if (!flag && key.text in pairs)
      throw malformed(at, key.text, 'it twice', 'given once', 'remove one of the two');
    pairs[key.text] = value.text;
    position = skipBlanks(line, value.end);
  }
  return pairs;
}

interface Word {
  readonly text: string;
  readonly end: number;
}

/** One bare, quoted or bracketed word from `start`; a bare one ends before a character that `stop` matches. */
function readWord(line: string, start: number, stop: RegExp, at: Place): Word {
  const open = line[start] ?? '';
  const close = CLOSING[open];
  if (close === undefined) {
    let end = start;
    while (end < line.length && !stop.test(line[end])) end++;
    if (end === start)
      throw malformed(
        at,
        'comment line',
        `'${line.slice(start)}'`,
        'key=value',
        'add the missing key or value',
      );
    return { text: line.slice(start, end), end };
  }
  const bracket = open === '[' || open === '{';
  let text = '';
  let depth = 1;
  for (let k = start + 1; k < line.length; k++) {
    const c = line[k];
    if (!bracket && c === '\\' && k + 1 < line.length) {
      const escaped = line[++k];
      text += escaped === 'n' ? '\n' : escaped;
      continue;
    }
    if (c === close) depth--;
    else if (bracket && c === open) depth++;
    if (depth === 0) return { text, end: k + 1 };
    text += c;
  }
  throw malformed(at, 'comment line', line.slice(start), `closed with ${close}`, `add the missing ${close}`);
}

function skipBlanks(line: string, from: number): number {
  let k = from;
  while (k < line.length && /\s/.test(line[k])) k++;
  return k;
}

/** A key or value as {@link parseComment} reads it back. */
export function quoteWord(text: string): string {
  if (/^[^\s="'{}[\]\\]+$/.test(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
