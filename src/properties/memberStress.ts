/**
 * Stress of every member, σ_k = (1/V) ∂E_e/∂ε_k, by central differences of the members' energies: they share one basis, so that a dozen
 * energies give all six components of any number of members.
 */
import { volume } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { Evaluates } from './evaluates.ts';
import { strained, unitStrain } from './strain.ts';

/** Third derivatives of E make an error of a few 1e-8 of the modulus. */
const STEP = 1e-4;

/** eV/Å³, Voigt, tensile positive, without the kinetic part: [members][6]. */
export async function memberStresses(evaluates: Evaluates, s: Structure): Promise<Float64Array[]> {
  const n = atomCount(s);
  const energies = async (component: number, amount: number) => {
    const e = await evaluates.evaluate(strained(s, unitStrain(component, amount)), ['memberEnergies']);
    return Float64Array.from({ length: e.memberEnergies.length / n }, (_, m) =>
      e.memberEnergies.subarray(m * n, (m + 1) * n).reduce((sum, x) => sum + x, 0),
    );
  };
  const stresses: Float64Array[] = [];
  for (let k = 0; k < 6; k++) {
    const [plus, minus] = [await energies(k, STEP), await energies(k, -STEP)];
    for (const [m, e] of plus.entries()) {
      stresses[m] ??= new Float64Array(6);
      stresses[m][k] = (e - minus[m]) / (2 * STEP * volume(s.cell));
    }
  }
  return stresses;
}

/** Standard deviation over the members, [6]; NaN of fewer than two. */
export function spreadOf(stresses: readonly Float64Array[]): Float64Array {
  const m = stresses.length;
  return new Float64Array(6).map((_, k) => {
    if (m < 2) return Number.NaN;
    const mean = stresses.reduce((sum, s) => sum + s[k], 0) / m;
    return Math.sqrt(stresses.reduce((sum, s) => sum + (s[k] - mean) ** 2, 0) / (m - 1));
  });
}
