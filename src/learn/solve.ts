/**
 * Least squares that grows by blocks of rows: of all weighted rows [X | y] ever seen only the triangular factor of
 * their QR decomposition is kept. Its last column holds Qᵀy, its last diagonal element the norm of the residual.
 * Golub and Van Loan, Matrix Computations, 4th ed., 5.1 (reflections) and 6.5 (appending rows).
 */
export interface Factor {
  /** Columns of [X | y]: K + 1. */
  readonly width: number;
  /** Upper triangular, column-major [width × width]; the diagonal is never negative, so the factor is unique. */
  readonly r: Float64Array;
}

export function emptyFactor(width: number): Factor {
  return { width, r: new Float64Array(width * width) };
}

/** Adds `rows` rows. `block` is column-major [rows × width] and is destroyed. */
export function appendRows(into: Factor, block: Float64Array, rows: number): void {
  for (let k = 0; k < into.width; k++) reflect(into, block, rows, k, rows);
}

/** Adds all the rows behind another factor, times `scale`. `scratch` is [width × width]. */
export function appendFactor(into: Factor, from: Factor, scale: number, scratch: Float64Array): void {
  const { width } = into;
  for (let k = 0; k < scratch.length; k++) scratch[k] = scale * from.r[k];
  for (let k = 0; k < width; k++) reflect(into, scratch, width, k, k + 1);
}

/** Squared length below which a column counts as cleared already: its reflection would overflow. */
const NEGLIGIBLE = 1e-280;

/** The reflection that clears the first `m` entries of column k of the block against r_kk, on all later columns. */
function reflect(into: Factor, block: Float64Array, stride: number, k: number, m: number): void {
  const { width, r } = into;
  const a = k * stride;
  let sum = 0;
  for (let i = a; i < a + m; i++) sum += block[i] * block[i];
  if (sum < NEGLIGIBLE) return;
  const old = r[k * width + k];
  const norm = Math.sqrt(old * old + sum);
  const v = -sum / (old + norm);
  const tau = 2 / (v * v + sum);
  r[k * width + k] = norm;
  let j = k + 1;
  for (; j + 3 < width; j += 4) reflectFour(r, j * width + k, width, block, a, j * stride, stride, m, v, tau);
  for (; j < width; j++) {
    const b = j * stride - a;
    let dot = v * r[j * width + k];
    for (let i = a; i < a + m; i++) dot += block[i] * block[b + i];
    dot *= tau;
    r[j * width + k] -= dot * v;
    for (let i = a; i < a + m; i++) block[b + i] -= dot * block[i];
  }
}

/** Four columns at once, so that the reflection vector is read once for all of them. */
function reflectFour(
  r: Float64Array,
  top: number,
  width: number,
  block: Float64Array,
  a: number,
  b: number,
  stride: number,
  m: number,
  v: number,
  tau: number,
): void {
  const b1 = b + stride;
  const b2 = b1 + stride;
  const b3 = b2 + stride;
  let d0 = v * r[top];
  let d1 = v * r[top + width];
  let d2 = v * r[top + 2 * width];
  let d3 = v * r[top + 3 * width];
  for (let i = 0; i < m; i++) {
    const x = block[a + i];
    d0 += x * block[b + i];
    d1 += x * block[b1 + i];
    d2 += x * block[b2 + i];
    d3 += x * block[b3 + i];
  }
  d0 *= tau;
  d1 *= tau;
  d2 *= tau;
  d3 *= tau;
  r[top] -= d0 * v;
  r[top + width] -= d1 * v;
  r[top + 2 * width] -= d2 * v;
  r[top + 3 * width] -= d3 * v;
  for (let i = 0; i < m; i++) {
    const x = block[a + i];
    block[b + i] -= d0 * x;
    block[b1 + i] -= d1 * x;
    block[b2 + i] -= d2 * x;
    block[b3 + i] -= d3 * x;
  }
}

/** ‖Xc − y‖² over all rows behind the factor. */
export function squaredResidual(f: Factor, coefficients: Float64Array): number {
  const { width, r } = f;
  const last = width - 1;
  let total = r[last * width + last] ** 2;
  for (let i = 0; i < last; i++) {
    let row = -r[last * width + i];
    for (let j = i; j < last; j++) row += r[j * width + i] * coefficients[j];
    total += row * row;
  }
  return total;
}

/** Solves R x = b with the leading triangle of the factor, in place of `b` [K]. */
export function backSubstitute(f: Factor, b: Float64Array): Float64Array {
  const { width, r } = f;
  for (let j = width - 2; j >= 0; j--) {
    b[j] /= r[j * width + j];
    for (let i = 0; i < j; i++) b[i] -= r[j * width + i] * b[j];
  }
  return b;
}
