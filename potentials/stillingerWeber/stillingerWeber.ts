/**
 * E = Σ_{i<j} φ₂(r_ij) + Σ_i Σ_{j<k} φ₃(r_ij, r_ik, θ_jik)
 *   φ₂ = A ε [B (σ/r)^p − (σ/r)^q] exp[σ/(r − aσ)]
 *   φ₃ = λ ε (cos θ − cos θ₀)² exp[γσ/(r_ij − aσ)] exp[γσ/(r_ik − aσ)]
 *
 * F. H. Stillinger, T. A. Weber, Phys. Rev. B 31, 5262 (1985). Every derivative vanishes at the cutoff aσ.
 */
import { z } from 'zod';
import { element } from '../../src/core/elements.ts';
import { positive } from '../../src/core/quantity.ts';
import { entry } from '../../src/core/registry.ts';
import { addPairForce, type Physics, singlePotential } from '../singlePotential.ts';
import { addTripletForce, cosine } from '../triplet.ts';

/** The original silicon, with ε so that the cohesive energy of the crystal, 2ε, is 4.3366 eV. */
const SILICON = {
  epsilon: 2.1683,
  sigma: 2.0951,
  a: 1.8,
  lambda: 21,
  gamma: 1.2,
  cosTheta0: -1 / 3,
  A: 7.049556277,
  B: 0.6022245584,
  p: 4,
  q: 0,
};

const number = (value: number, description: string) => z.number().default(value).meta({ description });

const schema = z.strictObject({
  element: z.string().default('Si').meta({ description: 'chemical symbol; the defaults are silicon' }),
  epsilon: positive('energy').default(SILICON.epsilon).meta({ description: 'depth of the pair well' }),
  sigma: positive('length').default(SILICON.sigma).meta({ description: 'unit of length' }),
  a: number(SILICON.a, 'cutoff in units of sigma'),
  lambda: number(SILICON.lambda, 'strength of the three-body term'),
  gamma: number(SILICON.gamma, 'range of the three-body term'),
  cosTheta0: number(SILICON.cosTheta0, 'cosine of the angle without strain'),
  A: number(SILICON.A, 'strength of the pair term'),
  B: number(SILICON.B, 'share of the repulsion'),
  p: number(SILICON.p, 'exponent of the repulsion'),
  q: number(SILICON.q, 'exponent of the attraction'),
});

export const stillingerWeber = entry({
  kind: 'stillingerWeber',
  schema,
  create(parameters) {
    return singlePotential({
      kind: 'stillingerWeber',
      elements: [element(parameters.element).symbol],
      cutoff: parameters.a * parameters.sigma,
      rows: 'full',
      accumulate: kernel(parameters),
    });
  },
});

function kernel(parameters: z.output<typeof schema>): Physics['accumulate'] {
  const { epsilon, sigma, a, lambda, gamma, cosTheta0, A, B, p, q } = parameters;
  const cutoff = a * sigma;
  // exp[γσ/(r − aσ)] and its logarithmic derivative, for every neighbour of the atom at hand.
  let g = new Float64Array(32);
  let dlng = new Float64Array(32);

  return (species, pairs, sums) => {
    const { start, r } = pairs;
    const { energies } = sums;
    for (let i = 0; i < species.length; i++) {
      const from = start[i];
      const count = start[i + 1] - from;
      if (count > g.length) {
        g = new Float64Array(2 * count);
        dlng = new Float64Array(2 * count);
      }
      for (let k = 0; k < count; k++) {
        const rk = r[from + k];
        const reach = sigma / (rk - cutoff);
        g[k] = Math.exp(gamma * reach);
        dlng[k] = (-gamma * reach * reach) / sigma;

        const envelope = A * epsilon * Math.exp(reach);
        const repulsion = B * (sigma / rk) ** p;
        const attraction = (sigma / rk) ** q;
        const phi2 = envelope * (repulsion - attraction);
        const dphi2 = (envelope * (q * attraction - p * repulsion)) / rk - (phi2 * reach * reach) / sigma;
        energies[i] += phi2 / 2;
        addPairForce(pairs, from + k, i, dphi2 / 2, sums);
      }
      for (let k = 0; k < count; k++)
        for (let l = k + 1; l < count; l++) {
          const cos = cosine(pairs, from + k, from + l);
          const strain = cos - cosTheta0;
          const stiffness = lambda * epsilon * g[k] * g[l];
          const phi3 = stiffness * strain * strain;
          const dcos = 2 * stiffness * strain;
          energies[i] += phi3;
          addTripletForce(pairs, i, from + k, from + l, phi3 * dlng[k], phi3 * dlng[l], dcos, cos, sums);
        }
    }
  };
}
