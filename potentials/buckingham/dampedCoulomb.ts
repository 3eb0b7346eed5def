/**
 * Coulomb energy of charges q with the charge inside the cutoff sphere neutralised and the force shifted to zero there:
 *
 *   φ(r) = k q_i q_j [erfc(αr)/r − erfc(αR)/R + s (r − R)],   s = erfc(αR)/R² + (2α/√π) exp(−α²R²)/R
 *   on site: −k q² [(erfc(αR)/R + s R)/2 + α/√π]
 *
 * C. J. Fennell, J. D. Gezelter, J. Chem. Phys. 124, 234104 (2006), eq. 19; LAMMPS `coul/dsf`.
 */
import { COULOMB } from '../../src/core/units.ts';
import type { RadialFunction } from '../radial.ts';
import { erfc } from './erfc.ts';

/** `alpha` in 1/Å, `cutoff` in Å, charges in e. */
export function dampedCoulombPair(qq: number, alpha: number, cutoff: number): RadialFunction {
  const k = COULOMB * qq;
  const shift = erfc(alpha * cutoff) / cutoff;
  const slope = forceAt(alpha, cutoff);
  return (r, out) => {
    if (r >= cutoff) {
      out[0] = 0;
      out[1] = 0;
      return;
    }
    const e = erfc(alpha * r) / r;
    const gauss = ((2 * alpha) / Math.sqrt(Math.PI)) * Math.exp(-((alpha * r) ** 2));
    out[0] = k * (e - shift + slope * (r - cutoff));
    out[1] = k * (slope - (e + gauss) / r);
  };
}

/** eV, of one charge `q` in e. */
export function dampedCoulombSelf(q: number, alpha: number, cutoff: number): number {
  const shift = erfc(alpha * cutoff) / cutoff + forceAt(alpha, cutoff) * cutoff;
  return -COULOMB * q * q * (shift / 2 + alpha / Math.sqrt(Math.PI));
}

function forceAt(alpha: number, r: number): number {
  return erfc(alpha * r) / (r * r) + (((2 * alpha) / Math.sqrt(Math.PI)) * Math.exp(-((alpha * r) ** 2))) / r;
}
