/** E = Σ_{i<j} φ_ab(r_ij) + Σ_i s_a, a and b the elements of i and j. */
import type { Potential } from '../src/core/potential.ts';
import type { RadialFunction } from './radial.ts';
import { addPairForce, singlePotential } from './singlePotential.ts';

export interface PairTerms {
  readonly kind: string;
  readonly elements: readonly string[];
  /** Å. */
  readonly cutoff: number;
  /** φ_ab in eV at `[a · elements + b]`, symmetric. */
  readonly pair: readonly RadialFunction[];
  /** s_a in eV, [elements]. */
  readonly onSite?: ArrayLike<number>;
}

/** `terms` is what faster evaluators read. */
export interface PairPotential extends Potential {
  readonly terms: PairTerms;
}

export function pairPotential(terms: PairTerms): PairPotential {
  const { kind, elements, cutoff, pair, onSite } = terms;
  const value = new Float64Array(2);
  const single = singlePotential({
    kind,
    elements,
    cutoff,
    rows: 'half',
    accumulate(species, pairs, sums) {
      const { energies } = sums;
      for (let i = 0; i < species.length; i++) {
        const row = species[i] * elements.length;
        if (onSite) energies[i] += onSite[species[i]];
        for (let k = pairs.start[i]; k < pairs.start[i + 1]; k++) {
          const j = pairs.j[k];
          pair[row + species[j]](pairs.r[k], value);
          energies[i] += value[0] / 2;
          energies[j] += value[0] / 2;
          addPairForce(pairs, k, i, value[1], sums);
        }
      }
    },
  });
  return { ...single, terms };
}

/** Fills a symmetric table of pair functions, `[a · elements + b]`. */
export function pairTable<T>(elements: number, make: (a: number, b: number) => T): T[] {
  const table = new Array<T>(elements * elements);
  for (let a = 0; a < elements; a++)
    for (let b = a; b < elements; b++) {
      const value = make(a, b);
      table[a * elements + b] = value;
      table[b * elements + a] = value;
    }
  return table;
}
