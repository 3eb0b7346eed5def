import { writeNumber } from '../io/number.ts';
import { openSeries, type Series } from './series.ts';

/** A growing table of numbers; the first column is the step. */
export interface CsvSeries extends Pick<Series, 'rewind' | 'sync'> {
  /** The names are written once, before the first row. */
  append(names: readonly string[], row: readonly number[]): void;
}

export function openCsv(path: string): CsvSeries {
  const series = openSeries(path, recordsOf);
  return {
    ...series,
    append(names, row) {
      if (series.size() === 0) series.append(-1, `${names.join(',')}\n`);
      series.append(row[0], `${row.map(writeNumber).join(',')}\n`);
    },
  };
}

/** The names belong to step −1, a torn row to no step at all. */
function recordsOf(text: string): { offset: number; step: number }[] {
  const records = [];
  let offset = 0;
  for (const line of text.match(/.+\n?|\n/g) ?? []) {
    const step = offset === 0 ? -1 : Number.parseInt(line, 10);
    records.push({
      offset,
      step: line.endsWith('\n') && Number.isFinite(step) ? step : Number.POSITIVE_INFINITY,
    });
    offset += line.length;
  }
  return records;
}
