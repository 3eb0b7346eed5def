import { atomCount, type Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import { dot } from './minimise.ts';
import { centre } from './pathEnds.ts';

export interface HessianOptions {
  /** [n]; 1: this atom does not move. */
  readonly hold?: Uint8Array;
  /** Å by which the structure is displaced to either side along a unit vector; default 0.01. */
  readonly step?: number;
}

/** Second derivatives of the energy as a product with vectors, of those atoms that move. */
export interface HessianTimes {
  /** What may move: held atoms do not, and the whole does not shift where nothing is held. In place. */
  project(v: Float64Array): Float64Array;
  /** eV/Å² of a unit vector, [3n], by central differences of forces: two evaluations. */
  times(v: Float64Array): Promise<Float64Array>;
  readonly evaluations: number;
}

export function hessianTimes(
  evaluates: Evaluates,
  s: Structure,
  { hold, step = 0.01 }: HessianOptions = {},
): HessianTimes {
  const held = hold?.some(Boolean) ? hold : undefined;
  // One atom alone feels no other, so whatever holds it is no matter of shifting the whole.
  const drifts = !held && atomCount(s) > 1;
  let evaluations = 0;
  const project = (v: Float64Array) => {
    held?.forEach((still, i) => {
      if (still) v.fill(0, 3 * i, 3 * i + 3);
    });
    if (drifts) centre(v);
    return v;
  };
  const forcesAt = async (v: Float64Array, amount: number) => {
    evaluations++;
    const positions = s.positions.map((x, k) => x + amount * v[k]);
    return (await evaluates.evaluate({ ...s, positions }, ['forces'])).forces.slice();
  };
  return {
    project,
    async times(v) {
      const [plus, minus] = [await forcesAt(v, step), await forcesAt(v, -step)];
      return project(plus.map((f, k) => (minus[k] - f) / (2 * step)));
    },
    get evaluations() {
      return evaluations;
    },
  };
}

/** Takes the parts along `basis` (orthonormal) off, twice against rounding. */
export function orthogonalise(v: Float64Array, basis: readonly Float64Array[]): Float64Array {
  for (let pass = 0; pass < 2; pass++)
    for (const b of basis) {
      const part = dot(v, b);
      for (let k = 0; k < v.length; k++) v[k] -= part * b[k];
    }
  return v;
}

/** To length one, in place. */
export function normalise(v: Float64Array): Float64Array {
  const length = Math.sqrt(dot(v, v));
  for (let k = 0; k < v.length; k++) v[k] /= length;
  return v;
}
