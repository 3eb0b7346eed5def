/**
 * φ(r) = 4ε[(σ/r)¹² − (σ/r)⁶], tapered to zero between `inner` and `cutoff`; unlike pairs by Lorentz and Berthelot,
 * σ_ab = (σ_a + σ_b)/2, ε_ab = √(ε_a ε_b). J. E. Jones, Proc. R. Soc. A 106, 463 (1924); LAMMPS `lj/mdf`.
 */
import { z } from 'zod';
import { element } from '../../src/core/elements.ts';
import { UserError } from '../../src/core/errors.ts';
import { positive } from '../../src/core/quantity.ts';
import { entry } from '../../src/core/registry.ts';
import { BOLTZMANN } from '../../src/core/units.ts';
import { pairPotential, pairTable } from '../pairPotential.ts';
import { type RadialFunction, TAPER_FROM, taper } from '../radial.ts';

/** Argon: ε/k_B = 119.8 K, σ = 3.405 Å. L. A. Rowley, D. Nicholson, N. G. Parsonage, J. Comput. Phys. 17, 401 (1975). */
const SETS = { argon: { Ar: { epsilon: 119.8 * BOLTZMANN, sigma: 3.405 } } } as const;

/** Cutoff in units of the largest σ where none is given. */
const CUTOFF_IN_SIGMA = 3;

const atom = z.strictObject({
  epsilon: positive('energy').meta({ description: 'depth of the well' }),
  sigma: positive('length').meta({ description: 'distance at which the pair energy is zero' }),
});

export const lennardJones = entry({
  kind: 'lennardJones',
  schema: z.strictObject({
    set: z.enum(['argon']).optional().meta({ description: 'a published set of parameters' }),
    atoms: z.record(z.string(), atom).optional().meta({ description: 'parameters by element' }),
    cutoff: positive('length').optional().meta({ description: 'default: 3 times the largest sigma' }),
    inner: positive('length').optional().meta({ description: 'where the taper begins; default 0.9 cutoff' }),
  }),
  create(options) {
    if ((options.set === undefined) === (options.atoms === undefined))
      throw new UserError(
        `lennardJones: got ${options.set ? 'both' : 'neither'} of set and atoms, must be one; write 'set: argon' ` +
          'or give epsilon and sigma of each element',
      );
    const atoms = options.set ? SETS[options.set] : options.atoms!;
    const elements = Object.keys(atoms).map((name) => element(name).symbol);
    const of = Object.values(atoms);
    const cutoff = options.cutoff ?? CUTOFF_IN_SIGMA * Math.max(...of.map((p) => p.sigma));
    const inner = options.inner ?? TAPER_FROM * cutoff;
    if (inner > cutoff)
      throw new UserError(`lennardJones.inner: got ${inner} Å, must be ≤ the cutoff ${cutoff} Å; lower it`);
    return pairPotential({
      kind: 'lennardJones',
      elements,
      cutoff,
      pair: pairTable(elements.length, (a, b) => {
        const epsilon = Math.sqrt(of[a].epsilon * of[b].epsilon);
        const sigma = (of[a].sigma + of[b].sigma) / 2;
        return taper(lennardJonesPair(epsilon, sigma), inner, cutoff);
      }),
    });
  },
});

/** `epsilon` in eV, `sigma` in Å. */
export function lennardJonesPair(epsilon: number, sigma: number): RadialFunction {
  return (r, out) => {
    const s = (sigma / r) ** 2;
    const s6 = s * s * s;
    out[0] = 4 * epsilon * s6 * (s6 - 1);
    out[1] = (-24 * epsilon * s6 * (2 * s6 - 1)) / r;
  };
}
