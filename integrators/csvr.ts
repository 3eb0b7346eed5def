import { z } from 'zod';
import { UserError } from '../src/core/errors.ts';
import { normals, STREAM, uniforms } from '../src/core/philox.ts';
import { positive } from '../src/core/quantity.ts';
import { entry } from '../src/core/registry.ts';
import { BOLTZMANN } from '../src/core/units.ts';
import { kineticEnergy } from '../src/core/velocities.ts';
import { common, temperature } from './options.ts';
import { valueAt } from './schedule.ts';
import { type Csvr, degreesOfFreedom, type Integrator, type SubStep } from './substeps.ts';
import { type System, scaleVelocities } from './system.ts';
import { verletSteps } from './velocityVerlet.ts';

/**
 * Canonical sampling by velocity rescaling, v' = α v:
 * α = √c (1) + R₁ √((1−c) kT/2K) (2), α² = (1 + 2)² + (1−c) kT/2K · χ²(N−1), c = exp(−Δt/τ).
 * Bussi, Donadio, Parrinello, J. Chem. Phys. 126, 014101 (2007), equation A7.
 */
export function csvr(s: Csvr, integrator: Integrator, system: System): () => void {
  const { masses, velocities, extended } = system;
  const { timestep, seed } = integrator;
  const freedom = degreesOfFreedom(integrator, masses.length);
  const keep = Math.exp(-timestep / s.relaxation);
  const gauss = new Float64Array(4);
  return () => {
    const before = kineticEnergy(masses, velocities);
    if (before === 0)
      throw new UserError(
        `step ${system.step + 1} csvr: got atoms at rest, must move to be rescaled; start with velocities at a temperature`,
      );
    const kT = BOLTZMANN * valueAt(s.temperature, (system.step + 1) * timestep);
    const share = ((1 - keep) * kT) / (2 * before);
    const along = Math.sqrt(keep) + normals(seed, STREAM.csvr, system.step, 0, gauss)[0] * Math.sqrt(share);
    const square = along * along + share * chiSquared(freedom - 1, seed, system.step);
    scaleVelocities(system, Math.sign(along) * Math.sqrt(square));
    extended[0] += before * (square - 1);
  };
}

const draws = new Float64Array(4);

/** χ² of k degrees of freedom: an odd one by itself, the rest 2Γ(k/2) by Marsaglia and Tsang, ACM TOMS 26, 363 (2000). */
function chiSquared(k: number, seed: number, step: number): number {
  const odd = k % 2 === 1 ? normals(seed, STREAM.csvr, step, 1, draws)[0] ** 2 : 0;
  if (k < 2) return odd;
  const d = Math.floor(k / 2) - 1 / 3;
  for (let index = 2; ; index += 2) {
    const x = normals(seed, STREAM.csvr, step, index, draws)[0];
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    const u = uniforms(seed, STREAM.csvr, step, index + 1, draws)[0];
    if (v > 0 && Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return odd + 2 * d * v;
  }
}

/** Velocity Verlet, then rescaling. */
export function csvrSteps(thermostat: Omit<Csvr, 'kind'>, box: readonly SubStep[] = []): readonly SubStep[] {
  return [...verletSteps(box), { kind: 'csvr', ...thermostat }];
}

const schema = z.object({ ...common, temperature, relaxation: positive('time').prefault('100 fs') });

export const velocityRescaling = entry<Integrator, typeof schema>({
  kind: 'csvr',
  schema,
  create: ({ timestep, seed, temperature, relaxation }) => ({
    kind: 'csvr',
    timestep,
    seed,
    substeps: csvrSteps({ temperature, relaxation }),
    conservesMomentum: true,
  }),
});
