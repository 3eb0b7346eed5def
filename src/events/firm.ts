/**
 * Rest positions that events are told by. A relaxation that is stopped at a coarse force may halt on a ridge: pushed on along the way, it
 * falls off it, where a basin would take it back.
 */
import type { Structure } from '../core/structure.ts';
import { inOne } from './chain.ts';
import { type Bounds, compare } from './compare.ts';
import { carriedOver, inCell } from './displaced.ts';
import type { Rests } from './rests.ts';
import type { Transition } from './transition.ts';

/** Part of the way by which a rest position is pushed. */
const PUSH = 0.15;

/** eV/Å, of ends and of what has been pushed. */
export const FIRM = 2e-3;

/** `s` and a part of the way (Å, [3n]). */
export function pushed(s: Structure, way: Float64Array): Structure {
  return { ...s, positions: s.positions.map((x, k) => x + PUSH * way[k]) };
}

/** Brings one structure to rest: all of it, or what is near some of its atoms. */
export type FirmRest = (s: Structure, atoms: readonly number[]) => Promise<Structure>;

export function firmRest(rests: Rests, large: boolean, radius: number): FirmRest {
  return (s, atoms) => (large ? rests.near(s, s, atoms, radius) : rests.whole(s));
}

/** Firmly at rest where it can be: a perfect crystal under too much strain has no forces by symmetry, and leaves when it is pressed. */
async function stayed(
  s: Structure,
  atoms: readonly number[],
  firm: FirmRest,
  bounds: Bounds,
): Promise<Structure> {
  const rest = await firm(s, atoms);
  return compare(s, rest, bounds) ? s : rest;
}

/**
 * The same transitions between ends that are firmly at rest, without those whose ends come to rest in one place. Both are brought to rest
 * in the cell that the trajectory had when it was last seen in the old basin: a little later, in a cell that is strained, that may be none.
 */
export async function betweenFirmEnds(
  transitions: readonly Transition[],
  firm: FirmRest,
  bounds: Bounds,
): Promise<Transition[]> {
  const out: Transition[] = [];
  for (const t of transitions) {
    const { cell } = t.origin.structure;
    const [before, after] = [
      await stayed(inCell(t.before.structure, cell), t.moved, firm, bounds),
      await firm(inCell(t.after.structure, cell), t.moved),
    ];
    const change = compare(before, after, bounds);
    if (!change) continue;
    out.push({
      ...t,
      before: { ...t.before, structure: carriedOver(before, after, change.u) },
      after: { ...t.after, structure: after },
      ...inOne(change.clusters),
    });
  }
  return out;
}
