/** Cell vectors as rows a b c, Å, [9]. */
export type Cell = Float64Array;

/** True when the cell is all zeros: an isolated cluster without a box. */
export function isOpenCell(cell: ArrayLike<number>): boolean {
  for (let k = 0; k < 9; k++) if (cell[k] !== 0) return false;
  return true;
}

/** Signed volume a·(b×c), Å³; negative for a left-handed cell. */
export function signedVolume(c: ArrayLike<number>): number {
  return (
    c[0] * (c[4] * c[8] - c[5] * c[7]) -
    c[1] * (c[3] * c[8] - c[5] * c[6]) +
    c[2] * (c[3] * c[7] - c[4] * c[6])
  );
}

/** Å³. */
export function volume(cell: ArrayLike<number>): number {
  return Math.abs(signedVolume(cell));
}

/** Inverse of a 3×3 matrix in row order, [9]; `out` is not `c`. With cell rows a b c, fractional = position · inverse. */
export function inverse3(c: ArrayLike<number>, out = new Float64Array(9)): Float64Array {
  const d = 1 / signedVolume(c);
  out[0] = (c[4] * c[8] - c[5] * c[7]) * d;
  out[1] = (c[2] * c[7] - c[1] * c[8]) * d;
  out[2] = (c[1] * c[5] - c[2] * c[4]) * d;
  out[3] = (c[5] * c[6] - c[3] * c[8]) * d;
  out[4] = (c[0] * c[8] - c[2] * c[6]) * d;
  out[5] = (c[2] * c[3] - c[0] * c[5]) * d;
  out[6] = (c[3] * c[7] - c[4] * c[6]) * d;
  out[7] = (c[1] * c[6] - c[0] * c[7]) * d;
  out[8] = (c[0] * c[4] - c[1] * c[3]) * d;
  return out;
}

/** Row-order product a·b of two 3×3 matrices, [9]; `out` is neither `a` nor `b`. */
export function multiply3(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  out = new Float64Array(9),
): Float64Array {
  for (let r = 0; r < 3; r++)
    for (let c = 0; c < 3; c++)
      out[3 * r + c] = a[3 * r] * b[c] + a[3 * r + 1] * b[3 + c] + a[3 * r + 2] * b[6 + c];
  return out;
}

/** Row vector times matrix for every row of `rows` [3n], into `out` [3n]. `out` may be `rows`. */
export function transformRows(
  rows: ArrayLike<number>,
  m: ArrayLike<number>,
  out: Float64Array,
): Float64Array {
  for (let k = 0; k < rows.length; k += 3) {
    const x = rows[k];
    const y = rows[k + 1];
    const z = rows[k + 2];
    out[k] = x * m[0] + y * m[3] + z * m[6];
    out[k + 1] = x * m[1] + y * m[4] + z * m[7];
    out[k + 2] = x * m[2] + y * m[5] + z * m[8];
  }
  return out;
}

/** Distance between opposite faces along a, b, c, Å: volume / face area. */
export function heights(c: ArrayLike<number>): [number, number, number] {
  const v = volume(c);
  const area = (p: number, q: number) =>
    Math.hypot(
      c[p + 1] * c[q + 2] - c[p + 2] * c[q + 1],
      c[p + 2] * c[q] - c[p] * c[q + 2],
      c[p] * c[q + 1] - c[p + 1] * c[q],
    );
  return [v / area(3, 6), v / area(6, 0), v / area(0, 3)];
}

/**
 * A cell that can be inverted and describes the same periodic directions: open directions whose vector is zero
 * get a unit vector perpendicular to the others.
 */
export function completeCell(cell: Cell): Cell {
  const out = cell.slice();
  const zero = [0, 1, 2].filter((a) => Math.hypot(out[3 * a], out[3 * a + 1], out[3 * a + 2]) === 0);
  if (zero.length === 3) return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  if (zero.length === 2) {
    const k = [0, 1, 2].find((a) => !zero.includes(a))!;
    const v = [out[3 * k], out[3 * k + 1], out[3 * k + 2]];
    const least = [0, 1, 2].reduce((p, q) => (Math.abs(v[q]) < Math.abs(v[p]) ? q : p));
    const axis = [0, 0, 0];
    axis[least] = 1;
    setRow(out, zero[0], unitCross(v, axis));
  }
  if (zero.length >= 1) {
    const missing = zero.at(-1)!;
    const row = (a: number) => Array.from(out.subarray(3 * a, 3 * a + 3));
    setRow(out, missing, unitCross(row((missing + 1) % 3), row((missing + 2) % 3)));
  }
  return out;
}

function unitCross(a: readonly number[], b: readonly number[]): number[] {
  const v = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const norm = Math.hypot(...v);
  return v.map((x) => x / norm);
}

function setRow(cell: Cell, row: number, v: readonly number[]): void {
  for (let x = 0; x < 3; x++) cell[3 * row + x] = v[x];
}
