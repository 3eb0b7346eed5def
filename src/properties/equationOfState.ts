/**
 * Equation of state of Birch and Murnaghan, third order: E(V) = E₀ + (9/16) V₀ B₀ [2(x − 1)² + (B₀' − 4)(x − 1)³],
 * x = (V₀/V)^{2/3}. F. Birch, Phys. Rev. 71, 809 (1947). A cubic in V^{−2/3}, so least squares has one solution.
 */
import { Matrix, solve } from 'ml-matrix';
import { volume } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { GPA } from '../core/units.ts';
import type { Evaluates } from './evaluates.ts';
import { failed, found, type Outcome } from './outcome.ts';
import { relax } from './relax.ts';
import { strained } from './strain.ts';

export interface VolumePoint {
  /** Å³/atom. */
  readonly volume: number;
  /** eV/atom. */
  readonly energy: number;
}

export interface EquationOfState {
  /** Å³/atom, at rest. */
  readonly V0: number;
  /** eV/atom. */
  readonly E0: number;
  /** GPa. */
  readonly B0: number;
  /** dB/dp at rest. */
  readonly B0Prime: number;
  /** eV/atom, root mean square deviation of the points from the fit. */
  readonly misfit: number;
  readonly points: readonly VolumePoint[];
}

export interface VolumeOptions {
  /** Largest linear strain to either side; default 1 %: the form holds near rest, and tapers of cutoffs are met beyond. */
  readonly strain?: number;
  /** Default 11. */
  readonly points?: number;
}

/**
 * Of a relaxed crystal. Its cell keeps its shape while atoms settle in it: exact where symmetry fixes the shape, else the
 * crystal comes out slightly too stiff.
 */
export async function equationOfState(
  evaluates: Evaluates,
  relaxed: Structure,
  { strain = 0.01, points = 11 }: VolumeOptions = {},
): Promise<Outcome<EquationOfState>> {
  const curve: VolumePoint[] = [];
  const n = atomCount(relaxed);
  for (let k = 0; k < points; k++) {
    const e = strain * ((2 * k) / (points - 1) - 1);
    const scaled = strained(relaxed, [e, e, e, 0, 0, 0]);
    const { converged, failure, energy } = await relax(evaluates, scaled, { cell: false, force: 1e-5 });
    if (!converged) return failed(`at ${(100 * e).toFixed(1)} % strain: ${failure}`);
    curve.push({ volume: volume(scaled.cell) / n, energy: energy / n });
  }
  return fitBirchMurnaghan(curve);
}

/** Fails where the points hold no minimum. */
export function fitBirchMurnaghan(points: readonly VolumePoint[]): Outcome<EquationOfState> {
  const middle = points.reduce((sum, p) => sum + p.volume / points.length, 0);
  const y = points.map((p) => (middle / p.volume) ** (2 / 3) - 1);
  const X = new Matrix(y.map((u) => [1, u, u * u, u ** 3]));
  const [a, b, c, d] = solve(X, Matrix.columnVector(points.map((p) => p.energy))).to1DArray();
  // The stationary point with upward curvature 2c + 6du, in the form that holds for d = 0 too.
  const u = -b / (c + Math.sqrt(c * c - 3 * b * d));
  if (!(u > Math.min(...y) && u < Math.max(...y) && 2 * c + 6 * d * u > 0))
    return failed('the energy has no minimum within the volumes sampled');
  const x = 1 + u;
  const V0 = middle * x ** -1.5;
  const K = ((2 * c + 6 * d * u) * x * x) / 4;
  const at = (t: number) => a + b * t + c * t * t + d * t ** 3;
  const squares = points.reduce((sum, p, k) => sum + (p.energy - at(y[k])) ** 2 / points.length, 0);
  return found({
    V0,
    E0: at(u),
    B0: ((16 * K) / (9 * V0)) * GPA,
    B0Prime: 4 + (d * x ** 3) / K,
    misfit: Math.sqrt(squares),
    points,
  });
}

/** eV/atom at a volume in Å³/atom. */
export function birchMurnaghan(
  { V0, E0, B0, B0Prime }: Omit<EquationOfState, 'misfit' | 'points'>,
  at: number,
): number {
  const x = (V0 / at) ** (2 / 3) - 1;
  return E0 + ((9 * V0 * B0) / (16 * GPA)) * (2 * x ** 2 + (B0Prime - 4) * x ** 3);
}
