/**
 * What a crystal's energy, stress and stiffness, atoms carried along by the strain, say of the coefficients of a linear potential: all
 * three are linear in them, so that their derivatives are exact.
 */
import { Matrix } from 'ml-matrix';
import type { DesignRows, LearnablePotential } from '../../potentials/learnable.ts';
import { volume } from '../core/cell.ts';
import { buildNeighbours } from '../core/neighbours.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { allowedTensors, independentConstants } from '../properties/mandel.ts';
import { strained, unitStrain } from '../properties/strain.ts';
import { symmetryOf } from '../properties/symmetry.ts';
import type { Target } from './match.ts';

/** Standard deviations that are wanted. */
export interface CrystalAccuracy {
  /** eV/atom. */
  readonly energy: number;
  /** eV/Å³. */
  readonly stress: number;
  /** eV/Å³, of every free elastic constant. */
  readonly elastic: number;
}

/** Strain of the differences that make a stiffness of stresses. */
const STRAIN = 2e-3;

export function crystalTargets(
  potential: LearnablePotential,
  s: Structure,
  accuracy: CrystalAccuracy,
  name: string,
): Target[] {
  const K = potential.functionCount;
  const rowsAt = (at: Structure) => potential.rows(at, buildNeighbours(at, potential.cutoff));
  const perVolume = (rows: DesignRows, i: number) =>
    rows.strain.slice(i * K, (i + 1) * K).map((x) => x / volume(s.cell));
  const rest = rowsAt(s);
  const energy: Target = {
    name: `energy of ${name}`,
    gradient: rest.energy.map((x) => x / atomCount(s)),
    accuracy: accuracy.energy,
  };
  const pressure = Float64Array.from({ length: K }, (_, v) =>
    [0, 1, 2].reduce((sum, i) => sum + perVolume(rest, i)[v] / 3, 0),
  );
  const columns = [0, 1, 2, 3, 4, 5].map((j) =>
    [STRAIN, -STRAIN].map((amount) => rowsAt(strained(s, unitStrain(j, amount)))),
  );
  const constants = independentConstants(allowedTensors(symmetryOf(s).rotations));
  const stiffness = constants.map(({ name: constant, place }): Target => {
    const [up, down] = columns[place % 6].map((rows) => perVolume(rows, Math.floor(place / 6)));
    return {
      name: `${constant} of ${name}`,
      gradient: up.map((x, v) => (x - down[v]) / (2 * STRAIN)),
      accuracy: accuracy.elastic,
    };
  });
  return [
    energy,
    { name: `pressure of ${name}`, gradient: pressure, accuracy: accuracy.stress },
    ...stiffness,
  ];
}

/** JᵀJ of the rows of a label, row-major [rows × K]. */
export function linearInformation(rows: Float64Array, K: number): Matrix {
  const J = Matrix.from1DArray(rows.length / K, K, rows as unknown as number[]);
  const product = J.transpose().mmul(J);
  return product.add(product.transpose()).mul(0.5);
}

/**
 * What the smoothness prior says: c_v is a normal of s/Γ_v, with s that of the coefficients as they are. Without it a
 * direction that no candidate informs would make every wish for it impossible.
 */
export function priorInformation({ roughness, parameters }: LearnablePotential): Matrix {
  const { mean } = parameters;
  const squares = mean.reduce((sum, c, v) => sum + (c * roughness[v]) ** 2, 0) / mean.length;
  return Matrix.diag(Array.from(roughness, (rough) => rough ** 2 / Math.max(squares, 1e-12)));
}
