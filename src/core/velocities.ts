import { element } from './elements.ts';
import { normals, STREAM } from './philox.ts';
import { atomCount, type Structure } from './structure.ts';
import { ACCELERATION, BOLTZMANN, MASS_VELOCITY_SQUARED } from './units.ts';

/** u, [n]. */
export function massesOf(s: Structure): Float64Array {
  const masses = s.elements.map((symbol) => element(symbol).mass);
  return Float64Array.from(s.species, (k) => masses[k]);
}

/** eV. */
export function kineticEnergy(masses: Float64Array, velocities: Float64Array): number {
  let twice = 0;
  for (let i = 0; i < masses.length; i++) {
    const [x, y, z] = [velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2]];
    twice += masses[i] * (x * x + y * y + z * z);
  }
  return 0.5 * MASS_VELOCITY_SQUARED * twice;
}

/** K, from eV and the degrees of freedom that share it; 0 when there are none, for then nothing can move. */
export function temperatureOf(kinetic: number, degreesOfFreedom: number): number {
  return degreesOfFreedom > 0 ? (2 * kinetic) / (degreesOfFreedom * BOLTZMANN) : 0;
}

/**
 * Maxwell-Boltzmann velocities at `temperature` (K) with zero total momentum, Å/fs, [3n].
 * `exact` scales them so that 3n − 3 degrees of freedom hold the temperature to rounding.
 */
export function maxwellBoltzmann(
  s: Structure,
  temperature: number,
  seed: number,
  exact = false,
): Float64Array {
  const masses = massesOf(s);
  const velocities = new Float64Array(3 * atomCount(s));
  const gauss = new Float64Array(4);
  for (let i = 0; i < masses.length; i++) {
    const width = Math.sqrt((BOLTZMANN * temperature * ACCELERATION) / masses[i]);
    normals(seed, STREAM.velocities, 0, i, gauss);
    for (let x = 0; x < 3; x++) velocities[3 * i + x] = width * gauss[x];
  }
  removeMomentum(masses, velocities);
  const now = temperatureOf(kineticEnergy(masses, velocities), 3 * masses.length - 3);
  if (exact && now > 0) {
    const scale = Math.sqrt(temperature / now);
    for (let k = 0; k < velocities.length; k++) velocities[k] *= scale;
  }
  return velocities;
}

function removeMomentum(masses: Float64Array, velocities: Float64Array): void {
  const total = masses.reduce((sum, m) => sum + m, 0);
  for (let x = 0; x < 3; x++) {
    let momentum = 0;
    for (let i = 0; i < masses.length; i++) momentum += masses[i] * velocities[3 * i + x];
    for (let i = 0; i < masses.length; i++) velocities[3 * i + x] -= momentum / total;
  }
}
