/**
 * An active set of which only Â⁻¹ is given, that of a published potential. It grades as published until environments are added:
 * b takes slot j where c = bÂ⁻¹ is largest, Â⁻¹ ← Â⁻¹ − (Â⁻¹)_j (c − e_j)/c_j, so that b gets e_j for coordinates and γ = 1. The
 * rows of Â are never needed: published sets are often pseudo-inverses, because functions depend on each other, and do not hold them.
 */
import type { ElementActiveSet } from './activeSet.ts';

/** One element's Â⁻¹, row-major [size × size]. */
export type GivenSet = Pick<ElementActiveSet, 'size' | 'inverse'>;

/** Swaps environments in, row-major [count × size], until none is graded beyond `tolerance`. The span stays unknown. */
export function extendedSet(
  element: string,
  { size: K, inverse: published }: GivenSet,
  rows: Float64Array,
  tolerance: number,
): ElementActiveSet {
  const inverse = published.slice();
  const coordinates = times(rows, inverse, K);
  for (;;) {
    const worst = coordinates.reduce(
      (most, x, k) => (Math.abs(x) > Math.abs(coordinates[most]) ? k : most),
      0,
    );
    if (!(Math.abs(coordinates[worst]) > tolerance)) break;
    const slot = worst % K;
    const shift = coordinates.slice(worst - slot, worst - slot + K);
    const pivot = shift[slot];
    shift[slot] -= 1;
    for (const matrix of [inverse, coordinates]) swap(matrix, K, slot, shift, pivot);
  }
  return {
    element,
    size: K,
    inverse,
    span: new Float64Array(0),
    rank: 0,
    scale: new Float64Array(K).fill(1),
  };
}

function swap(matrix: Float64Array, K: number, slot: number, shift: Float64Array, pivot: number): void {
  for (let at = 0; at < matrix.length; at += K) {
    const factor = matrix[at + slot] / pivot;
    if (factor !== 0) for (let j = 0; j < K; j++) matrix[at + j] -= factor * shift[j];
  }
}

function times(rows: Float64Array, inverse: Float64Array, K: number): Float64Array {
  const out = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += K)
    for (let v = 0; v < K; v++) {
      const b = rows[at + v];
      for (let j = 0; j < K; j++) out[at + j] += b * inverse[v * K + j];
    }
  return out;
}
