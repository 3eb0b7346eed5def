/**
 * A path over any number of saddles. Where the rough band dips between its ends, what lies in the dip is relaxed; if that is a rest
 * position of its own, the path goes by it: one band a leg, each with its own saddle, put together in the end.
 */
import type { Structure } from '../core/structure.ts';
import { type Band, type BandOptions, nudgedElasticBand } from './band.ts';
import type { Evaluates } from './evaluates.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { centre, nearestMoves } from './pathEnds.ts';
import { relax } from './relax.ts';

export interface MinimumEnergyPath extends Omit<Band, 'dips' | 'rounds'> {
  /** Images at rest, the first and the last among them. */
  readonly rests: readonly number[];
  /** The saddle between each of them and the next; `saddle` is the highest. */
  readonly saddles: readonly number[];
}

export interface PathOptions extends Omit<BandOptions, 'stopAtDips'> {
  /** Saddles at most. */
  readonly legs?: number;
}

/** eV/Å: what lies in a dip is relaxed to this. */
const REST = 1e-3;
/** Å, over all atoms: nearer ones are one rest position. */
const APART = 0.3;
const LEGS = 8;

export async function minimumEnergyPath(
  evaluates: Evaluates,
  initial: Structure,
  final: Structure,
  { legs: most = LEGS, ...options }: PathOptions = {},
): Promise<Outcome<MinimumEnergyPath>> {
  const legs: Band[] = [];
  const goals = [final];
  let from = initial;
  let spent = 0;
  let { guess } = options;
  while (goals.length > 0) {
    const to = goals[goals.length - 1];
    const { guess: _, ...rest } = options;
    const tried = await nudgedElasticBand(evaluates, from, to, {
      ...rest,
      ...(guess && { guess }),
      stopAtDips: true,
    });
    guess = undefined;
    if (tried.failure !== undefined) return failed(tried.failure);
    let band = tried.value;
    spent += band.evaluations;
    if (band.dips.length > 0) {
      const { minima, evaluations } = await minimaBetween(evaluates, band, options);
      spent += evaluations;
      if (minima.length > 0) {
        goals.push(...minima.reverse());
        if (legs.length + goals.length > most)
          return failed(
            `the path goes over more than ${most} saddles; look for an event of its own on the way`,
          );
        continue;
      }
      if (!band.converged) {
        const again = await nudgedElasticBand(evaluates, from, to, { ...rest, guess: band.images });
        band = again.value ?? band;
        spent += band.evaluations;
      }
    }
    legs.push(band);
    from = band.images[band.images.length - 1];
    goals.pop();
  }
  return found(joined(legs, spent));
}

/** Rest positions in the dips that are neither each other nor the ends, in the order of the path. */
async function minimaBetween(
  evaluates: Evaluates,
  { dips, images }: Band,
  { hold }: PathOptions,
): Promise<{ readonly minima: Structure[]; readonly evaluations: number }> {
  const last = images[images.length - 1];
  const minima: Structure[] = [];
  let evaluations = 0;
  for (const dip of dips) {
    const settled = await relax(evaluates, images[dip], { cell: false, force: REST, ...(hold && { hold }) });
    evaluations += settled.steps;
    const known = [images[0], last, ...minima];
    if (settled.converged && known.every((s) => apart(s, settled.structure, hold) > APART))
      minima.push(settled.structure);
  }
  return { minima, evaluations };
}

function apart(a: Structure, b: Structure, hold?: Uint8Array): number {
  const moves = nearestMoves(a, b);
  if (!hold?.some(Boolean) && moves.length > 3) centre(moves);
  return Math.hypot(...moves);
}

function joined(legs: readonly Band[], evaluations: number): MinimumEnergyPath {
  const images: Structure[] = [legs[0].images[0]];
  const energies = [legs[0].energies[0]];
  const distances = [0];
  const rests = [0];
  const saddles: number[] = [];
  for (const leg of legs) {
    const at = images.length - 1;
    const start = distances[at];
    saddles.push(at + leg.saddle);
    images.push(...leg.images.slice(1));
    energies.push(...leg.energies.slice(1));
    distances.push(...leg.distances.slice(1).map((d) => start + d));
    rests.push(images.length - 1);
  }
  const highest = saddles.reduce((best, k, leg) => (energies[k] > energies[saddles[best]] ? leg : best), 0);
  const failures = legs.flatMap(({ failure }, k) =>
    failure === undefined ? [] : [legs.length > 1 ? `leg ${k + 1} of ${legs.length}: ${failure}` : failure],
  );
  return {
    converged: failures.length === 0,
    ...(failures.length > 0 && { failure: failures.join('; ') }),
    images,
    energies,
    distances,
    rests,
    saddles,
    saddle: saddles[highest],
    mode: legs[highest].mode,
    force: Math.max(...legs.map((leg) => leg.force)),
    climbForce: Math.max(...legs.map((leg) => leg.climbForce)),
    evaluations,
  };
}
