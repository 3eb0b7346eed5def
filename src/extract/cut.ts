import type { NeighbourList } from '../core/neighbours.ts';
import { atomCount, type Periodic, type Structure } from '../core/structure.ts';
import type { Parent } from './parent.ts';

/** Part of a parent cell, knowing where each atom came from. */
export interface Cut {
  readonly kind: 'patch' | 'cluster';
  readonly structure: Structure;
  /** Atom of the parent, [n]. */
  readonly parents: Int32Array;
  /** Lattice translations of the parent that bring it here, [3n]. */
  readonly shifts: Int32Array;
  /** Directions closed with a period of the cut's own: an image across one is a stranger. */
  readonly closed: Periodic;
  /** Index of the atom it was made for. */
  readonly centre: number;
  /** [n]; 1 where relaxation has moved the atom. */
  readonly moved: Uint8Array;
}

/** The cut without the atoms marked in `gone`. */
export function without(cut: Cut, gone: Uint8Array): Cut {
  const kept = Array.from(gone.keys()).filter((k) => !gone[k]);
  const triples = kept.flatMap((k) => [3 * k, 3 * k + 1, 3 * k + 2]);
  const s = cut.structure;
  return {
    ...cut,
    structure: {
      ...s,
      species: Uint8Array.from(kept, (k) => s.species[k]),
      positions: Float64Array.from(triples, (k) => s.positions[k]),
    },
    parents: Int32Array.from(kept, (k) => cut.parents[k]),
    shifts: Int32Array.from(triples, (k) => cut.shifts[k]),
    centre: kept.indexOf(cut.centre),
    moved: Uint8Array.from(kept, (k) => cut.moved[k]),
  };
}

/** True when entry p of the cut's neighbour list reaches across the seam, to an atom that was not there before. */
export function isStranger(cut: Cut, list: NeighbourList, p: number): boolean {
  return [0, 1, 2].some((x) => cut.closed[x] && list.shifts[3 * p + x] !== 0);
}

/**
 * [n]; 1 where the neighbourhood within the cutoff is the parent's: every neighbour it had is there and unmoved, and
 * there is no other. Decided by who the neighbours are, so that rounding at the cutoff cannot blur it.
 */
export function intactAtoms(cut: Cut, parent: Parent, list: NeighbourList): Uint8Array {
  const n = atomCount(cut.structure);
  // Along a direction that keeps the parent's period all images of an atom are the same atom.
  const counts = [0, 1, 2].map((x) => cut.closed[x] || !cut.structure.periodic[x]);
  const name = (atom: number, shift: (x: number) => number) =>
    `${atom}:${counts[0] ? shift(0) : ''}:${counts[1] ? shift(1) : ''}:${counts[2] ? shift(2) : ''}`;
  const present = new Set<string>();
  for (let k = 0; k < n; k++)
    if (!cut.moved[k]) present.add(name(cut.parents[k], (x) => cut.shifts[3 * k + x]));
  const had = parent.neighbours;
  const isIntact = (k: number) => {
    if (cut.moved[k]) return false;
    for (let p = list.offsets[k]; p < list.offsets[k + 1]; p++)
      if (cut.moved[list.indices[p]] || isStranger(cut, list, p)) return false;
    const i = cut.parents[k];
    for (let p = had.offsets[i]; p < had.offsets[i + 1]; p++)
      if (!present.has(name(had.indices[p], (x) => cut.shifts[3 * k + x] + had.shifts[3 * p + x])))
        return false;
    return true;
  };
  return Uint8Array.from({ length: n }, (_, k) => Number(isIntact(k)));
}

/**
 * [n]; 1 where the force is trusted. F_i = −Σ_j ∂E_j/∂r_i runs over the neighbours j, each with a neighbourhood of
 * its own, so a force is exactly the parent's where the atom and all its neighbours are intact. Where the centre
 * itself is not that well protected, because a smaller core was asked for, the intact atoms are taken instead and
 * the proof measures what that costs.
 */
export function coreAtoms(cut: Cut, intact: Uint8Array, list: NeighbourList): Uint8Array {
  const exact = intact.map((value, k) => {
    if (!value) return 0;
    for (let p = list.offsets[k]; p < list.offsets[k + 1]; p++) if (!intact[list.indices[p]]) return 0;
    return 1;
  });
  return exact[cut.centre] ? exact : intact;
}
