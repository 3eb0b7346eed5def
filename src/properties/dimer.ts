/**
 * Refines a saddle: with N the direction of least curvature, force along N is turned round, F − 2(F·N)N, so that the saddle is where it leads.
 * G. Henkelman and H. Jónsson, J. Chem. Phys. 111, 7010 (1999). N is turned in the plane of itself and the torque to where the curvature
 * C(φ) = a₀/2 + a₁ cos 2φ + b₁ sin 2φ is least, forces being extrapolated: A. Heyden, A. T. Bell and F. J. Keil, ibid. 123, 224101 (2005);
 * J. Kästner and P. Sherwood, ibid. 128, 014106 (2008).
 */
import type { Structure } from '../core/structure.ts';
import { unheld } from './band.ts';
import { largestForce } from './bandForces.ts';
import type { Evaluates } from './evaluates.ts';
import { followForces } from './followForces.ts';
import { hessianTimes, normalise } from './hessianTimes.ts';
import { dot } from './minimise.ts';
import { failed, found, type Outcome } from './outcome.ts';

export interface DimerOptions {
  /** [n]; 1: this atom stays where it is. */
  readonly hold?: Uint8Array;
  /** eV/Å, of any atom; default 1e-3. */
  readonly force?: number;
  /** Translations at most. */
  readonly steps?: number;
}

export interface Saddle {
  readonly structure: Structure;
  /** eV. */
  readonly energy: number;
  /** eV/Å, of the atom with the largest. */
  readonly force: number;
  /** Unit vector of the least curvature, [3n]. */
  readonly mode: Float64Array;
  /** eV/Å², along it. */
  readonly curvature: number;
  readonly evaluations: number;
}

const DIMER = { force: 1e-3, steps: 200 } as const;
/** Å, half the dimer's length. */
const ARM = 0.005;
/** rad: smaller turns are not worth an evaluation. */
const TURN = 0.05;
/** Turns before the first translation and before each further one. */
const [TURNS_FIRST, TURNS] = [12, 2];

/** `mode`: about where the saddle's mode points, as the tangent of a band does, [3n]. */
export async function refineSaddle(
  evaluates: Evaluates,
  start: Structure,
  mode: Float64Array,
  { hold, force = DIMER.force, steps = DIMER.steps }: DimerOptions = {},
): Promise<Outcome<Saddle>> {
  const { project } = hessianTimes(evaluates, start, hold ? { hold } : {});
  let evaluations = 0;
  const at = async (positions: Float64Array) => {
    evaluations++;
    const e = await evaluates.evaluate({ ...start, positions }, ['forces']);
    return { energy: e.energy, forces: unheld(e.forces, hold) };
  };
  const dimer = { mode: normalise(project(mode.slice())), curvature: Number.NaN };
  const now = { positions: start.positions, energy: Number.NaN, force: Number.POSITIVE_INFINITY };
  const field = async (x: Float64Array, out: Float64Array) => {
    const centre = await at(x.slice());
    if (!Number.isFinite(centre.energy)) return undefined;
    const isFirst = Number.isNaN(dimer.curvature);
    Object.assign(now, { positions: x.slice(), energy: centre.energy, force: largestForce(centre.forces) });
    const wasSaddle = dimer.curvature < 0;
    if (isFirst || now.force > force) {
      const ahead = async (n: Float64Array) => (await at(x.map((r, k) => r + ARM * n[k]))).forces;
      Object.assign(
        dimer,
        await turned(dimer.mode, centre.forces, ahead, project, isFirst ? TURNS_FIRST : TURNS),
      );
    }
    const N = dimer.mode;
    const along = dot(centre.forces, N);
    // Where the least curvature is positive there is no saddle near: up along it, nothing else.
    const isSaddle = dimer.curvature < 0;
    out.set(centre.forces.map((f, k) => (isSaddle ? f - 2 * along * N[k] : -along * N[k])));
    return !isFirst && isSaddle !== wasSaddle;
  };
  const x = start.positions.slice();
  const taken = await followForces(field, x, () => now.force <= force && dimer.curvature < 0, steps);
  if (!Number.isFinite(now.energy)) return failed(`the dimer met the energy ${now.energy}`);
  if (!(now.force <= force && dimer.curvature < 0))
    return failed(
      `no saddle after ${taken} steps of a dimer: force ${now.force.toPrecision(2)} eV/Å (wanted ${force}), ` +
        `least curvature ${dimer.curvature.toPrecision(2)} eV/Å²`,
    );
  const { positions, ...rest } = now;
  return found({ structure: { ...start, positions }, ...rest, ...dimer, evaluations });
}

/** The direction turned towards the least curvature, and that curvature. `ahead`: forces a dimer's arm away along a direction. */
async function turned(
  from: Float64Array,
  centre: Float64Array,
  ahead: (n: Float64Array) => Promise<Float64Array>,
  project: (v: Float64Array) => Float64Array,
  most: number,
): Promise<{ readonly mode: Float64Array; readonly curvature: number }> {
  let mode = from;
  let forces = await ahead(mode);
  let curvature = 0;
  for (let turn = 0; ; turn++) {
    // H N by a difference to the centre.
    const HN = project(forces.map((f, k) => (centre[k] - f) / ARM));
    curvature = dot(HN, mode);
    const theta = HN.map((h, k) => curvature * mode[k] - h);
    const torque = Math.sqrt(dot(theta, theta));
    // dC/dφ = 2 (H N)·Θ < 0.
    const slope = -2 * torque;
    const trial = 0.5 * Math.atan2(torque, Math.abs(curvature));
    if (turn >= most || trial < TURN) return { mode, curvature };
    for (let k = 0; k < theta.length; k++) theta[k] /= torque;
    const rotated = (phi: number) => mode.map((n, k) => Math.cos(phi) * n + Math.sin(phi) * theta[k]);
    const there = await ahead(rotated(trial));
    const direction = rotated(trial);
    const cTrial = dot(
      there.map((f, k) => (centre[k] - f) / ARM),
      direction,
    );
    const b1 = slope / 2;
    const a1 = (curvature - cTrial + b1 * Math.sin(2 * trial)) / (1 - Math.cos(2 * trial));
    const a0 = 2 * (curvature - a1);
    const c = (phi: number) => a0 / 2 + a1 * Math.cos(2 * phi) + b1 * Math.sin(2 * phi);
    const extreme = 0.5 * Math.atan2(b1, a1);
    const aside = extreme + (extreme > 0 ? -1 : 1) * (Math.PI / 2);
    const phi = c(extreme) < c(aside) ? extreme : aside;
    const [p, q] = [Math.sin(trial - phi) / Math.sin(trial), Math.sin(phi) / Math.sin(trial)];
    const rest = 1 - Math.cos(phi) - Math.sin(phi) * Math.tan(trial / 2);
    forces = forces.map((f, k) => p * f + q * there[k] + rest * centre[k]);
    mode = normalise(rotated(phi));
  }
}
