/**
 * Elastic constants from stresses: with σ(δ) of one Voigt strain ±δ, [σ(δ) − σ(−δ)]/2 = C δ + D δ³. Least squares over amplitudes
 * gives the column C; all columns together the tensor that the point group allows.
 * Golesorkhtabar et al., Comput. Phys. Commun. 184, 1861 (2013).
 */
import { Matrix, solve } from 'ml-matrix';
import type { Structure } from '../core/structure.ts';
import { GPA } from '../core/units.ts';
import type { Evaluates } from './evaluates.ts';
import { allowedTensors, fromMandel, strainsNeeded, toMandel } from './mandel.ts';
import { relax } from './relax.ts';
import { strained, stressOf, unitStrain } from './strain.ts';
import type { Symmetry } from './symmetry.ts';

export interface ElasticOptions {
  /** Largest strain of each ± pair; default 0.1 and 0.2 %: larger ones meet the tapers of cutoffs. */
  readonly amplitudes?: readonly number[];
  /** Whether atoms settle in the strained cell; default true. */
  readonly relaxed?: boolean;
  /** eV/Å, how well they settle; default 1e-6. */
  readonly force?: number;
  /** Evaluations at most, of each relaxation. */
  readonly steps?: number;
  /** Which Voigt strains are applied; default: as many as the symmetry asks for. */
  readonly strains?: readonly number[];
}

export const AMPLITUDES = [0.001, 0.002] as const;

/** A strained crystal, its atoms settled or not, and its stress. */
export interface StrainedState {
  /** Voigt component, 0 to 5. */
  readonly component: number;
  readonly amplitude: number;
  readonly structure: Structure;
  /** GPa, Voigt. */
  readonly stress: Float64Array;
}

export interface Elastic {
  /** GPa, 6×6 Voigt, row order; symmetric and as the point group allows. */
  readonly C: Float64Array;
  readonly states: readonly StrainedState[];
  /** GPa, the largest difference of a measured column from C: rounding, unless symmetry or convergence are off. */
  readonly misfit: number;
  /** For people; only where atoms did not settle in some strained cell. */
  readonly failure?: string;
}

/** Elastic constants about a structure, which should be relaxed: a stress that is left adds itself to C. */
export async function elasticTensor(
  evaluates: Evaluates,
  s: Structure,
  symmetry: Pick<Symmetry, 'rotations'>,
  options: ElasticOptions = {},
): Promise<Elastic> {
  const basis = allowedTensors(symmetry.rotations);
  const { strains = strainsNeeded(basis), amplitudes = AMPLITUDES } = options;
  const states: StrainedState[] = [];
  let failure: string | undefined;
  for (const component of strains)
    for (const amplitude of amplitudes.flatMap((a) => [a, -a])) {
      const found = await strainedState(evaluates, s, component, amplitude, options);
      failure ??= found.failure;
      states.push(found.state);
    }
  const columns = new Map(strains.map((j) => [j, column(states.filter((t) => t.component === j))]));
  const C = allowedFit(basis, columns);
  return { C, states, misfit: misfit(C, columns), ...(failure === undefined ? {} : { failure }) };
}

async function strainedState(
  evaluates: Evaluates,
  s: Structure,
  component: number,
  amplitude: number,
  { relaxed = true, force = 1e-6, steps }: ElasticOptions,
): Promise<{ readonly state: StrainedState; readonly failure?: string }> {
  const affine = strained(s, unitStrain(component, amplitude));
  if (!relaxed) {
    const e = await evaluates.evaluate(affine, ['virial']);
    const stress = stressOf(e, affine.cell).map((x) => x * GPA);
    return { state: { component, amplitude, structure: affine, stress } };
  }
  const found = await relax(evaluates, affine, { cell: false, force, ...(steps && { steps }) });
  const { structure, stress, failure } = found;
  const state = { component, amplitude, structure, stress };
  return failure === undefined
    ? { state }
    : { state, failure: `strain ${component + 1} of ${amplitude}: ${failure}` };
}

/** GPa, dσ/dδ at δ = 0 from ± pairs. */
export function column(states: readonly Pick<StrainedState, 'amplitude' | 'stress'>[]): Float64Array {
  const sizes = [...new Set(states.map((t) => Math.abs(t.amplitude)))];
  const odd = sizes.map((a) => {
    const [up, down] = [a, -a].map((x) => states.find((t) => t.amplitude === x)!);
    return up.stress.map((x, i) => (x - down.stress[i]) / 2);
  });
  const powers = sizes.length > 1 ? [1, 3] : [1];
  const largest = Math.max(...sizes);
  const X = new Matrix(sizes.map((a) => powers.map((p) => (a / largest) ** p)));
  const fitted = solve(X, new Matrix(odd.map((o) => [...o])));
  return Float64Array.from(fitted.getRow(0), (x) => x / largest);
}

/** The allowed tensor nearest to the measured columns, all components weighing the same in Mandel's notation. */
export function allowedFit(
  basis: readonly Float64Array[],
  columns: ReadonlyMap<number, Float64Array>,
): Float64Array {
  const rows: number[][] = [];
  const targets: number[] = [];
  for (const [j, measured] of columns) {
    const full = new Float64Array(36);
    for (let i = 0; i < 6; i++) full[6 * i + j] = measured[i];
    const mandel = toMandel(full);
    for (let i = 0; i < 6; i++) {
      rows.push(basis.map((b) => b[6 * i + j]));
      targets.push(mandel[6 * i + j]);
    }
  }
  const weights = solve(new Matrix(rows), Matrix.columnVector(targets)).to1DArray();
  const C = new Float64Array(36);
  basis.forEach((b, a) => {
    for (let k = 0; k < 36; k++) C[k] += weights[a] * b[k];
  });
  return fromMandel(C);
}

function misfit(C: Float64Array, columns: ReadonlyMap<number, Float64Array>): number {
  let most = 0;
  for (const [j, measured] of columns)
    for (let i = 0; i < 6; i++) most = Math.max(most, Math.abs(measured[i] - C[6 * i + j]));
  return most;
}
