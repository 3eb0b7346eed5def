import { LOCAL_STRUCTURES } from '../analysis/localStructure.ts';
import type { EventRecord } from './record.ts';

/** Å, and part of a displacement, by which rest positions of one kind differ between ensembles. */
const FAR = 0.25;
const PART = 0.1;

/** Atoms that have moved by less than this part of the farthest are strained, not part of what happened. */
const PASSIVE = 0.5;

/** Share of the atoms about the event whose local structure may differ. */
const SHARE = 0.2;

/**
 * Whether events of two runs are of one class, as far as their records tell: the same atoms by element, displaced as far, between the same
 * local structures. Within one run classes are told by the structures themselves.
 */
export function sameKind(a: EventRecord, b: EventRecord): boolean {
  return (
    plainTitle(a) === plainTitle(b) &&
    sameMoves(a, b) &&
    sameStructures(a.localBefore, b.localBefore) &&
    sameStructures(a.localAfter, b.localAfter)
  );
}

/** Lengths in a title are compared as numbers, not as digits. */
function plainTitle({ title }: EventRecord): string {
  return title.replace(/\d+(\.\d+)? ?Å/g, 'Å');
}

function sameMoves(a: EventRecord, b: EventRecord): boolean {
  const [p, q] = [active(a), active(b)];
  return (
    p.length === q.length &&
    p.every(
      ({ element, far }, k) =>
        element === q[k].element && Math.abs(far - q[k].far) <= Math.max(FAR, PART * far),
    )
  );
}

/** By element, then the farthest first: which of two elements moves a little farther is no difference. */
function active({ elements, displacements }: EventRecord) {
  const most = Math.max(...displacements);
  return displacements
    .map((far, k) => ({ far, element: elements[k] }))
    .filter(({ far }) => far >= PASSIVE * most)
    .sort((a, b) => a.element.localeCompare(b.element) || b.far - a.far);
}

function sameStructures(a: EventRecord['localBefore'], b: EventRecord['localBefore']): boolean {
  const total = (c: EventRecord['localBefore']) => LOCAL_STRUCTURES.reduce((sum, k) => sum + (c[k] ?? 0), 0);
  const [m, n] = [total(a), total(b)];
  if (m === 0 || n === 0) return m === n;
  const moved = LOCAL_STRUCTURES.reduce((sum, k) => sum + Math.abs((a[k] ?? 0) / m - (b[k] ?? 0) / n), 0) / 2;
  return moved <= SHARE;
}
