/**
 * MaxVol over any number of rows, block by block. A row given up early may be worth taking once others have changed, so passes are
 * repeated until one changes nothing; then no row is graded beyond the tolerance.
 * Memory: 10 K² + 1024 K doubles and one block, whatever the number of rows.
 */
import { eachBlock, type Progress, type Rows } from '../cluster/rows.ts';
import type { ElementActiveSet } from './activeSet.ts';
import { type ActiveSetOptions, activeSetBuilder } from './activeSetBuilder.ts';
import type { Algebra } from './algebra.ts';

export interface ChosenRows {
  /** Numbers of the rows in the active set, rising; fewer than K where no more are independent. */
  readonly chosen: readonly number[];
  readonly activeSet: ElementActiveSet;
  /** ln |det Â| after each pass. */
  readonly logVolumes: readonly number[];
  /** Whether the last pass changed nothing. */
  readonly settled: boolean;
}

/** At most `passes` over the rows. */
export function maxvolRows(
  rows: Rows,
  { passes = 4, ...options }: ActiveSetOptions & { readonly passes?: number },
  algebra?: Algebra,
  progress?: Progress,
): ChosenRows {
  const set = activeSetBuilder('', rows.width, options, algebra);
  const logVolumes: number[] = [];
  const settled = () => logVolumes.length > 1 && logVolumes.at(-1) === logVolumes.at(-2);
  while (logVolumes.length < passes && !settled()) {
    const pass = logVolumes.length;
    eachBlock(
      rows,
      (data, from, to) => set.offer(data, to - from),
      progress && ((share) => progress((pass + share) / passes)),
    );
    logVolumes.push(set.logVolume);
  }
  progress?.(1);
  const chosen = set.chosen.map((number) => number % rows.count).sort((a, b) => a - b);
  return { chosen, activeSet: set.snapshot(), logVolumes, settled: settled() };
}
