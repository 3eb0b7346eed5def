/**
 * The product graph backwards, for lanes that each gather one value's adjoint from where the value is a factor. Values of a level stand
 * in groups of as many as there are lanes, those of many uses together, and what the lanes of a group read at a time lies side by side.
 */
import type { CentreTables } from './tables.ts';

export const LANES = 64;
/** Words that say of a group: first in `order`, values, steps and place of inner uses, steps of term uses and where they begin. */
export const GROUP = {
  first: 0,
  count: 1,
  innerSteps: 2,
  inner: 3,
  termSteps: 4,
  terms: 5,
  words: 6,
} as const;

/** Where things begin in `words` and `numbers`. */
export interface UsePlaces {
  /** Values by level and number of uses; the first level are A and mirrors. */
  readonly order: number;
  /** Where each level begins in `order`, and the end; the same for groups. */
  readonly levels: number;
  readonly levelGroups: number;
  readonly levelCount: number;
  readonly useGroups: number;
  /** [steps][LANES] of a group: product in the upper half, other factor; products numbered 0 add nothing. */
  readonly innerUses: number;
  /** [steps][LANES] of all groups: the other factor. */
  readonly termUses: number;
  readonly useCount: number;
  /** [steps][densities][LANES], and [members][steps][LANES]. */
  readonly useWeights: number;
  readonly memberUses: number;
}

interface Uses {
  /** Pairs: other factor, product. */
  readonly inner: number[];
  /** Pairs: other factor, term. */
  readonly terms: number[];
}

type Put = (values: readonly number[]) => number;

export function packUses(
  c: CentreTables,
  densities: readonly Float64Array[],
  members: readonly Float64Array[],
  putWords: Put,
  putNumbers: Put,
): UsePlaces {
  const uses = usesOf(c);
  const { order, levels } = byLevel(c, uses);
  const groups: number[] = [];
  const levelGroups = [0];
  const inner: number[] = [];
  const terms: number[] = [];
  /** Term of each place, or −1. */
  const termOf: number[] = [];
  for (let level = 0; level + 1 < levels.length; level++) {
    for (let first = levels[level]; first < levels[level + 1]; first += LANES) {
      const values = order.slice(first, Math.min(first + LANES, levels[level + 1]));
      const longest = (of: keyof Uses) => Math.max(...values.map((v) => uses[v][of].length / 2));
      const [innerSteps, termSteps] = [longest('inner'), longest('terms')];
      groups.push(first, values.length, innerSteps, inner.length, termSteps, terms.length);
      for (let s = 0; s < innerSteps; s++)
        for (let q = 0; q < LANES; q++) {
          const list = uses[values[q]]?.inner ?? [];
          inner.push(2 * s < list.length ? list[2 * s + 1] * 65536 + list[2 * s] : 0);
        }
      for (let s = 0; s < termSteps; s++)
        for (let q = 0; q < LANES; q++) {
          const list = uses[values[q]]?.terms ?? [];
          const used = 2 * s < list.length;
          terms.push(used ? list[2 * s] : 0);
          termOf.push(used ? list[2 * s + 1] : -1);
        }
    }
    levelGroups.push(groups.length / GROUP.words);
  }
  const weight = (w: Float64Array, at: number) => (termOf[at] < 0 ? 0 : w[termOf[at]]);
  const P = densities.length;
  const byStep = Array.from({ length: P * terms.length }, (_, k) => {
    const [step, p, lane] = [Math.floor(k / (P * LANES)), Math.floor(k / LANES) % P, k % LANES];
    return weight(densities[p], step * LANES + lane);
  });
  return {
    order: putWords(order),
    levels: putWords(levels),
    levelGroups: putWords(levelGroups),
    levelCount: levels.length - 1,
    useGroups: putWords(groups),
    innerUses: putWords(inner),
    termUses: putWords(terms),
    useCount: terms.length,
    useWeights: putNumbers(byStep),
    memberUses: putNumbers(members.flatMap((m) => terms.map((_, at) => weight(m, at)))),
  };
}

/** Values other than the constant, factors before products; where each level begins, and the end. */
function byLevel(c: CentreTables, uses: readonly Uses[]): { order: number[]; levels: number[] } {
  const { left, right, valueCount } = c;
  const first = firstInner(c);
  const level = new Int32Array(valueCount);
  for (let k = 0; k < left.length; k++) level[first + k] = 1 + Math.max(level[left[k]], level[right[k]]);
  const size = (v: number) => uses[v].inner.length + uses[v].terms.length;
  const order = Array.from({ length: valueCount - 1 }, (_, k) => k + 1).sort(
    (p, q) => level[p] - level[q] || size(q) - size(p) || p - q,
  );
  const levels = [0];
  order.forEach((v, k) => {
    if (k > 0 && level[v] !== level[order[k - 1]]) levels.push(k);
  });
  return { order, levels: [...levels, order.length] };
}

/** Where each value is a factor. */
function usesOf(c: CentreTables): Uses[] {
  const { left, right, termLeft, termRight, valueCount } = c;
  const uses = Array.from({ length: valueCount }, (): Uses => ({ inner: [], terms: [] }));
  const first = firstInner(c);
  termLeft.forEach((p, t) => {
    uses[p].terms.push(termRight[t], t);
    uses[termRight[t]].terms.push(p, t);
  });
  left.forEach((p, k) => {
    uses[p].inner.push(right[k], first + k);
    uses[right[k]].inner.push(p, first + k);
  });
  return uses;
}

function firstInner({ basisSize, mirrorOf }: CentreTables): number {
  return basisSize + 1 + mirrorOf.length;
}
