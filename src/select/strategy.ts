import type { Sight } from './sight.ts';

/** What there is to choose from, and what is labelled already. */
export interface Pool {
  readonly candidates: readonly Sight[];
  /** Features of what has been labelled. */
  readonly labelled: readonly Float64Array[];
}

/** A way to choose what is worth a label. */
export interface Strategy {
  readonly kind: string;
  /** Whether it looks at what the members say: `spread` and `responses`. */
  readonly needsMembers: boolean;
  /** Indices of `count` different candidates, the most wanted first; all of them where there are fewer. */
  choose(pool: Pool, count: number, seed: number): number[];
}
