import type { Potential } from '../core/potential.ts';
import { type Environment, volumeGain } from './environment.ts';
import type { Sight } from './sight.ts';
import type { Strategy } from './strategy.ts';
import { teach } from './volume.ts';

/** What a strategy sees of a single environment. */
export interface LoneSight extends Sight {
  readonly environments: readonly [Environment];
}

/** Environments waiting for a label. */
export interface Queue {
  /**
   * The one most wanted by the strategy among those that add enough volume. Until something has been learned no gain is
   * asked for, and the frame `first` comes before all others: a run that stopped there must learn something to go on.
   */
  next(): Environment | undefined;
  /** These have been learned: they leave, and what resembles them loses its grade. */
  learn(which: (e: Environment) => boolean): void;
  /** These leave without having been learned. */
  drop(which: (e: Environment) => boolean): void;
}

/** A queue over environments whose coordinates it may change. */
export function queue(
  sights: readonly LoneSight[],
  strategy: Strategy,
  potential: Potential,
  first: number,
  gain: number,
  seed: number,
): Queue {
  let waiting = [...sights];
  const labelled: LoneSight[] = [];
  const wanted = (candidates: readonly LoneSight[]) => {
    const [k] = strategy.choose(
      { candidates, labelled, potential },
      1,
      seed + sights.length - waiting.length,
    );
    return k === undefined ? undefined : candidates[k].environments[0];
  };
  const leave = (which: (e: Environment) => boolean) => {
    waiting = waiting.filter((s) => !which(s.environments[0]));
  };
  return {
    next() {
      if (labelled.length === 0)
        return wanted(waiting.filter((s) => s.environments[0].frame === first)) ?? wanted(waiting);
      return wanted(waiting.filter((s) => volumeGain(s.environments[0]) > gain));
    },
    learn(which) {
      const taught = waiting.filter((s) => which(s.environments[0]));
      labelled.push(...taught);
      teach(
        taught.map((s) => s.environments[0]),
        waiting.map((s) => s.environments[0]),
      );
      leave(which);
    },
    drop: leave,
  };
}
