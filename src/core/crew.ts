import type { Arena } from './arena.ts';

/** One piece of work for compiled kernels. Which thread does it never shows in its result. */
export interface Task {
  /** Which kernel; see crewLayout.ts. */
  readonly kind: number;
  readonly factor?: number;
  /** At most 12 sizes and addresses, as the kernel reads them. */
  readonly words: readonly number[];
}

/** Threads over one shared memory that carry out tasks; the caller's thread is one of them. */
export interface Crew {
  readonly threads: number;
  readonly arena: Arena;
  /** Returns when all tasks, which must be independent of one another, and `meanwhile` have been carried out. */
  run<T>(tasks: readonly Task[], meanwhile?: () => T): T;
}
