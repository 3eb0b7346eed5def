import type { MdState } from '../core/mdState.ts';
import type { Structure } from '../core/structure.ts';
import { type Bounds, type Cluster, compare, whereabouts } from './compare.ts';
import { displacements } from './displaced.ts';
import type { Basin } from './transition.ts';

/** One change of basin between two neighbouring frames that were kept. */
export interface Crossing {
  /** The last frame seen before it and the first one seen after. */
  readonly last: MdState;
  readonly first: MdState;
  readonly after: Basin;
  readonly cluster: Cluster;
}

/** What a frame is at rest like, near a cluster of atoms at least. */
export type RestOf = (frame: MdState, cluster: Cluster) => Promise<Structure>;

/**
 * Bisects in time: `frames` begin before and end after a change from one basin to another. A frame in the middle that is in neither
 * basin makes two changes of one. Takes ⌈log2⌉ quenches where there is one change, never more than there are frames.
 */
export async function bracket(
  frames: readonly MdState[],
  before: Basin,
  after: Basin,
  cluster: Cluster,
  bounds: Bounds,
  restOf: RestOf,
): Promise<Crossing[]> {
  const [last, first] = [frames[0], frames[frames.length - 1]];
  if (frames.length <= 2) return [{ last, first, after, cluster }];
  const half = frames.length >> 1;
  const middle: Basin = { step: frames[half].step, structure: await restOf(frames[half], cluster) };
  const earlier = (to: Basin) => bracket(frames.slice(0, half + 1), before, to, cluster, bounds, restOf);
  const later = (from: Basin) => bracket(frames.slice(half), from, after, cluster, bounds, restOf);
  const state = whereabouts(
    cluster.atoms,
    displacements(before.structure, middle.structure),
    displacements(before.structure, after.structure),
    bounds.shifted,
  );
  if (state === 'before' || !compare(before.structure, middle.structure, bounds)) return later(before);
  if (state === 'after' || !compare(middle.structure, after.structure, bounds)) return earlier(after);
  return [...(await earlier(middle)), ...(await later(middle))];
}
