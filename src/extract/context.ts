import type { Potential } from '../core/potential.ts';
import type { ActiveSet } from '../learn/activeSet.ts';
import type { LocalSets } from '../learn/localSets.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';

/** What the ensemble knows at the moment of extraction. */
export interface ExtractContext {
  /** The current ensemble; must give projections. */
  readonly potential: Potential;
  /** What it has been taught. */
  readonly active: ActiveSet;
  /** Where it has been taught with some. */
  readonly localSets?: readonly LocalSets[] | undefined;
  /** Grades the buffer of a cut. */
  readonly grade: Uncertainty;
  /** Grade above which an environment is new: a patch with nothing new in its buffer may teach its energy too. */
  readonly select: number;
}
