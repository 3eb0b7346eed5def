import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Structure } from '../core/structure.ts';
import type { Calculator, Label } from './calculator.ts';
import { calculationFailed, isCalculationFailure } from './failure.ts';

/** Longest time that a timer can be set to, ms. */
const LONGEST = 2 ** 31 - 1;

export interface Patience {
  readonly calculator: Calculator;
  /** Wall seconds of one attempt. */
  readonly timeLimit: number;
  readonly retries: number;
}

/**
 * Calls the calculator until it succeeds or the retries are used up; every attempt has a folder of its own.
 * An attempt that ran out of time is not repeated. Throws what the last attempt threw.
 */
export async function patiently(
  s: Structure,
  folder: string,
  signal: AbortSignal,
  { calculator, timeLimit, retries }: Patience,
): Promise<Label> {
  for (let attempt = 1; ; attempt++) {
    const directory = join(folder, `attempt-${attempt}`);
    mkdirSync(directory, { recursive: true });
    const limit = AbortSignal.timeout(Math.min(LONGEST, Math.ceil(1000 * timeLimit)));
    try {
      return await calculator.label(s, { directory, signal: AbortSignal.any([signal, limit]) });
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted)
        throw calculationFailed(
          `calculator '${calculator.kind}' took longer than label.timeLimit, ${timeLimit} s`,
          directory,
        );
      if (!isCalculationFailure(error) || attempt > retries) throw error;
    }
  }
}
