import { Matrix, pseudoInverse } from 'ml-matrix';
import { UserError } from '../core/errors.ts';
import { atomCount, type Structure } from '../core/structure.ts';

/** A total energy to be shared out among the elements. */
export interface CompositionEnergy {
  readonly structure: Structure;
  /** eV. */
  readonly energy: number;
}

/** Atoms of each element, [elements]. */
export function composition(s: Structure, elements: readonly string[]): Float64Array {
  const counts = new Float64Array(elements.length);
  for (const k of s.species) counts[elements.indexOf(s.elements[k])]++;
  return counts;
}

/** E₀ per element from a map; eV, in the order of `elements`. Throws a UserError naming the elements left out. */
export function givenE0(map: Readonly<Record<string, number>>, elements: readonly string[]): Float64Array {
  const missing = elements.filter((e) => map[e] === undefined);
  if (missing.length > 0)
    throw new UserError(
      `train.e0: got ${Object.keys(map).join(', ')}, must name every element of the potential; add ${missing.join(', ')}`,
    );
  return Float64Array.from(elements, (e) => map[e]);
}

/**
 * E₀ per element by least squares of energies per atom against composition; eV. Where compositions do not tell the
 * elements apart, the solution of least norm: a CuZn of fixed composition gets the same E₀ for Cu and Zn.
 */
export function fittedE0(frames: readonly CompositionEnergy[], elements: readonly string[]): Float64Array {
  if (frames.length === 0)
    throw new UserError(
      'train.e0: got fit, and no frame whose total energy is faithful; give e0 per element or a whole cell',
    );
  const fractions = frames.map(({ structure }) =>
    Array.from(composition(structure, elements), (c) => c / atomCount(structure)),
  );
  const energies = frames.map((f) => [f.energy / atomCount(f.structure)]);
  return Float64Array.from(pseudoInverse(new Matrix(fractions)).mmul(new Matrix(energies)).to1DArray());
}
