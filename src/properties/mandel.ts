/**
 * Elastic tensors that a point group allows. In Mandel's notation (shear components times √2) a rotation of a symmetric
 * tensor is an orthogonal 6×6 matrix, so averaging C over the group is an orthogonal projection.
 * Nye, Physical Properties of Crystals (1985), ch. VIII; Mehrabadi and Cowin, Q. J. Mech. Appl. Math. 43, 15 (1990).
 */
const PAIRS = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;
const WEIGHT = [1, 1, 1, Math.SQRT2, Math.SQRT2, Math.SQRT2] as const;

/** 6×6, row order; `Q` is orthogonal, row order [9]. */
function mandelRotation(Q: ArrayLike<number>): Float64Array {
  const R = new Float64Array(36);
  PAIRS.forEach(([a, b], I) => {
    PAIRS.forEach(([c, d], J) => {
      const one = Q[3 * a + c] * Q[3 * b + d];
      const two = Q[3 * a + d] * Q[3 * b + c];
      R[6 * I + J] = WEIGHT[I] * (c === d ? one : (one + two) / Math.SQRT2);
    });
  });
  return R;
}

const scaled = (C: ArrayLike<number>, power: 1 | -1) =>
  Float64Array.from({ length: 36 }, (_, k) => C[k] * (WEIGHT[Math.floor(k / 6)] * WEIGHT[k % 6]) ** power);

/** Voigt 6×6 stiffness to Mandel's and back. */
export const toMandel = (C: ArrayLike<number>) => scaled(C, 1);
export const fromMandel = (C: ArrayLike<number>) => scaled(C, -1);

/** Mean of R C Rᵀ over the group; C in Mandel's notation. */
function average(C: Float64Array, rotations: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(36);
  for (const R of rotations) {
    const half = new Float64Array(36);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < 6; j++) for (let k = 0; k < 6; k++) half[6 * i + j] += R[6 * i + k] * C[6 * k + j];
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < 6; j++)
        for (let k = 0; k < 6; k++) out[6 * i + j] += (half[6 * i + k] * R[6 * j + k]) / rotations.length;
  }
  return out;
}

/** A Voigt stiffness averaged over the point group (orthogonal matrices, row order [9]). */
export function symmetrised(C: ArrayLike<number>, pointGroup: readonly ArrayLike<number>[]): Float64Array {
  return fromMandel(average(toMandel(C), pointGroup.map(mandelRotation)));
}

/** A strain (Voigt) averaged over the point group: what of it the crystal may do by itself. */
export function symmetrisedStrain(
  strain: ArrayLike<number>,
  pointGroup: readonly ArrayLike<number>[],
): Float64Array {
  // Engineering shear is √2 times Mandel's.
  const t = Float64Array.from(strain, (e, I) => e / WEIGHT[I]);
  const out = new Float64Array(6);
  for (const R of pointGroup.map(mandelRotation))
    for (let I = 0; I < 6; I++)
      for (let J = 0; J < 6; J++) out[I] += (R[6 * I + J] * t[J]) / pointGroup.length;
  return out.map((x, I) => x * WEIGHT[I]);
}

/** Orthonormal tensors (Mandel, 6×6 row order) that span what the point group allows: 3 for cubic, 21 for triclinic. */
export function allowedTensors(pointGroup: readonly ArrayLike<number>[]): Float64Array[] {
  const rotations = pointGroup.map(mandelRotation);
  const basis: Float64Array[] = [];
  for (let i = 0; i < 6; i++)
    for (let j = i; j < 6; j++) {
      const unit = new Float64Array(36);
      unit[6 * i + j] = unit[6 * j + i] = 1;
      const v = average(unit, rotations);
      // Twice, against rounding.
      for (let pass = 0; pass < 2; pass++)
        for (const b of basis) {
          const overlap = v.reduce((sum, x, k) => sum + x * b[k], 0);
          for (let k = 0; k < 36; k++) v[k] -= overlap * b[k];
        }
      const norm = Math.hypot(...v);
      if (norm > 1e-6) basis.push(v.map((x) => x / norm));
    }
  return basis;
}

/** One constant that, with the others, says all: C_ij with i, j from 1. */
export interface Constant {
  readonly name: string;
  /** Place in the 6×6 matrix. */
  readonly place: number;
}

/** As many constants as the group leaves free, in the field's order: C11 C12 C44 for cubic crystals. */
export function independentConstants(basis: readonly Float64Array[]): Constant[] {
  const order = [0, 1, 2, 3, 4, 5].flatMap((i) => [0, 1, 2, 3, 4, 5].slice(i).map((j) => [i, j] as const));
  const chosen: Constant[] = [];
  const span: number[][] = [];
  for (const [i, j] of order) {
    const row = basis.map((b) => b[6 * i + j]);
    if (!enlarges(span, row)) continue;
    chosen.push({ name: `C${i + 1}${j + 1}`, place: 6 * i + j });
  }
  return chosen;
}

/** The fewest Voigt strains whose stresses fix every allowed tensor, early ones first. */
export function strainsNeeded(basis: readonly Float64Array[]): number[] {
  const needed: number[] = [];
  const span: number[][] = [];
  for (let j = 0; j < 6; j++) {
    const grew = [0, 1, 2, 3, 4, 5].map((i) =>
      enlarges(
        span,
        basis.map((b) => b[6 * i + j]),
      ),
    );
    if (grew.some(Boolean)) needed.push(j);
  }
  return needed;
}

/** Whether a row is new to an orthonormal span, which it then joins. */
function enlarges(span: number[][], row: readonly number[]): boolean {
  let rest = [...row];
  for (let pass = 0; pass < 2; pass++)
    for (const s of span) {
      const overlap = s.reduce((sum, x, k) => sum + x * rest[k], 0);
      rest = rest.map((x, k) => x - overlap * s[k]);
    }
  const norm = Math.hypot(...rest);
  if (norm < 1e-6) return false;
  span.push(rest.map((x) => x / norm));
  return true;
}
