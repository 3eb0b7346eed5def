import { countStructures, LOCAL_STRUCTURES, localStructure } from '../../analysis/localStructure.ts';
import type { Backend, Observables } from '../../backend/backend.ts';
import { wasmBackend } from '../../backend/wasm/wasmBackend.ts';
import { inverse3, multiply3 } from '../../core/cell.ts';
import type { MdState } from '../../core/mdState.ts';
import type { Potential } from '../../core/potential.ts';
import { GPA } from '../../core/units.ts';
import { memberStresses, spreadOf } from '../../properties/memberStress.ts';

/** Voigt components as a config and a file name them. */
export const COMPONENTS = ['xx', 'yy', 'zz', 'yz', 'xz', 'xy'] as const;
export type Component = (typeof COMPONENTS)[number];

/** A point of a stress-strain curve. */
export interface CurvePoint {
  readonly step: number;
  /** fs. */
  readonly time: number;
  /** Against the cell at step 0, Voigt, engineering shear. */
  readonly strain: ArrayLike<number>;
  /** GPa, kinetic part included, tensile positive. */
  readonly stress: ArrayLike<number>;
  /** GPa: standard deviation over the members of an ensemble; NaN without one. */
  readonly spread: ArrayLike<number>;
  /** Atoms of each kind of {@link LOCAL_STRUCTURES}. */
  readonly structures: readonly number[];
}

/** Takes points of the curve while one potential drives. */
export interface CurveSampler {
  point(state: MdState, observables: Observables): Promise<CurvePoint>;
  dispose(): void;
}

/** The backend where it evaluates single structures in f64, else one that does. */
export function exactly(backend: Backend): Backend {
  return backend.kind === 'webgpu' || !backend.evaluator ? wasmBackend() : backend;
}

/** `reference`: rows of the cell that strains refer to, Å. */
export async function curveSampler(
  backend: Backend,
  potential: Potential,
  reference: Float64Array,
): Promise<CurveSampler> {
  // Differences of energies want f64.
  const evaluator = potential.members > 1 ? await exactly(backend).evaluator!(potential) : undefined;
  return {
    async point({ structure }, { step, time, stress }) {
      const spread = evaluator
        ? spreadOf(await memberStresses(evaluator, structure))
        : new Float64Array(6).fill(Number.NaN);
      const counts = countStructures(localStructure(structure));
      return {
        step,
        time,
        strain: strainBetween(reference, structure.cell),
        stress: stress.map((s) => s * GPA),
        spread: spread.map((s) => s * GPA),
        structures: LOCAL_STRUCTURES.map((kind) => counts[kind]),
      };
    },
    dispose: () => evaluator?.dispose(),
  };
}

/** F + Fᵀ − 2 of cell = reference·F, halved on the diagonal. */
function strainBetween(reference: Float64Array, cell: Float64Array): Float64Array {
  const f = multiply3(inverse3(reference), cell);
  return Float64Array.of(f[0] - 1, f[4] - 1, f[8] - 1, f[5] + f[7], f[2] + f[6], f[1] + f[3]);
}

/** Columns of strain.csv. */
export const CURVE_COLUMNS: readonly string[] = [
  'step',
  'time_fs',
  ...COMPONENTS.map((c) => `strain_${c}`),
  ...COMPONENTS.map((c) => `stress_${c}_GPa`),
  ...COMPONENTS.map((c) => `spread_${c}_GPa`),
  ...LOCAL_STRUCTURES.map((kind) => kind.replace(' ', '_')),
];

export function curveRow({ step, time, strain, stress, spread, structures }: CurvePoint): number[] {
  return [step, time, ...Array.from(strain), ...Array.from(stress), ...Array.from(spread), ...structures];
}
