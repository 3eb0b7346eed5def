import { z } from 'zod';
import { normals, STREAM } from '../src/core/philox.ts';
import { positive } from '../src/core/quantity.ts';
import { entry } from '../src/core/registry.ts';
import { ACCELERATION, BOLTZMANN } from '../src/core/units.ts';
import { kineticEnergy } from '../src/core/velocities.ts';
import { common, temperature } from './options.ts';
import { valueAt } from './schedule.ts';
import type { Integrator, OrnsteinUhlenbeck, SubStep } from './substeps.ts';
import type { System } from './system.ts';

/**
 * m dv = F dt − γ m v dt + √(2γ m kT) dW, split as BAOAB; the O part is solved exactly:
 * v' = c v + √((1−c²) kT/m) R, c = exp(−γΔt).
 * Leimkuhler and Matthews, Appl. Math. Res. eXpress 2013, 34 (2013).
 */
export function ornsteinUhlenbeck(
  s: OrnsteinUhlenbeck,
  { timestep, seed }: Integrator,
  system: System,
): () => void {
  const { masses, velocities, extended } = system;
  const gauss = new Float64Array(4);
  const keep = Math.exp(-s.friction * timestep);
  return () => {
    const before = kineticEnergy(masses, velocities);
    const target = valueAt(s.temperature, (system.step + 1) * timestep);
    const spread = (1 - keep * keep) * BOLTZMANN * target * ACCELERATION;
    for (let i = 0; i < masses.length; i++) {
      normals(seed, STREAM.langevin, system.step, i, gauss);
      const width = Math.sqrt(spread / masses[i]);
      for (let x = 0; x < 3; x++) velocities[3 * i + x] = keep * velocities[3 * i + x] + width * gauss[x];
    }
    extended[0] += kineticEnergy(masses, velocities) - before;
  };
}

/** BAOAB, with `box` sub-steps where forces and virial still belong to the positions. */
export function langevinSteps(
  thermostat: Omit<OrnsteinUhlenbeck, 'kind'>,
  box: readonly SubStep[] = [],
): readonly SubStep[] {
  return [
    { kind: 'kick', fraction: 0.5 },
    ...box,
    { kind: 'drift', fraction: 0.5 },
    { kind: 'ornsteinUhlenbeck', ...thermostat },
    { kind: 'drift', fraction: 0.5 },
    { kind: 'force' },
    { kind: 'kick', fraction: 0.5 },
  ];
}

const schema = z.object({ ...common, temperature, friction: positive('rate').prefault('1 1/ps') });

export const langevin = entry<Integrator, typeof schema>({
  kind: 'langevin',
  schema,
  create: ({ timestep, seed, temperature, friction }) => ({
    kind: 'langevin',
    timestep,
    seed,
    substeps: langevinSteps({ temperature, friction }),
    conservesMomentum: false,
  }),
});
