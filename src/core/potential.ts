import type { NeighbourList } from './neighbours.ts';
import type { Structure } from './structure.ts';

/**
 * What a caller may ask for beyond the total energy and the energies per atom, which always come.
 * `projections`: basis functions B_v of every atom. `memberEnergies`, `memberForces`, `memberVirials`: one set per ensemble member.
 */
export type Quantity =
  | 'forces'
  | 'virial'
  | 'projections'
  | 'memberEnergies'
  | 'memberForces'
  | 'memberVirials';

/** The result of one evaluation. Arrays that were not asked for are empty. */
export interface Evaluation {
  /** eV. */
  energy: number;
  /** eV per atom, [n]; they add up to `energy`. */
  energies: Float64Array;
  /** eV/Å, [3n]; of the ensemble mean where there is an ensemble. */
  forces: Float64Array;
  /** eV, row order [9]: −∂E/∂ε = −V·stress. */
  virial: Float64Array;
  /** B_v of atom i at `[i·projectionWidth + v]`; rows of elements with fewer functions are filled with zeros. */
  projections: Float64Array;
  projectionWidth: number;
  /** eV, [members × n]. */
  memberEnergies: Float64Array;
  /** eV/Å, [members × 3n]. */
  memberForces: Float64Array;
  /** eV, [members × 9], each as `virial`. */
  memberVirials: Float64Array;
}

/** An energy function of atoms. A pure function of the structure: the age of the neighbour list never shows. */
export interface Potential {
  readonly kind: string;
  /** Elements it knows. */
  readonly elements: readonly string[];
  /** Å. Pairs at or beyond it do not interact. */
  readonly cutoff: number;
  /** Ensemble members; 1 for a single potential. */
  readonly members: number;
  /** Width of one atom's projection row; 0 when the potential has none. */
  readonly projectionWidth: number;
  /**
   * Energies and what `want` names. `out`, if given, is a former result for as many atoms: its arrays are reused.
   * `neighbours` is a full list of at least `cutoff`. Throws a UserError for an element it does not know.
   */
  evaluate(s: Structure, neighbours: NeighbourList, want: readonly Quantity[], out?: Evaluation): Evaluation;
}

const NONE = new Float64Array(0);

/** A zeroed evaluation with the arrays that `want` names, reusing those of `out` where they fit. */
export function blankEvaluation(
  potential: Pick<Potential, 'members' | 'projectionWidth'>,
  atoms: number,
  want: readonly Quantity[],
  out?: Evaluation,
): Evaluation {
  const { members, projectionWidth } = potential;
  const sized = (old: Float64Array | undefined, wanted: boolean, length: number) => {
    if (!wanted) return NONE;
    return old && old.length === length ? old.fill(0) : new Float64Array(length);
  };
  const has = (q: Quantity) => want.includes(q);
  return {
    energy: 0,
    energies: sized(out?.energies, true, atoms),
    forces: sized(out?.forces, has('forces'), 3 * atoms),
    virial: sized(out?.virial, has('virial'), 9),
    projections: sized(out?.projections, has('projections'), projectionWidth * atoms),
    projectionWidth,
    memberEnergies: sized(out?.memberEnergies, has('memberEnergies'), members * atoms),
    memberForces: sized(out?.memberForces, has('memberForces'), members * 3 * atoms),
    memberVirials: sized(out?.memberVirials, has('memberVirials'), members * 9),
  };
}
