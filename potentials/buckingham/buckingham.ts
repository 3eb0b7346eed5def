/**
 * Rigid ions: φ(r) = A exp(−r/ρ) − C/r⁶, tapered at the cutoff, and damped shifted-force Coulomb (dampedCoulomb.ts).
 *
 * Matsui and Akaogi's TiO₂ gives an ion a size a, a hardness b and a dispersion c:
 * φ = f₀ (b_i + b_j) exp[(a_i + a_j − r)/(b_i + b_j)] − c_i c_j/r⁶, f₀ = 4.184 kJ/(Å mol).
 * M. Matsui, M. Akaogi, Mol. Simul. 6, 239 (1991), table 1.
 *
 * Within about 0.7 Å the dispersion wins and the ions collapse, as in any Buckingham form: not for hot collisions.
 */
import { z } from 'zod';
import { UserError } from '../../src/core/errors.ts';
import { positive } from '../../src/core/quantity.ts';
import { entry } from '../../src/core/registry.ts';
import { UNITS } from '../../src/core/units.ts';
import { pairPotential, pairTable } from '../pairPotential.ts';
import { type RadialFunction, TAPER_FROM, taper } from '../radial.ts';
import { dampedCoulombPair, dampedCoulombSelf } from './dampedCoulomb.ts';

interface Ion {
  /** e. */
  readonly charge: number;
  /** Å. */
  readonly size: number;
  /** Å. */
  readonly hardness: number;
  /** Å³ (kJ/mol)^½. */
  readonly dispersion: number;
}

const SETS = {
  matsuiAkaogi: {
    O: { charge: -1.098, size: 1.6339, hardness: 0.117, dispersion: 54.0 },
    Ti: { charge: 2.196, size: 1.1823, hardness: 0.077, dispersion: 22.5 },
  },
} as const satisfies Record<string, Record<string, Ion>>;

const KJ_PER_MOL = UNITS.energy['kJ/mol'];
const STANDARD_FORCE = 4.184 * KJ_PER_MOL;

/** Å; there the shift takes 0.004 eV/Å off the force between two titanium ions. */
const CUTOFF = 12;
const DAMPING = 5;

export const buckingham = entry({
  kind: 'buckingham',
  schema: z.strictObject({
    set: z.enum(['matsuiAkaogi']).meta({ description: 'a published set of parameters' }),
    cutoff: positive('length').default(CUTOFF).meta({ description: 'of all interactions; default 12 Å' }),
    damping: positive('length')
      .default(DAMPING)
      .meta({ description: 'length 1/α over which the Coulomb energy is damped; default 5 Å' }),
  }),
  create({ set, cutoff, damping }) {
    const elements = Object.keys(SETS[set]);
    const ions: readonly Ion[] = Object.values(SETS[set]);
    if (cutoff < 2 * damping)
      throw new UserError(
        `buckingham.damping: got ${damping} Å with cutoff ${cutoff} Å, must be at most half of it; lower it`,
      );
    return pairPotential({
      kind: 'buckingham',
      elements,
      cutoff,
      pair: pairTable(ions.length, (a, b) => ionPair(ions[a], ions[b], cutoff, 1 / damping)),
      onSite: ions.map((ion) => dampedCoulombSelf(ion.charge, 1 / damping, cutoff)),
    });
  },
});

function ionPair(p: Ion, q: Ion, cutoff: number, alpha: number): RadialFunction {
  const rho = p.hardness + q.hardness;
  const A = STANDARD_FORCE * rho * Math.exp((p.size + q.size) / rho);
  const C = p.dispersion * q.dispersion * KJ_PER_MOL;
  const short = taper(buckinghamPair(A, rho, C), TAPER_FROM * cutoff, cutoff);
  const coulomb = dampedCoulombPair(p.charge * q.charge, alpha, cutoff);
  return (r, out) => {
    short(r, out);
    const e = out[0];
    const de = out[1];
    coulomb(r, out);
    out[0] += e;
    out[1] += de;
  };
}

/** `A` in eV, `rho` in Å, `C` in eV·Å⁶. */
export function buckinghamPair(A: number, rho: number, C: number): RadialFunction {
  return (r, out) => {
    const repulsion = A * Math.exp(-r / rho);
    const dispersion = C / r ** 6;
    out[0] = repulsion - dispersion;
    out[1] = (6 * dispersion) / r - repulsion / rho;
  };
}
