import { transformRows } from '../src/core/cell.ts';
import { ACCELERATION, MASS_VELOCITY_SQUARED } from '../src/core/units.ts';

/** What the sub-steps move. Arrays are changed in place. */
export interface System {
  /** Completed steps. */
  step: number;
  /** u, [n]. */
  readonly masses: Float64Array;
  /** Å, [3n]. */
  readonly positions: Float64Array;
  /** Å/fs, [3n]. */
  readonly velocities: Float64Array;
  /** Å, rows a b c, [9]. */
  readonly cell: Float64Array;
  /** Laid out by {@link extendedLength}. */
  readonly extended: Float64Array;
  /** eV/Å, [3n]; of the latest evaluation. */
  forces: Float64Array;
  /** eV, [9]; of the latest evaluation. */
  virial: Float64Array;
}

/** v += t·F/m. */
export function kick({ masses, velocities, forces }: System, time: number): void {
  for (let i = 0; i < masses.length; i++) {
    const scale = (time * ACCELERATION) / masses[i];
    velocities[3 * i] += scale * forces[3 * i];
    velocities[3 * i + 1] += scale * forces[3 * i + 1];
    velocities[3 * i + 2] += scale * forces[3 * i + 2];
  }
}

/** r += t·v. */
export function drift({ positions, velocities }: System, time: number): void {
  for (let k = 0; k < positions.length; k++) positions[k] += time * velocities[k];
}

export function scaleVelocities({ velocities }: System, scale: number): void {
  for (let k = 0; k < velocities.length; k++) velocities[k] *= scale;
}

/** V·P = Σ m v⊗v + virial: internal pressure times volume, eV, into `out` [9]. */
export function pressureVolume(system: System, out: Float64Array): Float64Array {
  const { masses, velocities: v, virial } = system;
  out.fill(0);
  for (let i = 0; i < masses.length; i++)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        out[3 * a + b] += MASS_VELOCITY_SQUARED * masses[i] * v[3 * i + a] * v[3 * i + b];
  for (let k = 0; k < 9; k++) out[k] += virial[k];
  return out;
}

const moved = new Float64Array(9);

/** Strains the box by F: r → r·F, cell → cell·F, v → v·F⁻¹, so that action r·p is kept. */
export function strainBox(system: System, f: Float64Array, inverse: Float64Array): void {
  transformRows(system.positions, f, system.positions);
  transformRows(system.velocities, inverse, system.velocities);
  system.cell.set(transformRows(system.cell, f, moved));
}
