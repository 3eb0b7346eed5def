/**
 * Homogeneous strain: r → r(1 + ε) with a symmetric ε, Voigt xx yy zz yz xz xy with engineering shear γ = 2ε, so that
 * dE = V σ·dε at ε = 0, where σ = −virial/V.
 */
import { multiply3, transformRows, volume } from '../core/cell.ts';
import type { Evaluation } from '../core/potential.ts';
import type { Structure } from '../core/structure.ts';

/** Row-order places of xx yy zz yz xz xy in a 3×3 matrix. */
export const VOIGT = [0, 4, 8, 5, 2, 1] as const;

/** 1 + ε, row order [9]. */
export function deformation(strain: ArrayLike<number>): Float64Array {
  const [xx, yy, zz, yz, xz, xy] = Array.from(strain, (e, k) => (k < 3 ? 1 + e : e / 2));
  return Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz);
}

/** The structure strained, atoms carried along. `strain` is Voigt [6]. */
export function strained(s: Structure, strain: ArrayLike<number>): Structure {
  return transformed(s, deformation(strain));
}

/** Cell and atoms times `F` (row vectors, row order [9]). */
export function transformed(s: Structure, F: Float64Array): Structure {
  return {
    ...s,
    cell: multiply3(s.cell, F),
    positions: transformRows(s.positions, F, new Float64Array(s.positions.length)),
  };
}

/** One Voigt component strained by `amount`. */
export function unitStrain(component: number, amount: number): Float64Array {
  const strain = new Float64Array(6);
  strain[component] = amount;
  return strain;
}

/** eV/Å³, Voigt, tensile positive. The evaluation must hold the virial. */
export function stressOf({ virial }: Pick<Evaluation, 'virial'>, cell: ArrayLike<number>): Float64Array {
  const v = volume(Float64Array.from(cell));
  return Float64Array.from(VOIGT, (k) => -virial[k] / v);
}
