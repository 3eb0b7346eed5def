/**
 * Relaxation of ions and cell. Unknowns are positions u before the strain and the strain ε itself, r = u(1 + ε), cell = cell₀(1 + ε):
 * ∂H/∂u = −f(1 + ε)ᵀ and ∂H/∂ε = sym[(1 + ε)⁻ᵀ(−W + pV)] of the enthalpy H = E + pV with the virial W.
 * Tadmor et al., PRB 59, 235 (1999). ε is multiplied by a length so that cell and ions are about as stiff.
 */
import { heights, inverse3, multiply3, volume } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { GPA } from '../core/units.ts';
import type { Evaluates } from './evaluates.ts';
import { fire } from './fire.ts';
import { lbfgs } from './lbfgs.ts';
import type { Minimiser, Objective } from './minimise.ts';
import { deformation, stressOf, transformed, VOIGT } from './strain.ts';

const MINIMISERS = { lbfgs, fire } as const satisfies Record<string, Minimiser>;

export interface RelaxOptions {
  /** Which components of the cell's strain are free, Voigt; true: all, false: none. Open directions never are. */
  readonly cell: boolean | readonly boolean[];
  /** Whether atoms move within the cell; default true. */
  readonly ions?: boolean;
  /** [n]; 1: this atom stays where it is within the cell. */
  readonly hold?: Uint8Array;
  readonly method?: keyof typeof MINIMISERS;
  /** eV/Å, of any atom. */
  readonly force?: number;
  /** GPa, of any free component. */
  readonly stress?: number;
  /** GPa, hydrostatic. */
  readonly pressure?: number;
  /** Evaluations at most. */
  readonly steps?: number;
}

export interface Relaxation {
  /** Where it ended, converged or not. */
  readonly structure: Structure;
  readonly converged: boolean;
  /** For people; only where it did not converge. */
  readonly failure?: string;
  /** Evaluations. */
  readonly steps: number;
  /** eV. */
  readonly energy: number;
  /** eV/Å, of the atom with the largest force among those that move. */
  readonly force: number;
  /** GPa, Voigt, tensile positive. */
  readonly stress: Float64Array;
}

export const RELAX = { force: 1e-4, stress: 1e-2, steps: 500 } as const;

export async function relax(
  evaluates: Evaluates,
  start: Structure,
  options: RelaxOptions,
): Promise<Relaxation> {
  const { ions = true, method = 'lbfgs', force = RELAX.force, stress = RELAX.stress } = options;
  const { pressure = 0, steps = RELAX.steps } = options;
  const free = freeStrains(start, options.cell);
  const n = atomCount(start);
  const lever = 1.5 * Math.sqrt(n);
  const x = new Float64Array(3 * n + free.length);
  x.set(start.positions);
  const now = { structure: start, energy: Number.NaN, force: 0, stress: new Float64Array(6) };
  const objective: Objective = async (at, gradient) => {
    const strain = new Float64Array(6);
    free.forEach((component, k) => {
      strain[component] = at[3 * n + k] / lever;
    });
    const F = deformation(strain);
    now.structure = transformed({ ...start, positions: at.subarray(0, 3 * n) }, F);
    const e = await evaluates.evaluate(now.structure, ['forces', 'virial']);
    const V = free.length > 0 || start.periodic.every(Boolean) ? volume(now.structure.cell) : Number.NaN;
    now.energy = e.energy;
    const forces = ions ? unheld(e.forces, options.hold) : e.forces;
    now.force = ions ? largest(forces) : 0;
    now.stress = stressOf(e, now.structure.cell).map((s) => s * GPA);
    gradient.fill(0);
    if (ions) pullBack(forces, F, gradient);
    const onCell = cellGradient(e.virial, F, free.length > 0 ? (pressure / GPA) * V : 0);
    free.forEach((component, k) => {
      gradient[3 * n + k] = onCell[component] / lever;
    });
    return e.energy + (free.length > 0 ? (pressure / GPA) * V : 0);
  };
  const excess = () =>
    free.reduce((most, k) => Math.max(most, Math.abs(now.stress[k] + (k < 3 ? pressure : 0))), 0);
  const isCalm = () => now.force <= force && excess() <= stress;
  const taken = await MINIMISERS[method](objective, x, isCalm, steps);
  if (!isCalm()) {
    // The minimiser may have stepped back from what it evaluated last.
    await objective(x, new Float64Array(x.length));
  }
  const converged = isCalm();
  return {
    ...now,
    converged,
    steps: taken,
    ...(converged ? {} : { failure: failureText(taken, now, excess(), { force, stress }) }),
  };
}

function failureText(
  steps: number,
  now: { readonly energy: number; readonly force: number },
  stress: number,
  wanted: { readonly force: number; readonly stress: number },
): string {
  return Number.isFinite(now.energy)
    ? `not relaxed after ${steps} evaluations: force ${now.force.toPrecision(3)} eV/Å (wanted ${wanted.force}), ` +
        `stress off by ${stress.toPrecision(3)} GPa (wanted ${wanted.stress})`
    : `the energy became ${now.energy} after ${steps} evaluations`;
}

function freeStrains({ periodic, cell }: Structure, free: RelaxOptions['cell']): number[] {
  if (free === false || !periodic.some(Boolean)) return [];
  const touches = [[0], [1], [2], [1, 2], [0, 2], [0, 1]];
  const closed = periodic.every(Boolean) && heights(cell).every((h) => h > 0);
  return touches.flatMap((axes, k) =>
    (free === true || free[k]) && (closed || axes.every((a) => periodic[a])) ? [k] : [],
  );
}

/** Forces without those of held atoms. */
function unheld(forces: Float64Array, hold?: Uint8Array): Float64Array {
  return hold ? forces.map((f, k) => (hold[Math.floor(k / 3)] ? 0 : f)) : forces;
}

/** −f(1 + ε)ᵀ into the head of `gradient`. */
function pullBack(forces: Float64Array, F: Float64Array, gradient: Float64Array): void {
  for (let i = 0; i < forces.length; i += 3)
    for (let a = 0; a < 3; a++)
      gradient[i + a] = -(forces[i] * F[3 * a] + forces[i + 1] * F[3 * a + 1] + forces[i + 2] * F[3 * a + 2]);
}

/** ∂H/∂ε, Voigt with engineering shear. */
function cellGradient(virial: Float64Array, F: Float64Array, pV: number): Float64Array {
  const inner = Float64Array.from(virial, (w, k) => (k % 4 === 0 ? pV : 0) - w);
  // F is symmetric, so its inverse is its own transpose.
  const g = multiply3(inverse3(F), inner);
  const transposed = [0, 4, 8, 7, 6, 3];
  return Float64Array.from(VOIGT, (place, k) => (g[place] + g[transposed[k]]) / 2);
}

function largest(forces: Float64Array): number {
  let most = 0;
  for (let i = 0; i < forces.length; i += 3)
    most = Math.max(most, Math.hypot(forces[i], forces[i + 1], forces[i + 2]));
  return most;
}
