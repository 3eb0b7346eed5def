import type { Crew } from '../core/crew.ts';
import type { Structure } from '../core/structure.ts';
import { type Ensemble, type Sight, sightOf, viewOf } from './sight.ts';
import type { Strategy } from './strategy.ts';

/** How to choose from structures. */
export interface Choice {
  readonly strategy: Strategy;
  readonly count: number;
  readonly seed: number;
  readonly crew?: Crew;
  /** Called after every structure looked at. */
  progress?(done: number, of: number): void;
}

/** Indices of the structures worth a label, the most wanted first. Of each structure only what strategies see is kept. */
export function chooseStructures(
  structures: readonly Structure[],
  labelled: readonly Structure[],
  ensemble: Ensemble,
  { strategy, count, seed, crew, progress }: Choice,
): number[] {
  const all = structures.length + labelled.length;
  const look = (s: Structure, k: number): Sight => {
    const sight = sightOf(viewOf(s, ensemble.potential, crew), k, ensemble, strategy);
    progress?.(k + 1, all);
    return sight;
  };
  const candidates = structures.map(look);
  const known = labelled.map((s, k) => look(s, structures.length + k));
  return strategy.choose({ candidates, labelled: known, potential: ensemble.potential }, count, seed);
}
