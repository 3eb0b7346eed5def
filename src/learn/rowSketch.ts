/**
 * A sample of all rows ever seen in bounded memory: every row draws a lot, and those of the lowest lots stay. Uniform without
 * replacement whatever the number of rows; all of them while they are few.
 */
import { STREAM, uniforms } from '../core/philox.ts';
import type { Algebra } from './algebra.ts';
import type { LabelRows } from './designMatrix.ts';

/** Rows kept at most; 11 MiB with 700 functions. */
export const SKETCH_ROWS = 2048;

export interface RowSketch {
  /** Rows [X | y] times their weights, row-major [count × width]; made by the algebra it was given. */
  readonly values: Float64Array;
  readonly count: number;
  add(rows: LabelRows, weight: number): void;
  /** Forgets all rows and draws the same lots again. */
  clear(): void;
}

const four = new Float64Array(4);

export function rowSketch({ doubles }: Pick<Algebra, 'doubles'>, width: number, seed: number): RowSketch {
  const values = doubles(SKETCH_ROWS * width);
  const lots = new Float64Array(SKETCH_ROWS);
  let count = 0;
  let seen = 0;
  let last = 0;

  /** Where a row of that lot goes; undefined where it does not stay. */
  function placeOf(lot: number): number | undefined {
    if (count < SKETCH_ROWS) return count++;
    return lot < lots[last] ? last : undefined;
  }

  return {
    values,
    get count() {
      return count;
    },
    add(rows, weight) {
      if (weight === 0) return;
      for (let k = 0; k < rows.count; k++) {
        const [lot] = uniforms(seed, STREAM.sketch, 0, seen++, four);
        const place = placeOf(lot);
        if (place === undefined) continue;
        lots[place] = lot;
        for (let v = 0; v < width; v++) values[place * width + v] = weight * rows.values[k * width + v];
        if (count === SKETCH_ROWS) last = lots.reduce((most, x, q) => (x > lots[most] ? q : most), 0);
      }
    },
    clear() {
      count = 0;
      seen = 0;
    },
  };
}
