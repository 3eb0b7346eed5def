/** Many rows of one length that need not all lie in memory. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  /** Rows from `from` to before `to`, row-major [(to − from) × width]; valid until the next call, and the same in every pass. */
  read(from: number, to: number): Float64Array;
}

/** Told now and then how much of the work is done, 0 to 1. */
export type Progress = (share: number) => void;

/** Rows read at a time. */
const BLOCK = 512;

/** Rows that lie in memory one after the other. */
export function rowsOf(data: Float64Array, width: number): Rows {
  return {
    count: data.length / width,
    width,
    read: (from, to) => data.subarray(from * width, to * width),
  };
}

/** Rows `which` of others, read one by one. */
export function pickedRows(rows: Rows, which: ArrayLike<number>): Float64Array {
  const { width } = rows;
  const out = new Float64Array(which.length * width);
  for (let k = 0; k < which.length; k++) out.set(rows.read(which[k], which[k] + 1), k * width);
  return out;
}

/** About `most` rows in even steps; all of them where there are no more. */
export function thinned(rows: Rows, most: number): Float64Array {
  const count = Math.min(rows.count, most);
  return pickedRows(
    rows,
    Array.from({ length: count }, (_, k) => Math.floor((k * rows.count) / count)),
  );
}

/** One pass: `visit(data, from, to)` for rows from `from` to before `to`, which `data` holds. */
export function eachBlock(
  rows: Rows,
  visit: (data: Float64Array, from: number, to: number) => void,
  progress?: Progress,
): void {
  for (let from = 0; from < rows.count; from += BLOCK) {
    const to = Math.min(rows.count, from + BLOCK);
    visit(rows.read(from, to), from, to);
    progress?.(to / rows.count);
  }
}

/** One pass: `visit(data, at, row)` for every row, which lies in `data` from `at` on. */
export function eachRow(
  rows: Rows,
  visit: (data: Float64Array, at: number, row: number) => void,
  progress?: Progress,
): void {
  eachBlock(
    rows,
    (data, from, to) => {
      for (let row = from; row < to; row++) visit(data, (row - from) * rows.width, row);
    },
    progress,
  );
}

/** ‖a − b‖² of two rows, or some number beyond `limit` where it exceeds that. */
export function squaredDistance(
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  width: number,
  limit = Number.POSITIVE_INFINITY,
): number {
  let sum = 0;
  for (let v = 0; v < width && sum <= limit; ) {
    for (const end = Math.min(width, v + 16); v < end; v++) {
      const d = a[atA + v] - b[atB + v];
      sum += d * d;
    }
  }
  return sum;
}
