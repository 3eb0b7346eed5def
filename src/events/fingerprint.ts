/**
 * What a transition is like, whatever its atoms are called and however it lies in space: elements, distances between the atoms that
 * take part and how many neighbours they have, before and after, all sorted. Mirror images are alike. Plain data.
 */
import { buildNeighbours } from '../core/neighbours.ts';
import { atomCount, type Structure, subset } from '../core/structure.ts';
import { carriedOver } from './displaced.ts';
import { cutRegion, regionAround } from './region.ts';
import { type Scale, scaleOf } from './scale.ts';
import type { Transition } from './transition.ts';

/** Sorted numbers by element or by pair of elements; of long lists, quantiles. */
type Lists = Readonly<Record<string, { readonly count: number; readonly values: readonly number[] }>>;

/** How the atoms that take part stand at one end. */
export interface End {
  /** Neighbours of the moved atoms, and of their neighbours. */
  readonly moved: Lists;
  readonly around: Lists;
  /** Å: from moved atoms to all that take part; and among the neighbours. */
  readonly reaches: Lists;
  readonly distances: Lists;
}

export interface Fingerprint {
  /** Å, nearest-neighbour distance: what tolerances are fractions of. */
  readonly nearest: number;
  /** Å, how far the atoms have gone. */
  readonly displacements: Lists;
  readonly before: End;
  readonly after: End;
}

/** Å around moved atoms: all that takes part and all of its neighbours lie within these, the second one doubled. */
const NEAR = 8;
const BEYOND = 4;
/** Numbers kept of a list. */
const MOST = 32;
/** Nearest-neighbour distances within which pairs are listed. */
const REACH = 3;

export function fingerprint({
  before,
  after,
  moved,
  displacements,
}: Omit<Transition, 'between' | 'origin'>): Fingerprint {
  const region = regionAround(before.structure, moved, NEAR, BEYOND);
  const start = cutRegion(region, before.structure);
  const end = cutRegion(region, after.structure);
  const scale = scaleOf(start);
  const place = new Map(Array.from(region.parents, (i, k) => [i, k]));
  const movers = moved.map((i) => place.get(i)!);
  const calm = carriedOver(start, end);
  const others = neighboursOf([calm, end], movers, scale.bond);
  return {
    nearest: scale.nearest,
    displacements: lists(movers.map((i, k) => [symbol(start, i), displacements[k]])),
    before: endOf(calm, movers, others, scale),
    after: endOf(end, movers, others, scale),
  };
}

/** Atoms that are neighbours of any of `atoms` at either end and none of them. */
function neighboursOf(ends: readonly Structure[], atoms: readonly number[], bond: number): number[] {
  const found = new Set<number>();
  for (const s of ends) {
    const { offsets, indices } = buildNeighbours(s, bond);
    for (const i of atoms) for (let p = offsets[i]; p < offsets[i + 1]; p++) found.add(indices[p]);
  }
  for (const i of atoms) found.delete(i);
  return [...found].sort((i, j) => i - j);
}

function endOf(s: Structure, movers: readonly number[], others: readonly number[], scale: Scale): End {
  const all = [...movers, ...others];
  const counts = coordinations(s, scale);
  const isMover = (k: number) => k < movers.length;
  const [reaches, distances]: [[string, number][], [string, number][]] = [[], []];
  eachPair(subset(s, all), REACH * scale.nearest, (k, l, d) => {
    if (l < k) return;
    const pair = [symbol(s, all[k]), symbol(s, all[l])].sort().join('-');
    (isMover(k) || isMover(l) ? reaches : distances).push([pair, d]);
  });
  const named = (atoms: readonly number[]) =>
    lists(atoms.map((i): [string, number] => [symbol(s, i), counts[i]]));
  return {
    moved: named(movers),
    around: named(others),
    reaches: lists(reaches),
    distances: lists(distances),
  };
}

/** Neighbours of every atom; a pair within bond ± blur counts for a part of one. */
function coordinations(s: Structure, { bond, blur }: Scale): Float64Array {
  const counts = new Float64Array(atomCount(s));
  eachPair(s, bond + blur, (i, _, d) => {
    counts[i] += Math.min(1, Math.max(0, (bond + blur - d) / (2 * blur)));
  });
  return counts;
}

function eachPair(s: Structure, cutoff: number, visit: (i: number, j: number, d: number) => void): void {
  const { offsets, indices, shifts } = buildNeighbours(s, cutoff);
  const [r, c] = [s.positions, s.cell];
  for (let i = 0; i < atomCount(s); i++)
    for (let p = offsets[i]; p < offsets[i + 1]; p++) {
      const j = indices[p];
      let square = 0;
      for (let x = 0; x < 3; x++) {
        const image = shifts[3 * p] * c[x] + shifts[3 * p + 1] * c[3 + x] + shifts[3 * p + 2] * c[6 + x];
        square += (r[3 * j + x] + image - r[3 * i + x]) ** 2;
      }
      visit(i, j, Math.sqrt(square));
    }
}

function symbol(s: Structure, i: number): string {
  return s.elements[s.species[i]];
}

function lists(named: readonly (readonly [string, number])[]): Lists {
  const by = new Map<string, number[]>();
  for (const [name, value] of named) by.set(name, [...(by.get(name) ?? []), value]);
  return Object.fromEntries(
    [...by]
      .sort(([p], [q]) => (p < q ? -1 : 1))
      .map(([name, values]) => [
        name,
        { count: values.length, values: quantiles(values.sort((p, q) => p - q)) },
      ]),
  );
}

/** MOST numbers spread evenly over sorted ones, rounded to what can matter. */
function quantiles(sorted: readonly number[]): number[] {
  const round = (x: number) => Math.round(1e4 * x) / 1e4;
  if (sorted.length <= MOST) return sorted.map(round);
  return Array.from({ length: MOST }, (_, k) => {
    const at = (k * (sorted.length - 1)) / (MOST - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, sorted.length - 1);
    return round(sorted[low] + (at - low) * (sorted[high] - sorted[low]));
  });
}
