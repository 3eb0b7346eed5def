/**
 * Phonons by finite displacements: Φ(iα, jβ) = −∂f_jβ/∂r_iα of a supercell, D(q) = Σ_R Φ(0i, Rj) e^{iq·(R + r_j − r_i)} / √(m_i m_j), ω² its
 * eigenvalues. The image of j nearest to i counts, equally near ones equally. K. Parlinski et al., PRL 78, 4063 (1997).
 * At wavevectors that fit into the supercell this is exact; between them as good as Φ has died away at its boundary.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { heights, inverse3, transformRows } from '../core/cell.ts';
import { atomCount, type Structure, supercell } from '../core/structure.ts';
import { ACCELERATION } from '../core/units.ts';
import { massesOf } from '../core/velocities.ts';
import type { Evaluates } from './evaluates.ts';

/** Force constants of one atom of the cell with one atom of the supercell. */
interface Coupling {
  readonly i: number;
  /** The atom of the cell that it is an image of. */
  readonly j: number;
  /** eV/Å², row order [9]: α of i, β of j. */
  readonly phi: Float64Array;
  /** Å: the nearest images of j seen from i. */
  readonly vectors: readonly (readonly number[])[];
}

export interface ForceConstants {
  readonly primitive: Structure;
  readonly repeat: readonly [number, number, number];
  readonly couplings: readonly Coupling[];
  /** eV/Å², how far the force constants were from the acoustic sum rule, which has been put right on the diagonal. */
  readonly sumRule: number;
}

export interface PhononOptions {
  /** Å, least height of the supercell; default 12. */
  readonly size?: number;
  /** Å; default 0.01. */
  readonly displacement?: number;
}

/** Of a relaxed crystal; `primitive` should be its smallest cell. */
export async function forceConstants(
  evaluates: Evaluates,
  primitive: Structure,
  { size = 12, displacement = 0.01 }: PhononOptions = {},
): Promise<ForceConstants> {
  // Even, so that the zone's boundary fits.
  const [a, b, c] = heights(primitive.cell).map((h) =>
    h < size - 1e-9 ? 2 * Math.ceil(size / (2 * h) - 1e-9) : 1,
  );
  const repeat = [a, b, c] as const;
  const large = supercell(primitive, repeat);
  const n = atomCount(primitive);
  const N = atomCount(large);
  const couplings: Coupling[] = [];
  let sumRule = 0;
  for (let i = 0; i < n; i++) {
    const rows = await responses(evaluates, large, i, displacement);
    const sum = new Float64Array(9);
    const of = Array.from({ length: N }, (_, J) => {
      const phi = Float64Array.from({ length: 9 }, (_, k) => rows[Math.floor(k / 3)][3 * J + (k % 3)]);
      for (let k = 0; k < 9; k++) sum[k] += phi[k];
      return { i, j: J % n, phi, vectors: nearestImages(large, i, J) };
    });
    for (let k = 0; k < 9; k++) {
      of[i].phi[k] -= sum[k];
      sumRule = Math.max(sumRule, Math.abs(sum[k]));
    }
    couplings.push(...of);
  }
  return { primitive, repeat, couplings, sumRule };
}

/** −∂f/∂r_iα by central differences, [3][3N]. */
async function responses(
  evaluates: Evaluates,
  large: Structure,
  i: number,
  step: number,
): Promise<Float64Array[]> {
  const rows: Float64Array[] = [];
  for (let alpha = 0; alpha < 3; alpha++) {
    const forces: Float64Array[] = [];
    for (const sign of [1, -1]) {
      const positions = large.positions.slice();
      positions[3 * i + alpha] += sign * step;
      forces.push((await evaluates.evaluate({ ...large, positions }, ['forces'])).forces.slice());
    }
    rows.push(forces[0].map((f, k) => (forces[1][k] - f) / (2 * step)));
  }
  return rows;
}

/** Å: the shortest vectors from atom i to images of J, to 1e-4 Å. */
function nearestImages({ positions, cell }: Structure, i: number, J: number): number[][] {
  const d = [0, 1, 2].map((x) => positions[3 * J + x] - positions[3 * i + x]);
  const f = transformRows(d, inverse3(cell), new Float64Array(3)).map((x) => x - Math.round(x));
  const images: { readonly vector: number[]; readonly length: number }[] = [];
  for (let p = -1; p <= 1; p++)
    for (let q = -1; q <= 1; q++)
      for (let r = -1; r <= 1; r++) {
        const vector = [...transformRows([f[0] + p, f[1] + q, f[2] + r], cell, new Float64Array(3))];
        images.push({ vector, length: Math.hypot(...vector) });
      }
  const least = Math.min(...images.map((image) => image.length));
  return images.filter((image) => image.length < least + 1e-4).map((image) => image.vector);
}

/** Angular frequencies (1/fs), ascending, of wavevector `q` (1/Å, Cartesian, 2π included); imaginary ones are negative. */
export function phononFrequencies(constants: ForceConstants, q: ArrayLike<number>): Float64Array {
  const { primitive, couplings } = constants;
  const masses = massesOf(primitive);
  const size = 3 * masses.length;
  const [re, im] = [Matrix.zeros(size, size), Matrix.zeros(size, size)];
  for (const { i, j, phi, vectors } of couplings) {
    const weight = 1 / (vectors.length * Math.sqrt(masses[i] * masses[j]));
    let [cos, sin] = [0, 0];
    for (const v of vectors) {
      const angle = q[0] * v[0] + q[1] * v[1] + q[2] * v[2];
      cos += weight * Math.cos(angle);
      sin += weight * Math.sin(angle);
    }
    for (let k = 0; k < 9; k++) {
      const [row, column] = [3 * i + Math.floor(k / 3), 3 * j + (k % 3)];
      re.set(row, column, re.get(row, column) + cos * phi[k]);
      im.set(row, column, im.get(row, column) + sin * phi[k]);
    }
  }
  const squares = hermitianEigenvalues(re, im);
  return squares.map((w) => Math.sign(w) * Math.sqrt(Math.abs(w) * ACCELERATION));
}

/** Of A + iB, made Hermitian: [A −B; B A] has each of them twice. */
function hermitianEigenvalues(A: Matrix, B: Matrix): Float64Array {
  const n = A.rows;
  const real = Matrix.zeros(2 * n, 2 * n);
  for (let r = 0; r < n; r++)
    for (let c = 0; c < n; c++) {
      const a = (A.get(r, c) + A.get(c, r)) / 2;
      const b = (B.get(r, c) - B.get(c, r)) / 2;
      real.set(r, c, a);
      real.set(n + r, n + c, a);
      real.set(n + r, c, b);
      real.set(r, n + c, -b);
    }
  const twice = new EigenvalueDecomposition(real, { assumeSymmetric: true }).realEigenvalues;
  return Float64Array.from(twice.sort((p, q) => p - q).filter((_, k) => k % 2 === 0));
}

/** 1/Å: rows b₁ b₂ b₃ of the reciprocal cell, 2π included, [9]. */
export function reciprocalCell(cell: Float64Array): Float64Array {
  const inverse = inverse3(cell);
  return Float64Array.from({ length: 9 }, (_, k) => 2 * Math.PI * inverse[3 * (k % 3) + Math.floor(k / 3)]);
}

/** THz of an angular frequency in 1/fs. */
export const TERAHERTZ = 1e3 / (2 * Math.PI);
