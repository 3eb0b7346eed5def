import { conservedQuantity } from '../../../integrators/execute.ts';
import { degreesOfFreedom, type Integrator } from '../../../integrators/substeps.ts';
import { pressureVolume, type System } from '../../../integrators/system.ts';
import { volume } from '../../core/cell.ts';
import { kineticEnergy, temperatureOf } from '../../core/velocities.ts';
import type { Observables } from '../backend.ts';

const pv = new Float64Array(9);

/** Of the state as it is. Stress and pressure are NaN where there is no volume to refer them to. */
export function observe(integrator: Integrator, system: System, potentialEnergy: number): Observables {
  const kinetic = kineticEnergy(system.masses, system.velocities);
  const v = volume(system.cell);
  pressureVolume(system, pv);
  const stress = VOIGT.map(([k, l]) => (v > 0 ? -(pv[k] + pv[l]) / (2 * v) : Number.NaN));
  return {
    step: system.step,
    time: system.step * integrator.timestep,
    potentialEnergy,
    kineticEnergy: kinetic,
    conserved: conservedQuantity(integrator, system, potentialEnergy),
    temperature: temperatureOf(kinetic, degreesOfFreedom(integrator, system.masses.length)),
    pressure: -(stress[0] + stress[1] + stress[2]) / 3,
    stress,
    volume: v,
  };
}

/** The two entries of a 3×3 tensor that make each Voigt component. */
const VOIGT: readonly (readonly [number, number])[] = [
  [0, 0],
  [4, 4],
  [8, 8],
  [5, 7],
  [2, 6],
  [1, 3],
];
