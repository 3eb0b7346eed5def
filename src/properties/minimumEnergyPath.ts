/**
 * A path over any number of saddles, each of which has one direction down. Where the rough band dips between its ends, what lies in the
 * dip is relaxed; if that is a rest position of its own, the path goes by it: one band a leg, put together in the end. Where symmetry has
 * kept a band on a ridge, so that its saddle has two negative curvatures, the band is moved aside along the second and goes on. Between
 * two rest positions there is always a saddle, so where no image lies above both ends there are too few of them, and they are doubled;
 * so they are, once, where the band has not come to its path.
 */
import type { Structure } from '../core/structure.ts';
import { type Band, type BandOptions, isFlat, nudgedElasticBand } from './band.ts';
import { type Curvatures, lowestCurvatures } from './curvatures.ts';
import type { Evaluates } from './evaluates.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { NEGATIVE, restsBetween } from './restsBetween.ts';

export interface MinimumEnergyPath extends Omit<Band, 'dips' | 'rounds'> {
  /** Images at rest, the first and the last among them. */
  readonly rests: readonly number[];
  /** The saddle between each of them and the next; `saddle` is the highest. */
  readonly saddles: readonly number[];
  /** eV/Å², the least two at the highest saddle, ascending. */
  readonly curvatures: readonly number[];
}

export interface PathOptions extends Omit<BandOptions, 'stopAtDips'> {
  /** Saddles at most. */
  readonly legs?: number;
}

const LEGS = 8;
/** Å by which a band leaves a ridge, and how often it may have to. */
const ASIDE = 0.2;
const RIDGES = 3;
/** How often images may be doubled where none lies above both ends. */
const FINER = 2;

/** A band over one saddle, or the rest positions that its path goes by. */
type Leg =
  | { readonly band: Band; readonly curvatures: readonly number[] }
  | { readonly by: readonly Structure[] };

export async function minimumEnergyPath(
  evaluates: Evaluates,
  initial: Structure,
  final: Structure,
  { legs: most = LEGS, guess, ...options }: PathOptions = {},
): Promise<Outcome<MinimumEnergyPath>> {
  let evaluations = 0;
  const counted: Evaluates = {
    evaluate(s, want) {
      evaluations++;
      return evaluates.evaluate(s, want);
    },
  };
  const legs: Exclude<Leg, { by: unknown }>[] = [];
  const goals = [final];
  let from = initial;
  let start = guess;
  while (goals.length > 0) {
    const leg = await legBetween(counted, from, goals[goals.length - 1], {
      ...options,
      ...(start && { guess: start }),
    });
    start = undefined;
    if (leg.failure !== undefined) return failed(leg.failure);
    if ('by' in leg.value) {
      goals.push(...[...leg.value.by].reverse());
      if (legs.length + goals.length > most)
        return failed(
          `the path goes over more than ${most} saddles; look for events of their own on the way`,
        );
      continue;
    }
    legs.push(leg.value);
    from = leg.value.band.images[leg.value.band.images.length - 1];
    goals.pop();
  }
  return found({ ...joined(legs), evaluations });
}

async function legBetween(
  evaluates: Evaluates,
  from: Structure,
  to: Structure,
  options: Omit<PathOptions, 'legs'>,
): Promise<Outcome<Leg>> {
  const { hold } = options;
  let guess = options.guess;
  let stopAtDips = true;
  for (let [ridge, finer] = [0, 0]; ; ) {
    const tried = await nudgedElasticBand(evaluates, from, to, {
      ...options,
      ...(guess && { guess }),
      stopAtDips,
    });
    if (tried.failure !== undefined) return failed(tried.failure);
    const band = tried.value;
    if (band.dips.length > 0) {
      const { rests } = await restsBetween(evaluates, band, hold);
      if (rests.length > 0) return found({ by: rests });
      if (!band.converged && stopAtDips) {
        // Nothing rests there: on towards the path.
        [guess, stopAtDips] = [band.images, false];
        continue;
      }
    }
    if (
      !band.converged &&
      band.energies.every(Number.isFinite) &&
      finer < (isFlat(band.energies) ? FINER : 1)
    ) {
      finer++;
      guess = doubled(band.images);
      continue;
    }
    if (!band.converged) return found({ band, curvatures: [] });
    const top = await lowestCurvatures(evaluates, band.images[band.saddle], {
      guess: band.mode,
      ...(hold && { hold }),
    });
    if (top.values[1] === undefined || top.values[1] > NEGATIVE || ridge++ === RIDGES)
      return found({ band: judged(band, top), curvatures: top.values });
    guess = beside(band, top.vectors[1]);
  }
}

/** The same band with an image more between each two. */
function doubled(images: readonly Structure[]): Structure[] {
  return images.flatMap((image, k) => {
    const after = images[k + 1]?.positions;
    return after
      ? [image, { ...image, positions: image.positions.map((x, i) => (x + after[i]) / 2) }]
      : [image];
  });
}

/** The band moved along `way`, most at its saddle. */
function beside({ images, distances, saddle }: Band, way: Float64Array): Structure[] {
  const last = images.length - 1;
  return images.map((image, k) => {
    const part =
      k <= saddle
        ? distances[k] / distances[saddle]
        : (distances[last] - distances[k]) / (distances[last] - distances[saddle]);
    const amount = ASIDE * Math.sin((Math.PI / 2) * part);
    return { ...image, positions: image.positions.map((x, i) => x + amount * way[i]) };
  });
}

/** A saddle with other than one way down is none. */
function judged(band: Band, { values: [first, second] }: Curvatures): Band {
  const text = `the least curvatures at the top are ${first.toPrecision(2)} and ${second?.toPrecision(2)} eV/Å²`;
  if (!(first < 0)) return { ...band, converged: false, failure: `${text}: no saddle` };
  if (second < NEGATIVE)
    return { ...band, converged: false, failure: `${text}: a ridge that the band does not leave` };
  return band;
}

function joined(legs: readonly { readonly band: Band; readonly curvatures: readonly number[] }[]) {
  const bands = legs.map(({ band }) => band);
  const images: Structure[] = [bands[0].images[0]];
  const energies = [bands[0].energies[0]];
  const distances = [0];
  const rests = [0];
  const saddles: number[] = [];
  for (const band of bands) {
    const at = images.length - 1;
    const start = distances[at];
    saddles.push(at + band.saddle);
    images.push(...band.images.slice(1));
    energies.push(...band.energies.slice(1));
    distances.push(...band.distances.slice(1).map((d) => start + d));
    rests.push(images.length - 1);
  }
  const highest = saddles.reduce((best, k, leg) => (energies[k] > energies[saddles[best]] ? leg : best), 0);
  const failures = bands.flatMap(({ failure }, k) =>
    failure === undefined ? [] : [bands.length > 1 ? `leg ${k + 1} of ${bands.length}: ${failure}` : failure],
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
    curvatures: legs[highest].curvatures,
    mode: bands[highest].mode,
    force: Math.max(...bands.map((band) => band.force)),
    climbForce: Math.max(...bands.map((band) => band.climbForce)),
  };
}
