import { localStructure } from '../analysis/localStructure.ts';
import { buildNeighbours, type NeighbourList } from '../core/neighbours.ts';
import { atomCount, type Structure, subset } from '../core/structure.ts';
import { carriedOver, displacements, lengths } from './displaced.ts';
import { cutRegion, regionAround } from './region.ts';
import type { Scale } from './scale.ts';

/** Å; see the options of detection. */
export interface Bounds extends Scale {
  readonly moved: number;
  readonly shifted: number;
}

/** Atoms that went somewhere else together. */
export interface Cluster {
  /** The farthest first. */
  readonly atoms: readonly number[];
  /** Å, of each of them. */
  readonly displacements: readonly number[];
}

/** What makes two structures at rest different basins. */
export interface Change {
  /** Å, [3n], of every atom, in the cell of the later structure. */
  readonly u: Float64Array;
  /** Independent of each other, as far as distance tells. */
  readonly clusters: readonly Cluster[];
}

/** Atoms closer than this many nearest-neighbour distances move together. */
const TOGETHER = 3;
/** Cells of more atoms are looked at only around what may have changed. */
const MANY = 3000;

/**
 * What has changed between two structures at rest; undefined where they are the same basin. An atom is elsewhere when it is farther
 * than `moved` from its place, or farther than `shifted` with other neighbours or another local structure than before.
 */
export function compare(before: Structure, after: Structure, bounds: Bounds): Change | undefined {
  const u = displacements(before, after);
  const far = lengths(u);
  const shifted = indicesWhere(far, (d) => d > bounds.shifted);
  if (shifted.length === 0) return undefined;
  const rearranged = surroundingsChanged(carriedOver(before, after, u), after, shifted, bounds);
  const elsewhere = shifted.filter((i) => rearranged.has(i) || far[i] > bounds.moved);
  if (elsewhere.length === 0) return undefined;
  const clusters = together(after, elsewhere, TOGETHER * bounds.nearest).map((atoms) => {
    const own = leading(atoms, rearranged, far, bounds.moved).sort((i, j) => far[j] - far[i] || i - j);
    return { atoms: own, displacements: own.map((i) => far[i]) };
  });
  return { u, clusters };
}

/**
 * Those that an event is about: that have gone far and found other neighbours. What a slip carries along without new neighbours
 * is not, nor what only gives way, unless there is nothing else.
 */
function leading(
  atoms: readonly number[],
  rearranged: ReadonlySet<number>,
  far: Float64Array,
  moved: number,
): number[] {
  const core = atoms.filter((i) => rearranged.has(i));
  const leaders = core.filter((i) => far[i] > moved);
  if (leaders.length > 0) return leaders;
  return core.length > 0 ? core : [...atoms];
}

/** Of `atoms`, those with other neighbours or another local structure. `before` is in the cell and frame of `after`. */
function surroundingsChanged(
  before: Structure,
  after: Structure,
  atoms: readonly number[],
  scale: Scale,
): ReadonlySet<number> {
  if (atomCount(after) <= MANY) return changedHere(before, after, atoms, scale);
  const region = regionAround(after, atoms, 2 * scale.bond, 2 * scale.bond);
  if (region.whole) return changedHere(before, after, atoms, scale);
  const place = new Map(Array.from(region.parents, (i, k) => [i, k]));
  const found = changedHere(
    cutRegion(region, before),
    region.structure,
    atoms.map((i) => place.get(i)!),
    scale,
  );
  return new Set(Array.from(found, (k) => region.parents[k]));
}

function changedHere(
  before: Structure,
  after: Structure,
  atoms: readonly number[],
  { bond, blur }: Scale,
): Set<number> {
  const [near, far] = [bond - blur, bond + blur];
  const [old, now] = [buildNeighbours(before, near), buildNeighbours(after, near)];
  const [codes, newCodes] = [localStructure(before), localStructure(after)];
  return new Set(
    atoms.filter(
      (i) =>
        codes[i] !== newCodes[i] ||
        leaves(old, after, i, far) || // a neighbour was lost
        leaves(now, before, i, far), // one was gained
    ),
  );
}

/** Whether a neighbour that atom i has in a list of the other structure is farther than `far` in `t`, by the same image. */
function leaves({ offsets, indices, shifts }: NeighbourList, t: Structure, i: number, far: number) {
  const c = t.cell;
  for (let p = offsets[i]; p < offsets[i + 1]; p++) {
    const j = indices[p];
    let square = 0;
    for (let x = 0; x < 3; x++) {
      const image = shifts[3 * p] * c[x] + shifts[3 * p + 1] * c[3 + x] + shifts[3 * p + 2] * c[6 + x];
      square += (t.positions[3 * j + x] - t.positions[3 * i + x] + image) ** 2;
    }
    if (square > far * far) return true;
  }
  return false;
}

/** Parts of `atoms` that are connected by distances below `reach` (Å), each ascending. */
export function together(s: Structure, atoms: readonly number[], reach: number): number[][] {
  const { offsets, indices } = buildNeighbours(subset(s, atoms), reach);
  const part = new Int32Array(atoms.length).fill(-1);
  const parts: number[][] = [];
  for (let k = 0; k < atoms.length; k++) {
    if (part[k] >= 0) continue;
    part[k] = parts.length;
    const members = [k];
    for (let m = 0; m < members.length; m++)
      for (let p = offsets[members[m]]; p < offsets[members[m] + 1]; p++)
        if (part[indices[p]] < 0) {
          part[indices[p]] = part[k];
          members.push(indices[p]);
        }
    parts.push(members.map((m) => atoms[m]).sort((i, j) => i - j));
  }
  return parts;
}

function indicesWhere(values: Float64Array, holds: (value: number) => boolean): number[] {
  const out: number[] = [];
  for (let i = 0; i < values.length; i++) if (holds(values[i])) out.push(i);
  return out;
}

/**
 * Where atoms are that go from one rest structure to another by `way` (Å, [3n]) and have come by `u`: all before, all after, or
 * neither, each atom being where it has less than half its way to.
 */
export function whereabouts(
  atoms: readonly number[],
  u: Float64Array,
  way: Float64Array,
  shifted: number,
): 'before' | 'after' | 'elsewhere' {
  let [isBefore, isAfter] = [true, true];
  for (const i of atoms) {
    let [gone, left, whole] = [0, 0, 0];
    for (let k = 3 * i; k < 3 * i + 3; k++) {
      gone += u[k] ** 2;
      left += (u[k] - way[k]) ** 2;
      whole += way[k] ** 2;
    }
    const near = Math.max(shifted ** 2, whole / 4);
    isBefore &&= gone < near;
    isAfter &&= left < near;
  }
  return isBefore ? 'before' : isAfter ? 'after' : 'elsewhere';
}
