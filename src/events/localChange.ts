import { LOCAL_STRUCTURES, type LocalStructure, localStructure } from '../analysis/localStructure.ts';
import { gridOf, within } from './near.ts';
import { cutRegion, regionAround } from './region.ts';
import type { Transition } from './transition.ts';

/** Å around moved atoms: their neighbours; and what these need to be told apart. */
const NEAR = 4;
const NEEDED = 4;

type Counts = Partial<Record<LocalStructure, number>>;

/** Local structure of the moved atoms and of what is near them. */
export interface LocalChange {
  readonly before: Readonly<Counts>;
  readonly after: Readonly<Counts>;
  /** From one kind to another, the most frequent first. */
  readonly turned: readonly {
    readonly from: LocalStructure;
    readonly to: LocalStructure;
    readonly atoms: number;
  }[];
}

export function localChange({ before, after, moved }: Transition): LocalChange {
  const region = regionAround(before.structure, moved, NEAR, NEEDED);
  const [old, now] = [before, after].map((b) => localStructure(cutRegion(region, b.structure)));
  const near = within(gridOf(before.structure), moved, NEAR);
  const counts: { before: Counts; after: Counts } = { before: {}, after: {} };
  const turned = new Map<string, { from: LocalStructure; to: LocalStructure; atoms: number }>();
  region.parents.forEach((i, k) => {
    if (!near[i]) return;
    const [from, to] = [LOCAL_STRUCTURES[old[k]], LOCAL_STRUCTURES[now[k]]];
    counts.before[from] = (counts.before[from] ?? 0) + 1;
    counts.after[to] = (counts.after[to] ?? 0) + 1;
    if (from === to) return;
    const sum = turned.get(`${from} ${to}`) ?? { from, to, atoms: 0 };
    sum.atoms++;
    turned.set(`${from} ${to}`, sum);
  });
  return { ...counts, turned: [...turned.values()].sort((p, q) => q.atoms - p.atoms) };
}
