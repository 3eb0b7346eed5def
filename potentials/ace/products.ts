import type { AceFunction } from './model.ts';

/**
 * All products Π A of one centre as a graph of pairwise products, each computed once.
 *
 * Values are complex: value 0 is the constant 1, values 1…basisSize are the A with m ≥ 0, then come the mirrored A with
 * m < 0 (A_l,−m = (−1)^m conj A_lm), then the inner products. A term is the real part of one product of two values.
 */
export interface ProductGraph {
  /** Mirror k is value basisSize + 1 + k: sign · conj of value `mirrorOf[k]`. */
  readonly mirrorOf: Int32Array;
  readonly mirrorSign: Float64Array;
  /** Inner product k is value basisSize + 1 + mirrors + k = left · right. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly termLeft: Int32Array;
  readonly termRight: Int32Array;
  /** B_v = Σ weight[q] · term[index[q]] over q = start[v] … start[v+1]−1. */
  readonly functionStart: Int32Array;
  readonly functionTerm: Int32Array;
  readonly functionWeight: Float64Array;
}

/** One factor: an A by the value of its m = 0 entry's block, and m. */
export interface Slot {
  readonly channel: number;
  readonly m: number;
}

/** `entryOf(channel, m ≥ 0)` numbers the A entries from 1 to `basisSize`; `channelOf(f, t)` is the channel of slot t. */
export function productGraph(
  functions: readonly AceFunction[],
  basisSize: number,
  channelOf: (f: AceFunction, slot: number) => number,
  entryOf: (channel: number, m: number) => number,
): ProductGraph {
  const mirrors = new Map<number, { sign: number; id: number }>();
  const mirrored = (s: Slot): number => {
    const of = entryOf(s.channel, -s.m);
    let found = mirrors.get(of);
    if (!found) {
      found = { sign: s.m % 2 === 0 ? 1 : -1, id: mirrors.size };
      mirrors.set(of, found);
    }
    return found.id;
  };
  const terms = functions.map((f) => mergedTerms(f, channelOf));
  for (const list of terms) for (const { slots } of list) for (const s of slots) if (s.m < 0) mirrored(s);
  const first = basisSize + 1 + mirrors.size;
  const leaf = (s: Slot): number => (s.m < 0 ? basisSize + 1 + mirrored(s) : entryOf(s.channel, s.m));

  const inner = new Map<string, number>();
  const pairs: [number, number][] = [];
  const termIds = new Map<string, number>();
  const termPairs: [number, number][] = [];

  const missing = (leaves: readonly number[]): number =>
    leaves.length === 1 || inner.has(leaves.join()) ? 0 : leaves.length - 1;
  const split = (leaves: readonly number[]): [number[], number[]] => {
    let best: [number[], number[]] = [[], []];
    let cost = Infinity;
    for (let mask = 1; mask < 1 << (leaves.length - 1); mask++) {
      const a = leaves.filter((_, t) => !((mask >> t) & 1));
      const b = leaves.filter((_, t) => (mask >> t) & 1);
      const price = missing(a) + missing(b) + Math.abs(a.length - b.length) / 16;
      if (price < cost) [best, cost] = [[a, b], price];
    }
    return best;
  };
  const value = (leaves: readonly number[]): number => {
    if (leaves.length === 1) return leaves[0];
    const key = leaves.join();
    const known = inner.get(key);
    if (known !== undefined) return known;
    const [a, b] = split(leaves);
    pairs.push([value(a), value(b)]);
    inner.set(key, first + pairs.length - 1);
    return first + pairs.length - 1;
  };
  const term = (leaves: readonly number[]): number => {
    const key = leaves.join();
    const known = termIds.get(key);
    if (known !== undefined) return known;
    const [a, b] = leaves.length === 1 ? [leaves, []] : split(leaves);
    termPairs.push([value(a), b.length === 0 ? 0 : value(b)]);
    termIds.set(key, termPairs.length - 1);
    return termPairs.length - 1;
  };

  const start = [0];
  const functionTerm: number[] = [];
  const functionWeight: number[] = [];
  for (const list of terms) {
    for (const { slots, weight } of list) {
      functionTerm.push(term(slots.map(leaf).sort((p, q) => p - q)));
      functionWeight.push(weight);
    }
    start.push(functionTerm.length);
  }
  return {
    mirrorOf: Int32Array.from(mirrors.keys()),
    mirrorSign: Float64Array.from(mirrors.values(), (x) => x.sign),
    left: Int32Array.from(pairs, (p) => p[0]),
    right: Int32Array.from(pairs, (p) => p[1]),
    termLeft: Int32Array.from(termPairs, (p) => p[0]),
    termRight: Int32Array.from(termPairs, (p) => p[1]),
    functionStart: Int32Array.from(start),
    functionTerm: Int32Array.from(functionTerm),
    functionWeight: Float64Array.from(functionWeight),
  };
}

/** Factors commute, and m and −m have the same real part: tuples that coincide after sorting are added up. */
export function mergedTerms(
  f: AceFunction,
  channelOf: (f: AceFunction, slot: number) => number,
): { slots: Slot[]; weight: number }[] {
  const merged = new Map<string, { slots: Slot[]; weight: number }>();
  f.coupling.ms.forEach((ms, k) => {
    const plus = sortSlots(ms.map((m, t) => ({ channel: channelOf(f, t), m })));
    const minus = sortSlots(plus.map(({ channel, m }) => ({ channel, m: 0 - m })));
    const slots = firstDifference(plus, minus) >= 0 ? plus : minus;
    const key = slots.map((s) => `${s.channel},${s.m}`).join(';');
    const found = merged.get(key);
    if (found) found.weight += f.coupling.weights[k];
    else merged.set(key, { slots, weight: f.coupling.weights[k] });
  });
  return [...merged.values()].filter(({ weight }) => Math.abs(weight) > 1e-15);
}

function sortSlots(slots: Slot[]): Slot[] {
  return slots.sort((a, b) => a.channel - b.channel || a.m - b.m);
}

function firstDifference(a: readonly Slot[], b: readonly Slot[]): number {
  for (let t = 0; t < a.length; t++) if (a[t].m !== b[t].m) return a[t].m - b[t].m;
  return 0;
}
