import { malformed, type Place } from './malformed.ts';

export interface CifToken {
  readonly text: string;
  /** Quoted words are values even where they look like tags or keywords. */
  readonly quoted: boolean;
  readonly at: Place;
}

/** What a CIF says: single values and columns of loops by tag, in lower case with `.` read as `_`. */
export type CifData = ReadonlyMap<string, readonly CifToken[]>;

/** The one data block of a file. Throws a UserError where there are several. */
export function parseCifData(text: string, file: string): CifData {
  const tokens = tokenise(text, file);
  const data = new Map<string, CifToken[]>();
  const add = (tag: CifToken, values: CifToken[]) => {
    const name = tag.text.toLowerCase().replace('.', '_');
    if (data.has(name)) throw malformed(tag.at, tag.text, 'it twice', 'given once', 'keep one data block');
    data.set(name, values);
  };
  let k = 0;
  let blocks = 0;
  while (k < tokens.length) {
    const token = tokens[k++];
    if (is(token, /^data_/i)) {
      if (++blocks > 1)
        throw malformed(token.at, 'data block', token.text, 'the only one', 'keep one structure in the file');
    } else if (is(token, /^_/)) {
      const value = tokens[k++];
      if (!value || !isValue(value))
        throw malformed(
          token.at,
          token.text,
          value?.text ?? 'nothing',
          'followed by a value',
          'add it, or ?',
        );
      add(token, [value]);
    } else if (is(token, /^loop_$/i)) {
      const tags: CifToken[] = [];
      while (k < tokens.length && is(tokens[k], /^_/)) tags.push(tokens[k++]);
      const values: CifToken[] = [];
      while (k < tokens.length && isValue(tokens[k])) values.push(tokens[k++]);
      if (tags.length === 0 || values.length % tags.length !== 0)
        throw malformed(
          token.at,
          'loop_',
          `${values.length} values for ${tags.length} tags`,
          'whole rows',
          'mend the loop',
        );
      for (const [c, tag] of tags.entries())
        add(
          tag,
          values.filter((_, v) => v % tags.length === c),
        );
    } else throw malformed(token.at, 'word', token.text, 'data_, loop_, a tag or its value', 'remove it');
  }
  return data;
}

function is(token: CifToken, pattern: RegExp): boolean {
  return !token.quoted && pattern.test(token.text);
}

function isValue(token: CifToken): boolean {
  return !is(token, /^(?:_|loop_$|data_|save_|global_$|stop_$)/i);
}

function tokenise(text: string, file: string): CifToken[] {
  const tokens: CifToken[] = [];
  const lines = text.split(/\r?\n/);
  for (let k = 0; k < lines.length; k++) {
    const at = { file, line: k + 1 };
    if (lines[k].startsWith(';')) {
      const end = lines.findIndex((line, l) => l > k && line.startsWith(';'));
      if (end < 0) throw malformed(at, 'text field', lines[k], 'closed by a line with ;', 'add it');
      tokens.push({ text: [lines[k].slice(1), ...lines.slice(k + 1, end)].join('\n'), quoted: true, at });
      k = end;
      continue;
    }
    tokens.push(...wordsOf(lines[k], at));
  }
  return tokens;
}

/** A quotation ends at its own mark before a blank; # begins a comment. */
const WORD = /\s*(?:'((?:[^']|'(?=\S))*)'(?=\s|$)|"((?:[^"]|"(?=\S))*)"(?=\s|$)|(#.*)|([^\s'"#]\S*))/y;

function wordsOf(line: string, at: Place): CifToken[] {
  const tokens: CifToken[] = [];
  const end = line.trimEnd().length;
  WORD.lastIndex = 0;
  while (WORD.lastIndex < end) {
    const from = WORD.lastIndex;
    const match = WORD.exec(line);
    if (!match)
      throw malformed(at, 'quotation', line.slice(from).trim(), 'closed', 'add the missing quotation mark');
    const quotation = match[1] ?? match[2];
    if (quotation !== undefined) tokens.push({ text: quotation, quoted: true, at });
    else if (match[4] !== undefined) tokens.push({ text: match[4], quoted: false, at });
  }
  return tokens;
}
