/**
 * Block Gram-Schmidt: each panel of rows against the basis so far, then within itself, all of it twice ("twice is enough":
 * Giraud, Langou, Rozložník, van den Eshof, Numer. Math. 101, 87 (2005)).
 */
import type { Algebra, Lender } from './algebra.ts';

/** Rows taken at a time. */
const PANEL = 32;

/** A row left with less than this fraction of its length adds no direction. */
const DEPENDENT = 1e-12;

/** Orthonormal basis of the span of rows of length K. Row-major [rank × K]. */
export function orthonormalBasis(rows: readonly Float64Array[], K: number, algebra: Algebra): Float64Array {
  return algebra.lend((lender) => {
    const basis = lender(rows.length * K);
    const lengths = rows.map(norm);
    let rank = 0;
    for (let from = 0; from < rows.length; from += PANEL) {
      let panel: Float64Array[] = rows
        .slice(from, from + PANEL)
        .map((row, k) => row.map((x) => x / (lengths[from + k] || 1)));
      for (let pass = 0; pass < 2; pass++) {
        algebra.lend((scratch) => takeOff(basis, rank, panel, K, algebra, scratch));
        panel = orthonormal(panel);
      }
      for (const row of panel) basis.set(row, rank++ * K);
    }
    return new Float64Array(basis.subarray(0, rank * K));
  });
}

/** What the basis spans off each row of the panel; the panel is handled as columns so that the basis is what is shared out. */
function takeOff(
  basis: Float64Array,
  rank: number,
  panel: readonly Float64Array[],
  K: number,
  algebra: Algebra,
  scratch: Lender,
): void {
  const n = panel.length;
  if (rank === 0 || n === 0) return;
  const columns = scratch(K * n);
  panel.forEach((row, q) => {
    for (let v = 0; v < K; v++) columns[v * n + q] = row[v];
  });
  const overlap = scratch(rank * n);
  const Q = { data: basis, row: K, column: 1 };
  algebra.multiply(rank, n, K, 1, Q, { data: columns, row: n, column: 1 }, overlap);
  algebra.multiply(
    K,
    n,
    rank,
    -1,
    { data: basis, row: 1, column: K },
    { data: overlap, row: n, column: 1 },
    columns,
  );
  panel.forEach((row, q) => {
    for (let v = 0; v < K; v++) row[v] = columns[v * n + q];
  });
}

/** Gram-Schmidt of unit rows, those left out that add no direction. */
function orthonormal(rows: readonly Float64Array[]): Float64Array[] {
  const found: Float64Array[] = [];
  for (const row of rows) {
    for (const q of found) {
      let dot = 0;
      for (let v = 0; v < row.length; v++) dot += q[v] * row[v];
      for (let v = 0; v < row.length; v++) row[v] -= dot * q[v];
    }
    const rest = norm(row);
    if (rest > DEPENDENT) found.push(row.map((x) => x / rest));
  }
  return found;
}

function norm(b: Float64Array): number {
  let sum = 0;
  for (const x of b) sum += x * x;
  return Math.sqrt(sum);
}
