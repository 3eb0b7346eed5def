import type { CentreTables } from './tables.ts';

/** Per function: its inner products from last to first, and the A (m ≥ 0) it depends on. */
export interface FunctionGraph {
  readonly inner: Int32Array;
  readonly mirrors: Int32Array;
  readonly leaves: Int32Array;
}

export function functionGraphs(c: CentreTables): readonly FunctionGraph[] {
  const firstInner = c.basisSize + 1 + c.mirrorOf.length;
  return Array.from({ length: c.functionCount }, (_, v) => {
    const seen = new Set<number>();
    const visit = (value: number): void => {
      if (value === 0 || seen.has(value)) return;
      seen.add(value);
      if (value >= firstInner) {
        visit(c.left[value - firstInner]);
        visit(c.right[value - firstInner]);
      } else if (value > c.basisSize) visit(c.mirrorOf[value - c.basisSize - 1]);
    };
    for (let q = c.functionStart[v]; q < c.functionStart[v + 1]; q++) {
      visit(c.termLeft[c.functionTerm[q]]);
      visit(c.termRight[c.functionTerm[q]]);
    }
    const values = Int32Array.from(seen).sort();
    return {
      inner: values.filter((x) => x >= firstInner).reverse(),
      mirrors: values.filter((x) => x > c.basisSize && x < firstInner),
      leaves: values.filter((x) => x <= c.basisSize),
    };
  });
}
