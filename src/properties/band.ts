/**
 * Minimum-energy path between two rest positions by a nudged elastic band whose top image climbs to the saddle; forces in
 * `bandForces.ts`, first guess in `interpolate.ts`. The cell is fixed. An interior minimum is left to `minimumEnergyPath.ts`.
 */
import type { Structure } from '../core/structure.ts';
import { bandForce, distance, largestForce, tangentAt } from './bandForces.ts';
import type { Evaluates } from './evaluates.ts';
import { followForces } from './followForces.ts';
import { interpolated } from './interpolate.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { nearestMoves, type PathEnds, pathEnds } from './pathEnds.ts';

export interface BandOptions {
  /** Images between the two ends; default 7. */
  readonly images?: number;
  /**
   * [n]; 1: this atom stays where it is. Barriers come out too high by what it would have given way: strains fall off as R⁻³, so
   * by about 4 eV over the number of mobile atoms for a vacancy in copper, 1 eV in aluminium; `settlingLeft` of the whole tells how much.
   */
  readonly hold?: Uint8Array;
  /** eV/Å, of any atom across the path at every image but the top one. */
  readonly force?: number;
  /** eV/Å, of any atom at the top image. */
  readonly climbForce?: number;
  /** eV/Å², between images. */
  readonly spring?: number;
  /** Rounds of all images at most. */
  readonly steps?: number;
  /** A former path with images of its own number, as of an ensemble that has learned since; its ends are put right. */
  readonly guess?: readonly Structure[];
  /** Whether to stop before climbing where the rough band shows an interior minimum; default false. */
  readonly stopAtDips?: boolean;
}

/** What the optimiser left, on the path or not. */
export interface Band {
  readonly converged: boolean;
  /** For people; only where it did not converge. */
  readonly failure?: string;
  /** Both ends among them, atoms moving continuously from one to the next. */
  readonly images: readonly Structure[];
  /** eV, [images]. */
  readonly energies: readonly number[];
  /** Å, along the path from the first image, [images]. */
  readonly distances: readonly number[];
  /** The image of highest energy. */
  readonly saddle: number;
  /** Unit vector along the path at the saddle, [3n]. */
  readonly mode: Float64Array;
  /** Interior images lower than both neighbours by more than rounding and unevenness make. */
  readonly dips: readonly number[];
  /** eV/Å: the largest force across the path, and the largest at the top image. */
  readonly force: number;
  readonly climbForce: number;
  /** Rounds of all interior images, and evaluations, those of the ends included. */
  readonly rounds: number;
  readonly evaluations: number;
}

export const BAND = { images: 7, force: 0.03, climbForce: 5e-3, spring: 5, steps: 150 } as const;

/** eV/Å: a band this near to its path has a top worth climbing from. */
const ROUGH = 0.4;
/** eV/Å: ends with larger forces are not at rest; a smaller one changes their energies by less than a meV. */
const AT_REST = 0.05;
/** eV: shallower ones are no minima. */
const DIP = 5e-3;

/** No band: where the ends do not fit each other, are not at rest or cannot be evaluated. */
export async function nudgedElasticBand(
  evaluates: Evaluates,
  initial: Structure,
  final: Structure,
  options: BandOptions = {},
): Promise<Outcome<Band>> {
  const { hold, steps = BAND.steps } = options;
  const ends = pathEnds(initial, final, hold);
  if (ends.failure !== undefined) return failed(ends.failure);
  const outer: number[] = [];
  for (const [name, end] of [
    ['first', ends.value.initial],
    ['last', ends.value.final],
  ] as const) {
    const e = await evaluates.evaluate(end, ['forces']);
    const force = largestForce(unheld(e.forces, hold));
    if (!Number.isFinite(e.energy)) return failed(`the ${name} end has the energy ${e.energy}`);
    if (force > AT_REST)
      return failed(
        `the ${name} end is not at rest: ${force.toPrecision(2)} eV/Å; relax it with the same atoms held`,
      );
    outer.push(e.energy);
  }
  const images = options.guess
    ? alongGuess(ends.value, options.guess)
    : await interpolated(ends.value, (options.images ?? BAND.images) + 2, hold);
  const work = workOn(evaluates, ends.value.initial, images, outer, options);
  const rounds = await followForces(work.field, work.x, work.isCalm, steps);
  return found(report(ends.value.initial, work, rounds));
}

/** Å, [images][3n]: the guess between these ends, each image near the one before. */
function alongGuess({ initial, final }: PathEnds, guess: readonly Structure[]): Float64Array[] {
  const inner: Float64Array[] = [];
  let before = initial;
  for (const image of guess.slice(1, -1)) {
    const moves = nearestMoves(before, image);
    before = { ...initial, positions: before.positions.map((x, k) => x + moves[k]) };
    inner.push(before.positions);
  }
  return [initial.positions, ...inner, final.positions];
}

type Work = ReturnType<typeof workOn>;

/** The band as one vector of unknowns, and what the latest round said of it. */
function workOn(
  evaluates: Evaluates,
  frame: Structure,
  start: readonly Float64Array[],
  [first, last]: readonly number[],
  options: BandOptions,
) {
  const {
    force = BAND.force,
    climbForce = BAND.climbForce,
    spring = BAND.spring,
    stopAtDips,
    hold,
  } = options;
  const size = frame.positions.length;
  const top = start.length - 1;
  const x = new Float64Array((top - 1) * size);
  start.slice(1, -1).forEach((image, k) => {
    x.set(image, k * size);
  });
  const images = start.map((image, k) =>
    k === 0 || k === top ? image : x.subarray((k - 1) * size, k * size),
  );
  const energies = start.map((_, k) => (k === top ? last : first));
  const now = {
    images,
    energies,
    climbing: -1,
    off: Number.POSITIVE_INFINITY,
    climb: Number.POSITIVE_INFINITY,
  };
  const dipped = () =>
    Boolean(stopAtDips) && now.climbing < 0 && now.off < ROUGH && dipsOf(energies).length > 0;
  const field = async (_: Float64Array, out: Float64Array) => {
    const forces: Float64Array[] = [];
    for (let k = 1; k < top; k++) {
      const e = await evaluates.evaluate({ ...frame, positions: images[k].slice() }, ['forces']);
      energies[k] = e.energy;
      forces[k] = unheld(e.forces, hold);
    }
    if (!energies.every(Number.isFinite)) return undefined;
    const highest = topOf(energies);
    const climbs = now.off < ROUGH && !dipped() && highest > 0 && highest < top ? highest : -1;
    const changed = climbs !== now.climbing;
    now.climbing = now.climbing >= 0 && climbs < 0 && highest > 0 && highest < top ? highest : climbs;
    now.off = 0;
    for (let k = 1; k < top; k++) {
      const triple = [images[k - 1], images[k], images[k + 1]];
      const tau = tangentAt(triple, energies.slice(k - 1, k + 2));
      const { total, off } = bandForce(triple, forces[k], tau, spring, k === now.climbing);
      out.set(total, (k - 1) * size);
      if (k === now.climbing) now.climb = off;
      else now.off = Math.max(now.off, off);
    }
    return changed;
  };
  const isCalm = () =>
    dipped() || (now.off <= force && (now.climbing >= 0 ? now.climb <= climbForce : isFlat(energies)));
  return { x, field, isCalm, now, wanted: { force, climbForce } };
}

/** No image above both ends: nothing to climb. */
export function isFlat(energies: readonly number[]): boolean {
  const highest = topOf(energies);
  return highest === 0 || highest === energies.length - 1;
}

function report(frame: Structure, { now, wanted, isCalm }: Work, rounds: number): Band {
  const { images, energies, climbing, off, climb } = now;
  const saddle = topOf(energies);
  const distances = [0];
  for (let k = 1; k < images.length; k++)
    distances.push(distances[k - 1] + distance(images[k], images[k - 1]));
  const inner = Math.min(Math.max(saddle, 1), images.length - 2);
  const failure = failureOf({ energies, climbing, off, climb }, wanted, rounds, isCalm());
  return {
    converged: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
    images: images.map((positions) => ({ ...frame, positions: positions.slice() })),
    energies: [...energies],
    distances,
    saddle,
    mode: tangentAt(images.slice(inner - 1, inner + 2), energies.slice(inner - 1, inner + 2)),
    dips: dipsOf(energies),
    force: off,
    climbForce: climb,
    rounds,
    evaluations: 2 + rounds * (images.length - 2),
  };
}

function failureOf(
  { energies, climbing, off, climb }: Pick<Work['now'], 'energies' | 'climbing' | 'off' | 'climb'>,
  { force, climbForce }: Work['wanted'],
  rounds: number,
  calm: boolean,
): string | undefined {
  if (!energies.every(Number.isFinite)) return `an image has no finite energy after ${rounds} rounds`;
  if (calm && climbing >= 0) return undefined;
  if (calm && isFlat(energies))
    return 'no image lies above both ends: an end is no minimum, or the barrier fits between two images; take more of them';
  if (calm) return `minima lie between the ends, at the images ${dipsOf(energies).join(', ')}`;
  return (
    `no path after ${rounds} rounds: force across it ${off.toPrecision(2)} eV/Å (wanted ${force}), ` +
    `at the top ${climbing < 0 ? 'not climbing yet' : `${climb.toPrecision(2)} eV/Å (wanted ${climbForce})`}`
  );
}

function topOf(energies: readonly number[]): number {
  return energies.reduce((best, e, k) => (e > energies[best] ? k : best), 0);
}

/** Interior minima, each counted once, that lie below the tops to either side. */
export function dipsOf(energies: readonly number[]): number[] {
  const dips: number[] = [];
  for (let k = 1; k < energies.length - 1; k++) {
    if (!(energies[k] < energies[k - 1] && energies[k] <= energies[k + 1])) continue;
    const wall = Math.min(Math.max(...energies.slice(0, k)), Math.max(...energies.slice(k + 1)));
    if (wall - energies[k] > DIP) dips.push(k);
  }
  return dips;
}

/** Forces without those of held atoms, in an array of their own. */
export function unheld(forces: Float64Array, hold?: Uint8Array): Float64Array {
  return forces.map((f, k) => (hold?.[Math.floor(k / 3)] ? 0 : f));
}
