import { UserError } from '../src/core/errors.ts';
import { blankEvaluation, type Potential } from '../src/core/potential.ts';
import { atomCount, type Structure } from '../src/core/structure.ts';
import { type ClosePairs, closePairs, type Rows } from './closePairs.ts';

/** What a kernel adds to, all zeroed. */
export interface Sums {
  /** eV, [n]. */
  readonly energies: Float64Array;
  /** eV/Å, [3n]. */
  readonly forces: Float64Array;
  /** eV, [9]: −∂E/∂ε. */
  readonly virial: Float64Array;
}

/** The physics of a potential without members: what it needs and how it adds up. */
export interface Physics {
  readonly kind: string;
  readonly elements: readonly string[];
  /** Å. */
  readonly cutoff: number;
  readonly rows: Rows;
  /** `species`: index into `elements` of every atom. */
  accumulate(species: Int32Array, pairs: ClosePairs, sums: Sums): void;
}

/** Wraps a kernel into the contract: elements looked up, pairs found, arrays given that were asked for. */
export function singlePotential({ kind, elements, cutoff, rows, accumulate }: Physics): Potential {
  const close = closePairs(cutoff, rows);
  const shape = { members: 1, projectionWidth: 0 };
  const virialScratch = new Float64Array(9);
  let species = new Int32Array(0);
  let forceScratch = new Float64Array(0);
  return {
    kind,
    elements,
    cutoff,
    ...shape,
    evaluate(s, neighbours, want, out) {
      const n = atomCount(s);
      if (species.length !== n) species = new Int32Array(n);
      mapElements(kind, elements, s, species);
      const e = blankEvaluation(shape, n, want, out);
      if (e.forces.length === 0 && forceScratch.length !== 3 * n) forceScratch = new Float64Array(3 * n);
      const forces = e.forces.length > 0 ? e.forces : forceScratch.fill(0);
      const virial = e.virial.length > 0 ? e.virial : virialScratch.fill(0);
      accumulate(species, close(s, neighbours), { energies: e.energies, forces, virial });
      for (let i = 0; i < n; i++) e.energy += e.energies[i];
      if (e.memberEnergies.length > 0) e.memberEnergies.set(e.energies);
      if (e.memberForces.length > 0) e.memberForces.set(forces);
      if (e.memberVirials.length > 0) e.memberVirials.set(virial);
      return e;
    },
  };
}

/** Writes into `out` the index in `elements` of every atom; throws a UserError for an atom that is not there. */
export function mapElements(
  kind: string,
  elements: readonly string[],
  s: Structure,
  out: Int32Array,
): Int32Array {
  const index = s.elements.map((e) => elements.indexOf(e));
  for (let i = 0; i < out.length; i++) {
    out[i] = index[s.species[i]];
    if (out[i] < 0)
      throw new UserError(
        `${kind}: got element ${s.elements[s.species[i]]} (atom ${i + 1}), must be one of ${elements.join(', ')}; ` +
          'choose a potential that knows it',
      );
  }
  return out;
}

/** Adds the force of one pair term dE/dr to both atoms and the virial; `k` is the pair, `i` its first atom. */
export function addPairForce(pairs: ClosePairs, k: number, i: number, dEdr: number, sums: Sums): void {
  const { forces, virial } = sums;
  const { d, j: other } = pairs;
  const j = other[k];
  const x = d[3 * k];
  const y = d[3 * k + 1];
  const z = d[3 * k + 2];
  const g = dEdr / pairs.r[k];
  forces[3 * i] += g * x;
  forces[3 * i + 1] += g * y;
  forces[3 * i + 2] += g * z;
  forces[3 * j] -= g * x;
  forces[3 * j + 1] -= g * y;
  forces[3 * j + 2] -= g * z;
  virial[0] -= g * x * x;
  virial[1] -= g * x * y;
  virial[2] -= g * x * z;
  virial[3] -= g * y * x;
  virial[4] -= g * y * y;
  virial[5] -= g * y * z;
  virial[6] -= g * z * x;
  virial[7] -= g * z * y;
  virial[8] -= g * z * z;
}
