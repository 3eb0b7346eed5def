/**
 * What follows from a stiffness C (Voigt 6×6, any unit) and its inverse, the compliance S.
 * Voigt, Reuss and Hill averages: R. Hill, Proc. Phys. Soc. A 65, 349 (1952). Universal anisotropy A = 5 G_V/G_R + K_V/K_R − 6:
 * Ranganathan and Ostoja-Starzewski, PRL 101, 055504 (2008). Stable: C is positive definite (Mouhat and Coudert, PRB 90, 224104 (2014)).
 */
import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';

export interface Moduli {
  readonly bulk: Averages;
  readonly shear: Averages;
  /** Of the Hill averages. */
  readonly youngs: number;
  /** Poisson's ratio of the Hill averages. */
  readonly poisson: number;
  /** 0 for an isotropic solid. */
  readonly anisotropy: number;
  /** Of C, ascending. */
  readonly eigenvalues: readonly number[];
  /** Born: whether every eigenvalue is positive. */
  readonly stable: boolean;
}

export interface Averages {
  readonly voigt: number;
  readonly reuss: number;
  readonly hill: number;
}

const matrix = (C: ArrayLike<number>) => Matrix.from1DArray(6, 6, Array.from(C));

/** 6×6 Voigt, row order; the inverse of C. */
export function compliance(C: ArrayLike<number>): Float64Array {
  return Float64Array.from(inverse(matrix(C)).to1DArray());
}

export function moduli(C: ArrayLike<number>): Moduli {
  const S = compliance(C);
  const sums = (T: ArrayLike<number>) => ({
    diagonal: T[0] + T[7] + T[14],
    across: T[1] + T[2] + T[8],
    shear: T[21] + T[28] + T[35],
  });
  const [c, s] = [sums(C), sums(S)];
  const bulk = averages((c.diagonal + 2 * c.across) / 9, 1 / (s.diagonal + 2 * s.across));
  const shear = averages(
    (c.diagonal - c.across + 3 * c.shear) / 15,
    15 / (4 * (s.diagonal - s.across) + 3 * s.shear),
  );
  const [K, G] = [bulk.hill, shear.hill];
  const eigenvalues = new EigenvalueDecomposition(matrix(C), { assumeSymmetric: true }).realEigenvalues.sort(
    (p, q) => p - q,
  );
  return {
    bulk,
    shear,
    youngs: (9 * K * G) / (3 * K + G),
    poisson: (3 * K - 2 * G) / (2 * (3 * K + G)),
    anisotropy: (5 * shear.voigt) / shear.reuss + bulk.voigt / bulk.reuss - 6,
    eigenvalues,
    stable: eigenvalues[0] > 0,
  };
}

function averages(voigt: number, reuss: number): Averages {
  return { voigt, reuss, hill: (voigt + reuss) / 2 };
}

/** Young's modulus along a unit vector n: 1/E = S_ijkl n_i n_j n_k n_l. */
export function youngsModulus(S: ArrayLike<number>, n: readonly [number, number, number]): number {
  const [x, y, z] = n;
  const t = [x * x, y * y, z * z, y * z, x * z, x * y];
  let inverse = 0;
  for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) inverse += t[i] * S[6 * i + j] * t[j];
  return 1 / inverse;
}
