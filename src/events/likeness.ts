import type { End, Fingerprint } from './fingerprint.ts';

/** Root mean square difference of sorted numbers that is still the same: of neighbours, and of lengths over the nearest distance. */
const NEIGHBOURS = 0.2;
const LENGTH = 0.04;
/** Lists of more atoms than this may differ in number by a tenth. */
const FEW = 32;
const SHARE = 0.1;

/** Whether one transition is like another, or like another run backwards; undefined where it is neither. */
export function likeness(a: Fingerprint, b: Fingerprint): 'same' | 'reversed' | undefined {
  const unit = LENGTH * Math.min(a.nearest, b.nearest);
  if (!areAlike(a.displacements, b.displacements, 2 * unit, ATOMS)) return undefined;
  if (isSameEnd(a.before, b.before, unit) && isSameEnd(a.after, b.after, unit)) return 'same';
  return isSameEnd(a.before, b.after, unit) && isSameEnd(a.after, b.before, unit) ? 'reversed' : undefined;
}

/** Of one class are transitions that are alike or one the reverse of the other. */
export function sameClass(a: Fingerprint, b: Fingerprint): boolean {
  return likeness(a, b) !== undefined;
}

function isSameEnd(a: End, b: End, unit: number): boolean {
  return (
    areAlike(a.moved, b.moved, NEIGHBOURS, ATOMS) &&
    areAlike(a.around, b.around, NEIGHBOURS, ATOMS) &&
    areAlike(a.reaches, b.reaches, unit, PAIRS) &&
    areAlike(a.distances, b.distances, unit, PAIRS)
  );
}

function areAlike(a: End['moved'], b: End['moved'], tolerance: number, of: Counted): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [p, q] = [a[name], b[name]];
      return q !== undefined && of.asMany(p.count, q.count) && difference(p, q, of) <= tolerance;
    })
  );
}

type List = End['moved'][string];

interface Counted {
  /** Whether two lists can be of the same, by how many numbers they hold. */
  asMany(m: number, n: number): boolean;
  /** Where the last number to be compared stands in a list of `count` if the other one holds `other`, from 0. */
  last(count: number, other: number): number;
}

/** A number to the last one where they are few; of many, lists are read at the same fractions. */
const ATOMS: Counted = {
  asMany: (m, n) => (Math.max(m, n) <= FEW ? m === n : isNearlyAsMany(m, n)),
  last: (count) => count - 1,
};

/** Of which some may be just in reach: the longest of the longer list, with none in the other one to be compared to. */
const PAIRS: Counted = {
  asMany: isNearlyAsMany,
  last: (count, other) => Math.min(count, other) - 1,
};

function isNearlyAsMany(m: number, n: number): boolean {
  return Math.abs(m - n) <= Math.max(1, SHARE * Math.max(m, n));
}

/** Root mean square. */
function difference(a: List, b: List, { last }: Counted): number {
  const [p, q] = [last(a.count, b.count), last(b.count, a.count)];
  const m = Math.max(a.values.length, b.values.length);
  let sum = 0;
  for (let k = 0; k < m; k++) {
    const part = m > 1 ? k / (m - 1) : 0;
    sum += (at(a, part * p) - at(b, part * q)) ** 2;
  }
  return Math.sqrt(sum / m);
}

/** The number at a place, from 0, of the whole list, of which but quantiles may be kept. */
function at({ count, values }: List, place: number): number {
  const kept = count > 1 ? (place * (values.length - 1)) / (count - 1) : 0;
  const low = Math.floor(kept);
  return values[low] + (kept - low) * ((values[low + 1] ?? values[low]) - values[low]);
}
