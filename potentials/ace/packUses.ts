/**
 * The product graph backwards, for lanes that each gather the adjoints of some values from where these are factors. Values of a level are
 * dealt out so that lanes have equally many uses, and what the lanes read at a time lies side by side.
 */
import type { CentreTables } from './tables.ts';

export const LANES = 64;
/** A use in one word: the other factor, the value whose adjoint is summed, and whether that is its last use. */
export const USE = { valueShift: 14, mask: 2 ** 14 - 1, last: 2 ** 31 } as const;
/** Words that say of a level: steps of the lanes, where its uses begin, values in parts, and where these begin. */
export const LEVEL = { steps: 0, at: 1, divided: 2, parts: 3, words: 4 } as const;

/** Where things begin in `words` and `numbers`. */
export interface UsePlaces {
  /** Values by level; the first level are A and mirrors. Where each level begins in `order`, and the end. */
  readonly order: number;
  readonly levels: number;
  readonly levelCount: number;
  /** Of every level. */
  readonly useLevels: number;
  /** [steps][LANES] of all levels: uses; and of each the product that it makes, 0 where that is a term. */
  readonly uses: number;
  readonly usesOf: number;
  readonly useCount: number;
  /** Of a value whose adjoint is summed in parts: the value, the first part's place, how many there are besides its own. */
  readonly parts: number;
  /** Places for values and parts. */
  readonly places: number;
  /** [members][steps][LANES]: 0 where the use makes a product. */
  readonly memberUses: number;
}

export interface Use {
  readonly other: number;
  /** Product that it makes, or 0. */
  readonly product: number;
  /** Term that it makes, or −1. */
  readonly term: number;
}

type Put = (values: readonly number[]) => number;

export function packUses(
  c: CentreTables,
  members: readonly Float64Array[],
  putWords: Put,
  putNumbers: Put,
): UsePlaces {
  const uses = usesOf(c);
  const { order, levels } = byLevel(c);
  const useLevels: number[] = [];
  const words: number[] = [];
  const productOf: number[] = [];
  const termOf: number[] = [];
  const parts: number[] = [];
  let places = c.valueCount;
  for (let level = 0; level + 1 < levels.length; level++) {
    const { rows, divided } = inParts(
      order.slice(levels[level], levels[level + 1]),
      uses,
      c.valueCount,
      LANES,
    );
    const lanes = dealt(rows, LANES);
    const steps = Math.max(...lanes.map((lane) => lane.length));
    useLevels.push(steps, words.length, divided.length, parts.length);
    parts.push(...divided.flat());
    places = Math.max(places, ...divided.map(([, first, count]) => first + count));
    for (let s = 0; s < steps; s++)
      for (const lane of lanes) {
        words.push(lane[s]?.word ?? 0);
        productOf.push(lane[s]?.product ?? 0);
        termOf.push(lane[s]?.term ?? -1);
      }
  }
  const weight = (w: Float64Array, at: number) => (termOf[at] < 0 ? 0 : w[termOf[at]]);
  return {
    order: putWords(order),
    levels: putWords(levels),
    levelCount: levels.length - 1,
    useLevels: putWords(useLevels),
    parts: putWords(parts),
    places,
    uses: putWords(words),
    usesOf: putWords(productOf),
    useCount: words.length,
    memberUses: putNumbers(members.flatMap((m) => words.map((_, at) => weight(m, at)))),
  };
}

interface Row {
  /** Where the sum goes. */
  readonly to: number;
  readonly uses: readonly Use[];
}

/** Uses of every value, those of more than a lane's share in parts that go to places from `free` on. */
export function inParts(
  values: readonly number[],
  uses: readonly (readonly Use[])[],
  free: number,
  lanes: number,
) {
  const share = Math.ceil(values.reduce((sum, v) => sum + uses[v].length, 0) / lanes);
  const rows: Row[] = [];
  const divided: (readonly [value: number, first: number, count: number])[] = [];
  let place = free;
  for (const v of values) {
    rows.push({ to: v, uses: uses[v].length > 0 ? uses[v].slice(0, share) : [NONE] });
    const first = place;
    for (let from = share; from < uses[v].length; from += share)
      rows.push({ to: place++, uses: uses[v].slice(from, from + share) });
    if (place > first) divided.push([v, first, place - first]);
  }
  return { rows, divided };
}

/** Rows lane by lane: the longest to the lane that has least. */
export function dealt(rows: readonly Row[], count: number) {
  const lanes = Array.from({ length: count }, (): (Use & { readonly word: number })[] => []);
  for (const { to, uses } of rows.toSorted((p, q) => q.uses.length - p.uses.length || p.to - q.to)) {
    const lane = lanes.reduce((least, other) => (other.length < least.length ? other : least));
    uses.forEach((use, k) => {
      const last = k === uses.length - 1 ? USE.last : 0;
      lane.push({ ...use, word: use.other + to * 2 ** USE.valueShift + last });
    });
  }
  return lanes;
}

/** What a value that is no factor adds. */
const NONE: Use = { other: 0, product: 0, term: -1 };

/** Values other than the constant, factors before products; where each level begins, and the end. */
export function byLevel(c: CentreTables): { order: number[]; levels: number[] } {
  const { left, right, valueCount } = c;
  const first = firstInner(c);
  const level = new Int32Array(valueCount);
  for (let k = 0; k < left.length; k++) level[first + k] = 1 + Math.max(level[left[k]], level[right[k]]);
  const order = Array.from({ length: valueCount - 1 }, (_, k) => k + 1).sort(
    (p, q) => level[p] - level[q] || p - q,
  );
  const levels = [0];
  order.forEach((v, k) => {
    if (k > 0 && level[v] !== level[order[k - 1]]) levels.push(k);
  });
  return { order, levels: [...levels, order.length] };
}

/** Where each value is a factor. */
export function usesOf(c: CentreTables): Use[][] {
  const { left, right, termLeft, termRight, valueCount } = c;
  const uses = Array.from({ length: valueCount }, (): Use[] => []);
  const first = firstInner(c);
  const make = (p: number, q: number, product: number, term: number) => {
    uses[p].push({ other: q, product, term });
    uses[q].push({ other: p, product, term });
  };
  termLeft.forEach((p, t) => {
    make(p, termRight[t], 0, t);
  });
  left.forEach((p, k) => {
    make(p, right[k], first + k, -1);
  });
  return uses;
}

function firstInner({ basisSize, mirrorOf }: CentreTables): number {
  return basisSize + 1 + mirrorOf.length;
}
