/**
 * E = Σ_i F_a(ρ_i) + Σ_{i<j} φ_ab(r_ij),   ρ_i = Σ_{j≠i} f_{b→a}(r_ij),   a and b the elements of i and j.
 * M. S. Daw, M. I. Baskes, Phys. Rev. B 29, 6443 (1984); with a density that depends on the atom that feels it,
 * M. W. Finnis, J. E. Sinclair, Phil. Mag. A 50, 45 (1984).
 */
import type { Potential } from '../../src/core/potential.ts';
import type { RadialFunction } from '../radial.ts';
import { addPairForce, type Physics, singlePotential } from '../singlePotential.ts';

export interface EamFunctions {
  readonly elements: readonly string[];
  /** Å. */
  readonly cutoff: number;
  /** F_a(ρ) in eV, [elements]. */
  readonly embedding: readonly RadialFunction[];
  /** f_{b→a}(r), what an atom b gives at the place of an atom a, at `[b · elements + a]`. */
  readonly density: readonly RadialFunction[];
  /** φ_ab(r) in eV at `[a · elements + b]`, symmetric. */
  readonly pair: readonly RadialFunction[];
  /** How f and r·φ are made: of cubics on an even grid, or of formulas that are smooth between some distances. */
  readonly shape:
    | { readonly spacing: number; readonly points: number }
    | { readonly breaks: readonly number[] };
}

/** An embedded-atom potential; `functions` is what faster evaluators read. */
export interface EamPotential extends Potential {
  readonly functions: EamFunctions;
}

export function embeddedAtom(functions: EamFunctions): EamPotential {
  const { elements, cutoff } = functions;
  const accumulate = kernel(functions);
  return { ...singlePotential({ kind: 'eam', elements, cutoff, rows: 'half', accumulate }), functions };
}

function kernel({ elements, embedding, density, pair }: EamFunctions): Physics['accumulate'] {
  const width = elements.length;
  const value = new Float64Array(2);
  let rho = new Float64Array(0);
  let dF = new Float64Array(0);
  // dρ_i/dr and dρ_j/dr of every pair.
  let slopeAtI = new Float64Array(0);
  let slopeAtJ = new Float64Array(0);

  return (species, pairs, sums) => {
    const { count, start, j: other, r } = pairs;
    const { energies } = sums;
    const n = species.length;
    if (rho.length !== n) {
      rho = new Float64Array(n);
      dF = new Float64Array(n);
    }
    if (slopeAtI.length < count) {
      slopeAtI = new Float64Array(r.length);
      slopeAtJ = new Float64Array(r.length);
    }

    rho.fill(0);
    for (let i = 0; i < n; i++)
      for (let k = start[i]; k < start[i + 1]; k++) {
        const j = other[k];
        density[species[j] * width + species[i]](r[k], value);
        rho[i] += value[0];
        slopeAtI[k] = value[1];
        if (species[i] !== species[j]) density[species[i] * width + species[j]](r[k], value);
        rho[j] += value[0];
        slopeAtJ[k] = value[1];
      }

    for (let i = 0; i < n; i++) {
      embedding[species[i]](rho[i], value);
      energies[i] += value[0];
      dF[i] = value[1];
    }

    for (let i = 0; i < n; i++)
      for (let k = start[i]; k < start[i + 1]; k++) {
        const j = other[k];
        pair[species[i] * width + species[j]](r[k], value);
        energies[i] += value[0] / 2;
        energies[j] += value[0] / 2;
        addPairForce(pairs, k, i, value[1] + dF[i] * slopeAtI[k] + dF[j] * slopeAtJ[k], sums);
      }
  };
}
