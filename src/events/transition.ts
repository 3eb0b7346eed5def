import type { MdState } from '../core/mdState.ts';
import type { Structure } from '../core/structure.ts';

/** A rest position of all atoms: what a frame of the trajectory comes to when it is quenched. */
export interface Basin {
  /** Of the frame that was quenched. */
  readonly step: number;
  readonly structure: Structure;
}

/** A change of basin that has outlasted recrossings; both basins in the cell that `origin` has. */
export interface Transition {
  readonly before: Basin;
  readonly after: Basin;
  /** The last step seen in the old basin and the first one seen in the new. */
  readonly between: readonly [number, number];
  /** Atoms that have moved, the farthest first. */
  readonly moved: readonly number[];
  /** Å, of each of them. */
  readonly displacements: readonly number[];
  /** Of the trajectory, still in the old basin: where to go on from if nothing has happened after all. */
  readonly origin: MdState;
}
