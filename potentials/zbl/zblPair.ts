/**
 * Ziegler-Biersack-Littmark universal screening of two nuclei, switched off smoothly:
 *
 *   E(r) = Z₁Z₂e²/(4πε₀ r) · φ(r/a) + S(r),   a = 0.46850 Å / (Z₁^0.23 + Z₂^0.23)
 *   S(r) = C for r < inner,   C + A/3 (r−inner)³ + B/4 (r−inner)⁴ up to outer
 *
 * with A, B, C such that E, E' and E'' vanish at `outer`. J. F. Ziegler, J. P. Biersack, U. Littmark, The Stopping
 * and Range of Ions in Matter (1985); the switching is that of LAMMPS `pair_style zbl inner outer`, whose metal units
 * round e²/(4πε₀) to 14.399645 eV Å and so give energies 3.3e-8 lower.
 */
import { UserError } from '../../src/core/errors.ts';
import { COULOMB } from '../../src/core/units.ts';
import type { RadialFunction } from '../radial.ts';

const AMPLITUDES = [0.02817, 0.28022, 0.50986, 0.18175] as const;
const RATES = [0.20162, 0.4029, 0.94229, 3.1998] as const;

/** Atomic numbers `z1`, `z2`; `inner` < `outer` in Å. Energy in eV, zero from `outer` on. */
export function zblPair(z1: number, z2: number, inner: number, outer: number): RadialFunction {
  if (!(inner >= 0 && inner < outer))
    throw new UserError(
      `zbl inner: got ${inner} Å with outer ${outer} Å, must be 0 ≤ inner < outer; lower inner`,
    );
  const perLength = (z1 ** 0.23 + z2 ** 0.23) / 0.4685;
  const charge = COULOMB * z1 * z2;
  const [c0, c1, c2, c3] = AMPLITUDES;
  const [d0, d1, d2, d3] = RATES.map((d) => d * perLength);

  const [e, de, d2e] = screenedCoulomb(charge, perLength, outer);
  const t = outer - inner;
  const A = (-3 * de + t * d2e) / (t * t);
  const B = (2 * de - t * d2e) / (t * t * t);
  const C = -e + (t / 2) * de - ((t * t) / 12) * d2e;

  return (r, out) => {
    if (r >= outer) {
      out[0] = 0;
      out[1] = 0;
      return;
    }
    const e0 = c0 * Math.exp(-d0 * r);
    const e1 = c1 * Math.exp(-d1 * r);
    const e2 = c2 * Math.exp(-d2 * r);
    const e3 = c3 * Math.exp(-d3 * r);
    const phi = e0 + e1 + e2 + e3;
    const dphi = -(d0 * e0 + d1 * e1 + d2 * e2 + d3 * e3);
    const x = Math.max(0, r - inner);
    out[0] = (charge * phi) / r + C + x * x * x * (A / 3 + (B / 4) * x);
    out[1] = (charge * (dphi - phi / r)) / r + x * x * (A + B * x);
  };
}

/** Unswitched energy and its first two derivatives at r. */
function screenedCoulomb(charge: number, perLength: number, r: number): [number, number, number] {
  let phi = 0;
  let dphi = 0;
  let d2phi = 0;
  AMPLITUDES.forEach((c, k) => {
    const d = RATES[k] * perLength;
    const term = c * Math.exp(-d * r);
    phi += term;
    dphi -= d * term;
    d2phi += d * d * term;
  });
  return [
    (charge * phi) / r,
    (charge * (dphi - phi / r)) / r,
    (charge * (d2phi - (2 * dphi) / r + (2 * phi) / (r * r))) / r,
  ];
}
