import { atomCount, type Structure } from '../core/structure.ts';
import type { Crossing } from './bracket.ts';
import { type Bounds, type Cluster, compare } from './compare.ts';
import { carriedOver } from './displaced.ts';
import { gridOf, within } from './near.ts';
import type { Basin, Transition } from './transition.ts';

/** Nearest-neighbour distances around a cluster within which atoms give way to it. */
const GIVES_WAY = 3;

/**
 * Transitions one after the other, the earliest first, each from where the one before it led to; and where the last of them leads. Of
 * several independent ones each takes along only what is near it.
 */
export function chained(
  basin: Basin,
  crossings: readonly Crossing[],
  alone: boolean,
  bounds: Bounds,
): { readonly transitions: Transition[]; readonly basin: Basin } {
  const inTime = [...crossings].sort((p, q) => p.first.step - q.first.step);
  const transitions: Transition[] = [];
  let now = basin;
  for (const { last, first, after, cluster } of inTime) {
    const structure = alone ? after.structure : grafted(now.structure, after.structure, cluster, bounds);
    const next: Basin = { step: after.step, structure };
    const change = compare(now.structure, structure, bounds);
    if (!change) continue;
    transitions.push({
      before: { step: now.step, structure: carriedOver(now.structure, structure, change.u) },
      after: next,
      between: [last.step, first.step],
      ...inOne(change.clusters),
      origin: last,
    });
    now = next;
  }
  return { transitions, basin: now };
}

/** What has moved in all, the farthest first. */
export function inOne(clusters: readonly Cluster[]): Pick<Transition, 'moved' | 'displacements'> {
  const all = clusters
    .flatMap((c) => c.atoms.map((i, k) => [i, c.displacements[k]] as const))
    .sort((p, q) => q[1] - p[1] || p[0] - q[0]);
  return { moved: all.map(([i]) => i), displacements: all.map(([, d]) => d) };
}

/** `base` in the cell and frame of `from`, with the atoms around a cluster as they are there. */
function grafted(base: Structure, from: Structure, cluster: Cluster, { nearest }: Bounds): Structure {
  const calm = carriedOver(base, from);
  const radius = GIVES_WAY * nearest;
  const [here, there] = [calm, from].map((s) => within(gridOf(s), cluster.atoms, radius));
  const positions = calm.positions.slice();
  for (let i = 0; i < atomCount(base); i++)
    if (here[i] || there[i]) for (let k = 3 * i; k < 3 * i + 3; k++) positions[k] = from.positions[k];
  return { ...calm, positions };
}
