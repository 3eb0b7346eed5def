/**
 * Christoffel: ρ v² are the eigenvalues of Γ_ik = C_ijkl n_j n_l for a direction n.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { volume } from '../core/cell.ts';
import type { Structure } from '../core/structure.ts';
import { ACCELERATION, GPA } from '../core/units.ts';
import { massesOf } from '../core/velocities.ts';

/** Voigt's index of a pair of axes. */
const VOIGT_OF = [0, 5, 4, 5, 1, 3, 4, 3, 2] as const;

/** Å/fs, ascending, along the unit vector `n`; `C` in GPa, 6×6 Voigt. NaN where the crystal is unstable. */
export function soundVelocities(C: ArrayLike<number>, s: Structure, n: readonly number[]): number[] {
  const gamma = Matrix.zeros(3, 3);
  for (let i = 0; i < 3; i++)
    for (let k = 0; k < 3; k++)
      for (let j = 0; j < 3; j++)
        for (let l = 0; l < 3; l++)
          gamma.set(i, k, gamma.get(i, k) + C[6 * VOIGT_OF[3 * i + j] + VOIGT_OF[3 * k + l]] * n[j] * n[l]);
  const density = massesOf(s).reduce((sum, m) => sum + m, 0) / volume(s.cell);
  return new EigenvalueDecomposition(gamma, { assumeSymmetric: true }).realEigenvalues
    .sort((p, q) => p - q)
    .map((x) => Math.sqrt(((x / GPA) * ACCELERATION) / density));
}
