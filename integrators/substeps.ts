import { isOpenCell } from '../src/core/cell.ts';
import { UserError } from '../src/core/errors.ts';
import type { Structure } from '../src/core/structure.ts';
import { type Schedule, valueAt } from './schedule.ts';

/** Evaluate forces and virial. Exactly one a step. */
export interface Force {
  readonly kind: 'force';
}

/** v += fraction·Δt·F/m. */
export interface Kick {
  readonly kind: 'kick';
  readonly fraction: number;
}

/** r += fraction·Δt·v. */
export interface Drift {
  readonly kind: 'drift';
  readonly fraction: number;
}

/** Friction and noise on every atom, for a whole Δt. */
export interface OrnsteinUhlenbeck {
  readonly kind: 'ornsteinUhlenbeck';
  /** K. */
  readonly temperature: Schedule;
  /** 1/fs. */
  readonly friction: number;
}

/** A chain of thermostats coupled to the kinetic energy. */
export interface NoseHooverChain {
  readonly kind: 'noseHooverChain';
  readonly fraction: number;
  /** K. */
  readonly temperature: Schedule;
  /** fs. */
  readonly relaxation: number;
  /** Thermostats in the chain. */
  readonly length: number;
}

/** Stochastic velocity rescaling, for a whole Δt. */
export interface Csvr {
  readonly kind: 'csvr';
  /** K. */
  readonly temperature: Schedule;
  /** fs. */
  readonly relaxation: number;
}

/** Which strains of the cell a barostat moves: volume only, Cartesian axes one by one, or all six. */
export type CellFreedom = 'isotropic' | 'anisotropic' | 'full';

/** Stochastic cell rescaling, for a whole Δt. */
export interface CellRescale {
  readonly kind: 'cellRescale';
  readonly freedom: CellFreedom;
  /** Cartesian axes that may change; `isotropic` and `full` need all three. */
  readonly axes: readonly [boolean, boolean, boolean];
  /** eV/Å³, positive under compression. */
  readonly pressure: Schedule;
  /** K. */
  readonly temperature: Schedule;
  /** fs. */
  readonly relaxation: number;
  /** eV/Å³; a guess sets how fast the cell moves, never where it settles. */
  readonly bulkModulus: number;
}

/** Cell and atoms follow a prescribed strain path. */
export interface Deform {
  readonly kind: 'deform';
  /** Strain against the cell at time 0, Voigt xx yy zz yz xz xy, engineering shear, [6]. */
  readonly strain: readonly Schedule[];
  /** Whether velocities go with the box, v·F⁻¹, or stay as they are. */
  readonly velocities: 'strained' | 'kept';
}

export type SubStep =
  | Force
  | Kick
  | Drift
  | OrnsteinUhlenbeck
  | NoseHooverChain
  | Csvr
  | CellRescale
  | Deform;

/**
 * How time advances: one step is this list, from first to last. Nothing after `force` may move atoms or cell, so that
 * forces are a function of the state between steps; each random sub-step occurs once, so that (seed, step) names its noise.
 */
export interface Integrator {
  readonly kind: string;
  /** fs. */
  readonly timestep: number;
  readonly substeps: readonly SubStep[];
  /** True where the total momentum stays as it began: three degrees of freedom hold no heat. */
  readonly conservesMomentum: boolean;
  /** Of all its noise. */
  readonly seed: number;
  /** Variables at the end of the extended ones that something besides the sub-steps keeps; none if absent. */
  readonly carried?: number;
}

export function degreesOfFreedom(integrator: Integrator, atoms: number): number {
  return Math.max(0, 3 * atoms - (integrator.conservesMomentum ? 3 : 0));
}

/** Length of the extended variables: heat and work taken in (eV), the velocities of the chain (1/fs), then what is carried along. */
export function extendedLength(integrator: Integrator): number {
  return 1 + (chainOf(integrator)?.length ?? 0) + (integrator.carried ?? 0);
}

export function chainOf(integrator: Integrator): NoseHooverChain | undefined {
  return integrator.substeps.find((s) => s.kind === 'noseHooverChain');
}

/** K, of the thermostat at `time` (fs); undefined without one. */
export function targetTemperature(integrator: Integrator, time: number): number | undefined {
  const heated = integrator.substeps.find((s) => 'temperature' in s);
  return heated && valueAt(heated.temperature, time);
}

/** Throws a UserError when the structure has no cell for the integrator to change, or `extended` is another's. */
export function checkIntegrator(integrator: Integrator, s: Structure, extended: Float64Array): void {
  const length = extendedLength(integrator);
  if (extended.length !== 0 && extended.length !== length)
    throw new UserError(
      `integrator ${integrator.kind}: got a state with ${extended.length} extended variables, must be ${length}; go on with the integrator that made it, or start its thermostat afresh`,
    );
  const has = (kind: SubStep['kind']) => integrator.substeps.some((sub) => sub.kind === kind);
  if (has('deform') && isOpenCell(s.cell))
    throw new UserError(
      `integrator ${integrator.kind}: got a structure without a cell, must have one to be strained; give it a cell`,
    );
  if (has('cellRescale') && !s.periodic.every(Boolean))
    throw new UserError(
      `integrator ${integrator.kind}: got periodic = [${s.periodic.join(', ')}], must be true in all three directions for a pressure to exist; use an integrator without pressure`,
    );
}
