/**
 * Forces on the images of a band, of R_k with energy E_k: F⊥ + k(|R_{k+1} − R_k| − |R_k − R_{k−1}|) τ, on the climbing one F − 2(F·τ)τ.
 * τ points to the neighbour of higher energy, at an extremum to both by their energies' differences: G. Henkelman and H. Jónsson,
 * J. Chem. Phys. 113, 9978 (2000); climbing: G. Henkelman, B. P. Uberuaga and H. Jónsson, ibid. 9901.
 */
import { dot } from './minimise.ts';

/** Unit vector along the band at an image; the energies are of the image before, this one and the one after. */
export function tangentAt(
  [before, here, after]: readonly Float64Array[],
  [low, middle, high]: readonly number[],
): Float64Array {
  const [up, down] = [Math.abs(high - middle), Math.abs(low - middle)];
  let [onward, back] = [0, 0];
  if (high > middle && middle > low) onward = 1;
  else if (high < middle && middle < low) back = 1;
  else if (up === 0 && down === 0) [onward, back] = [1, 1];
  else
    [onward, back] =
      high > low ? [Math.max(up, down), Math.min(up, down)] : [Math.min(up, down), Math.max(up, down)];
  const tau = here.map((x, k) => onward * (after[k] - x) + back * (x - before[k]));
  const length = Math.sqrt(dot(tau, tau));
  return tau.map((t) => t / length);
}

export interface ImageForce {
  /** eV/Å, [3n]: what moves the image. */
  readonly total: Float64Array;
  /** eV/Å, of the atom with the largest: what must vanish on a minimum-energy path, at a climbing image the whole force. */
  readonly off: number;
}

/** `spring`: eV/Å². */
export function bandForce(
  triple: readonly Float64Array[],
  force: Float64Array,
  tau: Float64Array,
  spring: number,
  climbs: boolean,
): ImageForce {
  const along = dot(force, tau);
  if (climbs) return { total: force.map((f, k) => f - 2 * along * tau[k]), off: largestForce(force) };
  const across = force.map((f, k) => f - along * tau[k]);
  const pull = spring * (distance(triple[2], triple[1]) - distance(triple[1], triple[0]));
  return { total: across.map((f, k) => f + pull * tau[k]), off: largestForce(across) };
}

/** Å, in the space of all atoms. */
export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2;
  return Math.sqrt(sum);
}

/** eV/Å, of the atom with the largest. */
export function largestForce(forces: Float64Array): number {
  let most = 0;
  for (let i = 0; i < forces.length; i += 3)
    most = Math.max(most, Math.hypot(forces[i], forces[i + 1], forces[i + 2]));
  return most;
}
