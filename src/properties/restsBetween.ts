import type { Structure } from '../core/structure.ts';
import { type Band, unheld } from './band.ts';
import { lowestCurvatures } from './curvatures.ts';
import type { Evaluates } from './evaluates.ts';
import { dot } from './minimise.ts';
import { centre, nearestMoves } from './pathEnds.ts';
import { relax } from './relax.ts';

/** eV/Å: what lies in a dip is relaxed to this. */
const REST = 1e-3;
/** Å, over all atoms: nearer ones are one rest position. */
const APART = 0.3;
/** Å by which a saddle is left. */
const LEAVE = 0.2;

/** eV/Å²: what is below is negative, whatever finite differences and an early end of the search may do. */
export const NEGATIVE = -0.1;

/** Rest positions in the dips of a band that are neither each other nor its ends, in the order of the path. */
export async function restsBetween(
  evaluates: Evaluates,
  { dips, images }: Pick<Band, 'dips' | 'images'>,
  hold?: Uint8Array,
): Promise<{ readonly rests: Structure[]; readonly evaluations: number }> {
  const rests: Structure[] = [];
  let evaluations = 0;
  for (const dip of dips) {
    const along = nearestMoves(images[dip - 1], images[dip + 1]);
    const settled = await settledAround(evaluates, images[dip], along, hold);
    evaluations += settled.evaluations;
    for (const s of settled.rests) {
      const known = [images[0], images[images.length - 1], ...rests];
      if (known.every((k) => apart(k, s, hold) > APART)) rests.push(s);
    }
  }
  return { rests, evaluations };
}

/**
 * The rest position below an image; where symmetry keeps it on a saddle, the two to its sides, first the one against `along`.
 * None where it does not settle.
 */
async function settledAround(
  evaluates: Evaluates,
  image: Structure,
  along: Float64Array,
  hold?: Uint8Array,
): Promise<{ readonly rests: Structure[]; readonly evaluations: number }> {
  const held = hold ? { hold } : {};
  const settle = (s: Structure) => relax(evaluates, s, { cell: false, force: REST, ...held });
  const first = await settle(image);
  if (!first.converged) return { rests: [], evaluations: first.steps };
  const { values, vectors, evaluations } = await lowestCurvatures(evaluates, first.structure, {
    count: 1,
    ...held,
  });
  let spent = first.steps + evaluations;
  if (values[0] > NEGATIVE) return { rests: [first.structure], evaluations: spent };
  const rests: Structure[] = [];
  const forward = dot(vectors[0], along) > 0 ? 1 : -1;
  for (const sign of [-forward, forward]) {
    const { positions } = first.structure;
    const beside = positions.map((x, k) => x + sign * LEAVE * vectors[0][k]);
    const { structure, converged, steps } = await settle({ ...first.structure, positions: beside });
    spent += steps;
    if (converged) rests.push(structure);
  }
  return { rests, evaluations: spent };
}

function apart(a: Structure, b: Structure, hold?: Uint8Array): number {
  const moves = unheld(nearestMoves(a, b), hold);
  if (!hold?.some(Boolean) && moves.length > 3) centre(moves);
  return Math.hypot(...moves);
}
