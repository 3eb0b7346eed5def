import type { Potential } from '../core/potential.ts';
import type { Sight } from './sight.ts';

/** What there is to choose from, and what is labelled already. */
export interface Pool {
  readonly candidates: readonly Sight[];
  readonly labelled: readonly Sight[];
  readonly potential: Potential;
}

/** `members`: `spread` and `responses`; `rows`: what a label would say of the coefficients. */
export type Need = 'members' | 'rows';

/** A way to choose what is worth a label. */
export interface Strategy {
  readonly kind: string;
  /** What it looks at of a `Sight` that is not always there. */
  readonly needs: readonly Need[];
  /** Kind of the measure that takes the place of σ_F in `spread`. */
  readonly measure?: string;
  /** Indices of `count` different candidates, the most wanted first; all of them where there are fewer. */
  choose(pool: Pool, count: number, seed: number): number[];
}
