import { countedTuples } from './coupling.ts';
import type { AceFunction } from './model.ts';

/**
 * Canonical order of the functions of one centre: by rank, species, n, l of the slots as written, then by the number and the
 * values of the m tuples. Projections, active sets and coefficient vectors refer to it.
 */
export function sortFunctions(functions: readonly AceFunction[]): AceFunction[] {
  return functions
    .map((f) => ({ f, key: sortKey(f) }))
    .sort((a, b) => compareLists(a.key, b.key))
    .map(({ f }) => f);
}

function sortKey({ mus, ns, ls, lint }: AceFunction): number[] {
  const ms = countedTuples(ls, lint);
  return [mus.length, ...mus, ...ns, ...ls, ms.length, ...ms.flat()];
}

/** Lexicographic; a list that is the beginning of another comes first. */
export function compareLists(a: readonly number[], b: readonly number[]): number {
  const shared = Math.min(a.length, b.length);
  for (let k = 0; k < shared; k++) if (a[k] !== b[k]) return a[k] - b[k];
  return a.length - b.length;
}
