/** Atom-steps per second of engines that take turns. */
import type { Engine, Watch } from '../backend/backend.ts';
import { UserError } from '../core/errors.ts';

/** An engine under a watch, stepped `steps` at a time. */
export interface Runner {
  readonly name: string;
  readonly engine: Engine;
  readonly watch: Watch;
  readonly atoms: number;
  readonly steps: number;
}

export const UNWATCHED: Watch = { interval: 1, measures: [] };

/** The rates of all runners, `repeats` each after one to warm up; `between` is timed in turn with them. */
export async function rates(
  runners: readonly Runner[],
  repeats: number,
  between: () => void = () => {},
): Promise<ReadonlyMap<string, number>> {
  const found = new Map(runners.map((r) => [r.name, [] as number[]]));
  for (let k = 0; k <= repeats; k++) {
    if (k > 0) between();
    for (const r of runners) {
      const rate = await rateOf(r);
      if (k > 0) found.get(r.name)!.push(rate);
    }
  }
  return new Map([...found].map(([name, list]) => [name, median(list)]));
}

async function rateOf({ name, engine, watch, atoms, steps }: Runner): Promise<number> {
  const began = performance.now();
  const stop = await engine.advance(steps, watch, NEVER);
  const seconds = (performance.now() - began) / 1000;
  if (stop.reason !== 'finished')
    throw new UserError(
      `bench: ${name} ended with '${stop.reason}', must run; choose a lattice constant near equilibrium`,
    );
  return (atoms * steps) / seconds;
}

const NEVER = new AbortController().signal;

export function median(list: readonly number[]): number {
  const sorted = [...list].sort((p, q) => p - q);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
