import type { Label } from '../calculators/calculator.ts';
import type { Structure } from '../core/structure.ts';

/** One labelled structure of the training set. */
export interface LabelledFrame {
  readonly structure: Structure;
  readonly label: Label;
  /** [n]; 1 where the atom's force enters the loss. */
  readonly core: Uint8Array;
  /** Whether energy and stress enter the loss. */
  readonly faithful: boolean;
  /** Kind of configuration, for tables and plots. */
  readonly group: string;
  /** Model generation that this frame was first used in. */
  readonly generation: number;
}
