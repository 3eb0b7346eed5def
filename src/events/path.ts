/** The minimum-energy path of a transition: both ends at rest under one potential, the band between them, and how it curves at the saddle. */
import type { Structure } from '../core/structure.ts';
import { lowestCurvatures } from '../properties/curvatures.ts';
import { refineSaddle } from '../properties/dimer.ts';
import type { Evaluates } from '../properties/evaluates.ts';
import { minimumEnergyPath } from '../properties/minimumEnergyPath.ts';
import { relax } from '../properties/relax.ts';
import { compare } from './compare.ts';
import type { DetectionOptions } from './options.ts';
import { lengthsOf } from './rests.ts';
import { scaleOf } from './scale.ts';

/** Of the same atoms in the same cell, before and after. */
export interface Ends {
  readonly initial: Structure;
  readonly final: Structure;
  /** [n]; 1: there only to be felt. */
  readonly hold: Uint8Array;
}

export interface PathSearch {
  readonly images: number;
  /** eV/Å. */
  readonly force: number;
  /** Rounds of all images at most. */
  readonly steps: number;
}

export type EventPath =
  | {
      readonly kind: 'found';
      /** Both ends among them. */
      readonly images: readonly Structure[];
      /** eV, [images]. */
      readonly energies: readonly number[];
      /** Å, along the path from the first image, [images]. */
      readonly distances: readonly number[];
      /** Image of the highest saddle, refined. */
      readonly saddle: number;
      /** eV/Å², the two least at the saddle. */
      readonly curvatures: readonly number[];
    }
  /** Both ends come to rest in one basin. */
  | { readonly kind: 'same' }
  /** The first is no rest position: it leaves without a barrier, as a crystal under too much strain does. */
  | { readonly kind: 'spontaneous'; readonly ends: Ends }
  | { readonly kind: 'failed'; readonly reason: string; readonly ends: Ends };

/** eV/Å, of the ends. */
const REST = { force: 1e-3, steps: 1000 } as const;

export async function eventPath(
  evaluates: Evaluates,
  { initial, final, hold }: Ends,
  search: PathSearch,
  detection: DetectionOptions,
): Promise<EventPath> {
  const settled: Structure[] = [];
  for (const end of [initial, final]) {
    const { structure, converged, failure } = await relax(evaluates, end, { cell: false, hold, ...REST });
    if (!converged)
      return {
        kind: 'failed',
        reason: `an end does not come to rest: ${failure}`,
        ends: { initial, final, hold },
      };
    settled.push(structure);
  }
  const ends = { initial: settled[0], final: settled[1], hold };
  const bounds = lengthsOf(detection, scaleOf(initial));
  if (compare(initial, ends.initial, bounds)) return { kind: 'spontaneous', ends: { ...ends, initial } };
  if (!compare(ends.initial, ends.final, bounds)) return { kind: 'same' };
  const { images, force, steps } = search;
  const tried = await minimumEnergyPath(evaluates, ends.initial, ends.final, { images, force, steps, hold });
  if (tried.failure !== undefined) return { kind: 'failed', reason: tried.failure, ends };
  const path = tried.value;
  if (path.failure !== undefined) return { kind: 'failed', reason: path.failure, ends };
  const saddle = path.images[path.saddle];
  const refined = await refineSaddle(evaluates, saddle, path.mode, { hold, force: REST.force });
  if (refined.failure !== undefined) return { kind: 'failed', reason: refined.failure, ends };
  const { structure: top, energy, mode } = refined.value;
  const { values } = await lowestCurvatures(evaluates, top, { hold, guess: mode });
  return {
    kind: 'found',
    images: path.images.with(path.saddle, top),
    energies: path.energies.with(path.saddle, energy),
    distances: path.distances,
    saddle: path.saddle,
    curvatures: values,
  };
}
