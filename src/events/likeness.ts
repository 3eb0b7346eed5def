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
  if (!areAlike(a.displacements, b.displacements, 2 * unit, isAboutAsMany)) return undefined;
  if (isSameEnd(a.before, b.before, unit) && isSameEnd(a.after, b.after, unit)) return 'same';
  return isSameEnd(a.before, b.after, unit) && isSameEnd(a.after, b.before, unit) ? 'reversed' : undefined;
}

/** Of one class are transitions that are alike or one the reverse of the other. */
export function sameClass(a: Fingerprint, b: Fingerprint): boolean {
  return likeness(a, b) !== undefined;
}

function isSameEnd(a: End, b: End, unit: number): boolean {
  return (
    areAlike(a.moved, b.moved, NEIGHBOURS, isAboutAsMany) &&
    areAlike(a.around, b.around, NEIGHBOURS, isAboutAsMany) &&
    areAlike(a.reaches, b.reaches, unit, isNearlyAsMany) &&
    areAlike(a.distances, b.distances, unit, isNearlyAsMany)
  );
}

function areAlike(
  a: End['moved'],
  b: End['moved'],
  tolerance: number,
  asMany: (m: number, n: number) => boolean,
): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [p, q] = [a[name], b[name]];
      return q !== undefined && asMany(p.count, q.count) && difference(p.values, q.values) <= tolerance;
    })
  );
}

/** Of atoms: a number to the last one where they are few. */
function isAboutAsMany(m: number, n: number): boolean {
  return Math.max(m, n) <= FEW ? m === n : isNearlyAsMany(m, n);
}

/** Of pairs, of which some may be just in reach. */
function isNearlyAsMany(m: number, n: number): boolean {
  return Math.abs(m - n) <= Math.max(1, SHARE * Math.max(m, n));
}

/** Root mean square; lists of different lengths are read at the same fractions. */
function difference(a: readonly number[], b: readonly number[]): number {
  const m = Math.max(a.length, b.length);
  const at = (list: readonly number[], k: number) => {
    const place = m > 1 ? (k * (list.length - 1)) / (m - 1) : 0;
    const low = Math.floor(place);
    return list[low] + (place - low) * ((list[low + 1] ?? list[low]) - list[low]);
  };
  let sum = 0;
  for (let k = 0; k < m; k++) sum += (at(a, k) - at(b, k)) ** 2;
  return Math.sqrt(sum / m);
}
