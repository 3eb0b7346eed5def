/**
 * MaxVol: the square submatrix of locally largest volume. With C = A Â⁻¹ the pool in coordinates of the chosen rows,
 * swapping pool row i into slot j multiplies |det Â| by |C_ij| and updates C by rank 1, until no |C_ij| exceeds `tol`.
 * Goreinov, Oseledets, Savostyanov, Tyrtyshnikov, Zamarashkin, in Matrix Methods, World Scientific (2010), 247.
 */

/**
 * Swaps until the chosen rows dominate the pool. `c` [rows × K] and `slots` [K] (pool row in each slot) are updated.
 * Returns the growth of ln |det Â|.
 */
export function makeDominant(
  c: Float64Array,
  rows: number,
  K: number,
  slots: Int32Array,
  tol: number,
): number {
  let growth = 0;
  for (let at = largest(c, rows * K); Math.abs(c[at]) > tol; at = largest(c, rows * K)) {
    const i = Math.floor(at / K);
    const j = at - i * K;
    growth += Math.log(Math.abs(c[at]));
    swap(c, rows, K, i, j);
    slots[j] = i;
  }
  return growth;
}

function largest(c: Float64Array, length: number): number {
  let best = 0;
  let size = -1;
  for (let k = 0; k < length; k++) {
    const value = c[k] < 0 ? -c[k] : c[k];
    if (value > size) {
      size = value;
      best = k;
    }
  }
  return best;
}

/** C ← C − C_·j (C_i· − e_j)/C_ij. */
function swap(c: Float64Array, rows: number, K: number, i: number, j: number): void {
  const row = c.slice(i * K, (i + 1) * K);
  const pivot = row[j];
  for (let r = 0; r < rows; r++) {
    const a = r * K;
    const f = c[a + j] / pivot;
    if (f === 0) continue;
    for (let q = 0; q < K; q++) c[a + q] -= f * row[q];
    c[a + j] = f;
  }
}

/** rows [count × K] times the inverse [K × K], into `out`: coordinates in the active set. */
export function coordinates(
  rows: Float64Array,
  count: number,
  K: number,
  inverse: Float64Array,
  out: Float64Array,
): Float64Array {
  out.fill(0, 0, count * K);
  for (let r = 0; r < count; r++) {
    const a = r * K;
    for (let v = 0; v < K; v++) {
      const b = rows[a + v];
      if (b === 0) continue;
      const w = v * K;
      for (let j = 0; j < K; j++) out[a + j] += b * inverse[w + j];
    }
  }
  return out;
}

/** max_j |C_rj|: the grade of pool row r. */
export function rowGrade(c: Float64Array, r: number, K: number): number {
  let grade = 0;
  for (let k = r * K; k < (r + 1) * K; k++) grade = Math.max(grade, Math.abs(c[k]));
  return grade;
}
