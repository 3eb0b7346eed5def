import { openSeries, type Series } from './series.ts';

/** A growing extended XYZ file whose frames carry `key=<number>` in the comment line. */
export function openXyzSeries(path: string, key: string): Series {
  return openSeries(path, (text) => recordsOf(text, patternOf(key)));
}

/** The frames of such a file up to `key=last`; what comes after need not be whole. */
export function headOf(text: string, key: string, last: number): string {
  const after = recordsOf(text, patternOf(key)).find(({ step }) => step > last);
  return after ? text.slice(0, after.offset) : text;
}

function patternOf(key: string): RegExp {
  return new RegExp(`(?:^| )${key}=(\\d+)(?: |$)`);
}

function recordsOf(text: string, pattern: RegExp): { offset: number; step: number }[] {
  const records = [];
  let offset = 0;
  while (offset < text.length) {
    const end = text.indexOf('\n', offset);
    const comment = text.indexOf('\n', end + 1);
    const step = comment < 0 ? undefined : pattern.exec(text.slice(end + 1, comment))?.[1];
    let next = end;
    for (let line = Number(text.slice(offset, end)) + 1; line > 0 && next >= 0; line--)
      next = text.indexOf('\n', next + 1);
    const whole = end >= 0 && next >= 0 && step !== undefined;
    records.push({ offset, step: whole ? Number(step) : Number.POSITIVE_INFINITY });
    if (!whole) break;
    offset = next + 1;
  }
  return records;
}
