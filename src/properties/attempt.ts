/**
 * Rates of rare events by harmonic transition-state theory: k = ν exp(−E/k_BT) with ν = Π ν_i / Π′ ν′_i over the normal modes at the
 * rest position and, the one that is unstable left out, at the saddle. G. H. Vineyard, J. Phys. Chem. Solids 3, 121 (1957).
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { atomCount, type Structure } from '../core/structure.ts';
import { ACCELERATION } from '../core/units.ts';
import { massesOf } from '../core/velocities.ts';
import type { Evaluates } from './evaluates.ts';
import { hessianOf } from './hessian.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { nearestMoves } from './pathEnds.ts';
import { TERAHERTZ } from './phonons.ts';

export interface Attempt {
  /** THz, ν. */
  readonly frequency: number;
  /** THz, ascending, at the rest position and at the saddle, the unstable one there negative. */
  readonly rest: Float64Array;
  readonly saddle: Float64Array;
}

/** Atoms whose modes a matrix of 3m × 3m is still quickly had for. */
export const MOST = 150;

/** `mobile`: atoms whose vibrations count, all others fixed; all atoms if absent, and then the whole may shift. */
export async function attemptFrequency(
  evaluates: Evaluates,
  rest: Structure,
  saddle: Structure,
  mobile: ArrayLike<number> = Array.from({ length: atomCount(rest) }, (_, i) => i),
): Promise<Outcome<Attempt>> {
  const [one] = await attemptFrequencies(evaluates, [rest], saddle, mobile);
  return one;
}

/** From each of several rest positions over the same saddle, whose modes are had once. */
export async function attemptFrequencies(
  evaluates: Evaluates,
  rests: readonly Structure[],
  saddle: Structure,
  mobile: ArrayLike<number>,
): Promise<Outcome<Attempt>[]> {
  if (mobile.length > MOST)
    return rests.map(() =>
      failed(
        `${mobile.length} mobile atoms are too many for a matrix of all their modes; choose at most ${MOST}`,
      ),
    );
  const drifts = mobile.length === atomCount(saddle) && mobile.length > 1;
  const modes = (s: Structure) => normalModes(evaluates, s, mobile, drifts);
  const top = await modes(saddle);
  const attempts: Outcome<Attempt>[] = [];
  for (const rest of rests) attempts.push(attemptBetween(await modes(rest), top));
  return attempts;
}

function attemptBetween(low: Float64Array, top: Float64Array): Outcome<Attempt> {
  const unstable = [low, top].map((modes) => modes.filter((nu) => nu < 0).length);
  if (unstable[0] !== 0) return failed(`the rest position has ${unstable[0]} unstable modes, must have none`);
  if (unstable[1] !== 1) return failed(`the saddle has ${unstable[1]} unstable modes, must have one`);
  const logs = (modes: Float64Array) => modes.reduce((sum, nu) => sum + (nu > 0 ? Math.log(nu) : 0), 0);
  return found({ frequency: Math.exp(logs(low) - logs(top)), rest: low, saddle: top });
}

/** THz, ascending, unstable ones negative; the three of the whole's shifting left out where it `drifts`. */
export async function normalModes(
  evaluates: Evaluates,
  s: Structure,
  mobile: ArrayLike<number>,
  drifts: boolean,
): Promise<Float64Array> {
  const H = await hessianOf(evaluates, s, mobile);
  const masses = massesOf(s);
  const size = 3 * mobile.length;
  const mass = (k: number) => masses[mobile[Math.floor(k / 3)]];
  const D = Matrix.zeros(size, size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) D.set(a, b, H[a * size + b] / Math.sqrt(mass(a) * mass(b)));
  const squares = new EigenvalueDecomposition(D, { assumeSymmetric: true }).realEigenvalues;
  const smallest = [...squares].sort((a, b) => Math.abs(a) - Math.abs(b)).slice(0, 3);
  const kept = drifts ? squares.filter((w) => !smallest.includes(w)) : squares;
  return Float64Array.from(
    kept,
    (w) => Math.sign(w) * Math.sqrt(Math.abs(w) * ACCELERATION) * TERAHERTZ,
  ).sort();
}

/** Atoms nearest to `centres` in `s`, at most `most`, ascending. */
export function nearestAtoms(s: Structure, centres: readonly number[], most: number): number[] {
  const away = Float64Array.from({ length: atomCount(s) }, () => Number.POSITIVE_INFINITY);
  for (const centre of centres) {
    const there = new Float64Array(s.positions.length).map((_, k) => s.positions[3 * centre + (k % 3)]);
    const moves = nearestMoves({ ...s, positions: there }, s);
    for (let i = 0; i < away.length; i++)
      away[i] = Math.min(away[i], Math.hypot(moves[3 * i], moves[3 * i + 1], moves[3 * i + 2]));
  }
  // Shells are kept whole: which of equally near atoms counted would be chance.
  const order = Array.from(away, (_, i) => i).sort((a, b) => away[a] - away[b] || a - b);
  let count = Math.min(most, order.length);
  while (count > 0 && count < order.length && away[order[count]] - away[order[count - 1]] < 0.1) count--;
  return order.slice(0, count).sort((a, b) => a - b);
}
