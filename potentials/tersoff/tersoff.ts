/**
 * E = ½ Σ_i Σ_{j≠i} f_C(r_ij) [A e^(−λ r_ij) − b_ij B e^(−μ r_ij)],   b_ij = χ (1 + βⁿ ζ_ijⁿ)^(−1/2n)
 *   ζ_ij = Σ_{k≠i,j} f_C(r_ik) g(θ_jik) exp[λ₃³ (r_ij − r_ik)³],   g = 1 + c²/d² − c²/[d² + (h − cos θ)²]
 *   f_C = 1 below R, ½ + ½ cos[π (r − R)/(S − R)] up to S, 0 beyond
 *
 * Unlike pairs: arithmetic means of λ and μ, geometric of A, B, R, S. J. Tersoff, Phys. Rev. B 39, 5566 (1989), eqs. 1-2.
 */
import { z } from 'zod';
import { UserError } from '../../src/core/errors.ts';
import { entry } from '../../src/core/registry.ts';
import type { ClosePairs } from '../closePairs.ts';
import { pairTable } from '../pairPotential.ts';
import { addPairForce, type Physics, type Sums, singlePotential } from '../singlePotential.ts';
import { addTripletForce, cosine } from '../triplet.ts';
import { TERSOFF_SETS, type TersoffAtom, type TersoffSet } from './parameters.ts';

export const tersoff = entry({
  kind: 'tersoff',
  schema: z.strictObject({
    set: z.enum(['Si1988', 'CSiGe1989']).meta({ description: 'a published set of parameters' }),
    elements: z.array(z.string()).min(1).meta({ description: 'chemical symbols wanted of the set' }),
  }),
  create({ set, elements }) {
    const { atoms, chi } = TERSOFF_SETS[set] as TersoffSet;
    const of = elements.map((e) => {
      const found = atoms[e];
      if (!found)
        throw new UserError(
          `tersoff.elements: got ${e}, must be one of ${Object.keys(atoms).join(', ')} in set ${set}; choose another set`,
        );
      return found;
    });
    const bonds = pairTable(of.length, (a, b) =>
      mix(of[a], of[b], strengthening(chi, elements[a], elements[b])),
    );
    return singlePotential({
      kind: 'tersoff',
      elements,
      cutoff: Math.max(...bonds.map((bond) => bond.S)),
      rows: 'full',
      accumulate: kernel(of, bonds),
    });
  },
});

function strengthening(chi: TersoffSet['chi'], a: string, b: string): number {
  if (a === b) return 1;
  const found = chi[[a, b].sort().join('-')];
  if (found === undefined)
    throw new UserError(
      `tersoff.elements: got ${a} with ${b}, must be a pair with a published bond (${Object.keys(chi).join(', ')}); ` +
        'leave one of them out',
    );
  return found;
}

type Bond = Pick<TersoffAtom, 'A' | 'B' | 'lambda' | 'mu' | 'R' | 'S'>;

function mix(p: TersoffAtom, q: TersoffAtom, chi: number): Bond {
  return {
    A: Math.sqrt(p.A * q.A),
    B: chi * Math.sqrt(p.B * q.B),
    lambda: (p.lambda + q.lambda) / 2,
    mu: (p.mu + q.mu) / 2,
    R: Math.sqrt(p.R * q.R),
    S: Math.sqrt(p.S * q.S),
  };
}

/** The neighbours of one atom: f_C and df_C/dr of each. */
interface Rim {
  fc: Float64Array;
  dfc: Float64Array;
}

function kernel(atoms: readonly TersoffAtom[], bonds: readonly Bond[]): Physics['accumulate'] {
  const rim: Rim = { fc: new Float64Array(16), dfc: new Float64Array(16) };
  return (species, pairs, sums) => {
    for (let i = 0; i < species.length; i++) {
      const row = species[i] * atoms.length;
      const from = pairs.start[i];
      const to = pairs.start[i + 1];
      fillRim(rim, pairs, from, to, (k) => bonds[row + species[pairs.j[k]]]);
      for (let k = from; k < to; k++) {
        if (rim.fc[k - from] === 0) continue;
        addBond(atoms[species[i]], bonds[row + species[pairs.j[k]]], rim, pairs, i, k, sums);
      }
    }
  };
}

function fillRim(rim: Rim, { r }: ClosePairs, from: number, to: number, bond: (k: number) => Bond): void {
  if (to - from > rim.fc.length) {
    rim.fc = new Float64Array(2 * (to - from));
    rim.dfc = new Float64Array(2 * (to - from));
  }
  for (let k = from; k < to; k++) {
    const { R, S } = bond(k);
    const x = Math.max(0, Math.min(1, (r[k] - R) / (S - R)));
    rim.fc[k - from] = x === 1 ? 0 : (1 + Math.cos(Math.PI * x)) / 2;
    rim.dfc[k - from] = (-Math.PI * Math.sin(Math.PI * x)) / (2 * (S - R));
  }
}

/** The half of the bond from atom `i` to its neighbour `k` that sees the surroundings of `i`. */
function addBond(
  p: TersoffAtom,
  bond: Bond,
  { fc, dfc }: Rim,
  pairs: ClosePairs,
  i: number,
  k: number,
  sums: Sums,
): void {
  const { start, r } = pairs;
  const from = start[i];
  const cd = (p.c / p.d) ** 2;
  let zeta = 0;
  for (let l = from; l < start[i + 1]; l++) {
    if (l === k || fc[l - from] === 0) continue;
    const u = p.h - cosine(pairs, k, l);
    const g = 1 + cd - (p.c * p.c) / (p.d * p.d + u * u);
    zeta += fc[l - from] * g * Math.exp((p.lambda3 * (r[k] - r[l])) ** 3);
  }
  const t = (p.beta * zeta) ** p.n;
  const b = (1 + t) ** (-1 / (2 * p.n));
  const repulsion = bond.A * Math.exp(-bond.lambda * r[k]);
  const attraction = bond.B * Math.exp(-bond.mu * r[k]);
  const f = fc[k - from];
  sums.energies[i] += (f * (repulsion - b * attraction)) / 2;
  const slope =
    dfc[k - from] * (repulsion - b * attraction) - f * (bond.lambda * repulsion - b * bond.mu * attraction);
  addPairForce(pairs, k, i, slope / 2, sums);
  if (zeta === 0) return;

  const dEdzeta = (f * attraction * b * t) / (4 * (1 + t) * zeta);
  for (let l = from; l < start[i + 1]; l++) {
    if (l === k || fc[l - from] === 0) continue;
    const cos = cosine(pairs, k, l);
    const u = p.h - cos;
    const w = p.d * p.d + u * u;
    const g = 1 + cd - (p.c * p.c) / w;
    const dg = (-2 * p.c * p.c * u) / (w * w);
    const stretch = p.lambda3 * (r[k] - r[l]);
    const e = Math.exp(stretch ** 3) * dEdzeta;
    const rate = 3 * p.lambda3 * stretch * stretch * fc[l - from] * g * e;
    addTripletForce(pairs, i, k, l, rate, dfc[l - from] * g * e - rate, fc[l - from] * dg * e, cos, sums);
  }
}
