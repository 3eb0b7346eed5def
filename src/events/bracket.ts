import type { MdState } from '../core/mdState.ts';
import type { Structure } from '../core/structure.ts';
import { type Bounds, type Cluster, compare, whereabouts } from './compare.ts';
import { displacements } from './displaced.ts';
import { type FirmRest, pushed } from './firm.ts';
import type { Basin } from './transition.ts';

/** One change of basin between two neighbouring frames that were kept. */
export interface Crossing {
  /** The last frame seen before it and the first one seen after. */
  readonly last: MdState;
  readonly first: MdState;
  readonly after: Basin;
  readonly cluster: Cluster;
}

/** What bisecting takes. */
export interface InTime {
  readonly bounds: Bounds;
  readonly restOf: RestOf;
  readonly firm: FirmRest;
}

/** What a frame is at rest like, near a cluster of atoms at least. */
export type RestOf = (frame: MdState, cluster: Cluster) => Promise<Structure>;

/**
 * Bisects in time: `frames` begin before and end after a change from one basin to another. A frame in the middle that comes to rest in
 * neither basin, nor falls into the later one when it is pushed there, makes two changes of one. Takes ⌈log2⌉ quenches where there is one change, never more than there are frames.
 */
export async function bracket(
  frames: readonly MdState[],
  before: Basin,
  after: Basin,
  cluster: Cluster,
  time: InTime,
): Promise<Crossing[]> {
  const { bounds, restOf, firm } = time;
  const [last, first] = [frames[0], frames[frames.length - 1]];
  if (frames.length <= 2) return [{ last, first, after, cluster }];
  const half = frames.length >> 1;
  const { step } = frames[half];
  const earlier = (to: Basin) => bracket(frames.slice(0, half + 1), before, to, cluster, time);
  const later = (from: Basin) => bracket(frames.slice(half), from, after, cluster, time);
  const where = (s: Structure) => {
    const [gone, way] = [s, after.structure].map((t) => displacements(before.structure, t));
    const state = whereabouts(cluster.atoms, gone, way, bounds.shifted);
    if (state === 'before' || !compare(before.structure, s, bounds)) return 'before';
    return state === 'after' || !compare(s, after.structure, bounds) ? 'after' : 'elsewhere';
  };
  let structure = await restOf(frames[half], cluster);
  let state = where(structure);
  if (state === 'elsewhere') {
    structure = await firm(pushed(structure, displacements(structure, after.structure)), cluster.atoms);
    state = where(structure);
  }
  if (state === 'before') return later(before);
  if (state === 'after') return earlier(after);
  const middle: Basin = { step, structure };
  return [...(await earlier(middle)), ...(await later(middle))];
}
