/**
 * Principal axes of rows whose columns are brought to mean 0 and standard deviation 1: eigenvectors of their correlation matrix, by
 * orthogonal iteration. Golub and Van Loan, Matrix Computations, 4th ed., § 8.2.4.
 * Memory: the sample and one matrix [width²].
 */
import { normals, STREAM } from '../core/philox.ts';
import { type Rows, thinned } from './rows.ts';

/** Where a row lies: z = axes (b − origin). */
export interface PrincipalAxes {
  /** [width]. */
  readonly origin: Float64Array;
  /** Row-major [dimensions × width], in units of 1/standard deviation; 0 for a column that never changes. */
  readonly axes: Float64Array;
  readonly dimensions: number;
}

/** Rows it looks at. */
export const SAMPLE = 4096;
const ITERATIONS = 40;
/** A column that varies by less than this fraction of its size is constant. */
const CONSTANT = 1e-9;

export function principalAxes(rows: Rows, dimensions: number): PrincipalAxes {
  const { width } = rows;
  const sample = thinned(rows, SAMPLE);
  const { origin, scale } = standardise(sample, width);
  const P = Math.min(dimensions, width);
  const axes = leading(correlation(sample, width), width, P);
  for (let p = 0; p < P; p++) for (let v = 0; v < width; v++) axes[p * width + v] *= scale[v];
  return { origin, axes, dimensions: P };
}

/** z of the row at `at`, into `out`. */
export function place(
  { origin, axes, dimensions }: PrincipalAxes,
  b: Float64Array,
  at: number,
  out: Float64Array,
): Float64Array {
  const width = origin.length;
  for (let p = 0; p < dimensions; p++) {
    let sum = 0;
    for (let v = 0; v < width; v++) sum += axes[p * width + v] * (b[at + v] - origin[v]);
    out[p] = sum;
  }
  return out;
}

/** In place; the mean of each column and 1/standard deviation. */
function standardise(data: Float64Array, width: number) {
  const count = data.length / width;
  const origin = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let k = 0; k < data.length; k++) origin[k % width] += data[k] / count;
  for (let k = 0; k < data.length; k++) scale[k % width] += (data[k] - origin[k % width]) ** 2 / count;
  for (let v = 0; v < width; v++) {
    const deviation = Math.sqrt(scale[v]);
    scale[v] = deviation > CONSTANT * Math.abs(origin[v]) ? 1 / deviation : 0;
  }
  for (let k = 0; k < data.length; k++) data[k] = (data[k] - origin[k % width]) * scale[k % width];
  return { origin, scale };
}

function correlation(data: Float64Array, width: number): Float64Array {
  const matrix = new Float64Array(width * width);
  for (let at = 0; at < data.length; at += width)
    for (let u = 0; u < width; u++) {
      const x = data[at + u];
      if (x !== 0) for (let v = 0; v < width; v++) matrix[u * width + v] += x * data[at + v];
    }
  return matrix;
}

/** Orthonormal vectors that span the P largest eigenvalues, row-major [P × width]. */
function leading(matrix: Float64Array, width: number, P: number): Float64Array {
  const four = new Float64Array(4);
  let q: Float64Array = Float64Array.from(
    { length: P * width },
    (_, k) => normals(1, STREAM.select, 1, k, four)[0],
  );
  for (let round = 0; round < ITERATIONS; round++) {
    const next = new Float64Array(P * width);
    for (let p = 0; p < P; p++)
      for (let u = 0; u < width; u++) {
        const x = q[p * width + u];
        if (x !== 0) for (let v = 0; v < width; v++) next[p * width + v] += x * matrix[u * width + v];
      }
    q = orthonormal(next, width, P);
  }
  return q;
}

/** Gram-Schmidt in place, twice; what adds no direction becomes 0. */
function orthonormal(q: Float64Array, width: number, P: number): Float64Array {
  const vectors = Array.from({ length: P }, (_, p) => q.subarray(p * width, (p + 1) * width));
  vectors.forEach((x, p) => {
    const before = Math.sqrt(dot(x, x));
    for (let pass = 0; pass < 2; pass++)
      for (const y of vectors.slice(0, p)) {
        const overlap = dot(x, y);
        for (let v = 0; v < width; v++) x[v] -= overlap * y[v];
      }
    const length = Math.sqrt(dot(x, x));
    for (let v = 0; v < width; v++) x[v] = length > 1e-12 * before ? x[v] / length : 0;
  });
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let v = 0; v < a.length; v++) sum += a[v] * b[v];
  return sum;
}
