import { z } from 'zod';
import { positive } from '../src/core/quantity.ts';
import { entry } from '../src/core/registry.ts';
import { BOLTZMANN } from '../src/core/units.ts';
import { kineticEnergy } from '../src/core/velocities.ts';
import { common, temperature } from './options.ts';
import { valueAt } from './schedule.ts';
import {
  chainOf,
  degreesOfFreedom,
  type Integrator,
  type NoseHooverChain,
  type SubStep,
} from './substeps.ts';
import { type System, scaleVelocities } from './system.ts';
import { verletSteps } from './velocityVerlet.ts';

/**
 * dv = … − v ω₁ v, Q₁ dω₁ = 2K − N kT − Q₁ω₁ω₂, Q_k dω_k = Q_{k−1}ω²_{k−1} − kT − Q_kω_kω_{k+1},
 * with Q₁ = N kT τ², Q_k = kT τ², propagated by a Suzuki-Yoshida product of third order weights.
 * Martyna, Tuckerman, Tobias, Klein, Mol. Phys. 87, 1117 (1996).
 * Conserved: K + U + ½ΣQω² + ∫(N kT ω₁ + kT Σω_k) dt; the integral is counted as heat.
 */
export function noseHooverChain(s: NoseHooverChain, integrator: Integrator, system: System): () => void {
  const { masses, velocities, extended } = system;
  const { timestep } = integrator;
  const freedom = degreesOfFreedom(integrator, masses.length);
  const omega = extended.subarray(1, 1 + s.length);
  return () => {
    const kT = BOLTZMANN * valueAt(s.temperature, (system.step + 1) * timestep);
    let twice = 2 * kineticEnergy(masses, velocities);
    let scale = 1;
    for (const weight of SUZUKI_YOSHIDA) {
      const time = weight * s.fraction * timestep;
      for (let k = s.length - 1; k >= 0; k--) pushChain(s, omega, k, twice, freedom, kT, time);
      const factor = Math.exp(-omega[0] * time);
      scale *= factor;
      twice *= factor * factor;
      for (let k = 0; k < s.length; k++) extended[0] -= time * (k === 0 ? freedom : 1) * kT * omega[k];
      for (let k = 0; k < s.length; k++) pushChain(s, omega, k, twice, freedom, kT, time);
    }
    scaleVelocities(system, scale);
  };
}

const w = 1 / (2 - Math.cbrt(2));
export const SUZUKI_YOSHIDA = [w, 1 - 2 * w, w];

/** Half of `time` for thermostat k: friction by its successor, push by its predecessor, friction again. */
function pushChain(
  s: NoseHooverChain,
  omega: Float64Array,
  k: number,
  twice: number,
  freedom: number,
  kT: number,
  time: number,
): void {
  const tau2 = s.relaxation * s.relaxation;
  const friction = k + 1 < s.length ? Math.exp((-omega[k + 1] * time) / 4) : 1;
  const before = k === 0 ? twice : chainMass(k - 1, freedom, kT, tau2) * omega[k - 1] ** 2;
  const push = (before - (k === 0 ? freedom : 1) * kT) / chainMass(k, freedom, kT, tau2);
  omega[k] = (omega[k] * friction + (push * time) / 2) * friction;
}

/** eV·fs². */
function chainMass(k: number, freedom: number, kT: number, tau2: number): number {
  return (k === 0 ? freedom : 1) * kT * tau2;
}

/** ½ΣQω², eV; 0 without a chain. */
export function chainEnergy(integrator: Integrator, system: System): number {
  const s = chainOf(integrator);
  if (!s) return 0;
  const kT = BOLTZMANN * valueAt(s.temperature, system.step * integrator.timestep);
  const freedom = degreesOfFreedom(integrator, system.masses.length);
  let twice = 0;
  for (let k = 0; k < s.length; k++)
    twice += chainMass(k, freedom, kT, s.relaxation ** 2) * system.extended[1 + k] ** 2;
  return twice / 2;
}

const schema = z.object({
  ...common,
  temperature,
  relaxation: positive('time').prefault('100 fs'),
  chain: z.int().min(1).max(16).default(3),
});

export const noseHoover = entry<Integrator, typeof schema>({
  kind: 'noseHooverChain',
  schema,
  create({ timestep, seed, temperature, relaxation, chain }) {
    const half: SubStep = { kind: 'noseHooverChain', fraction: 0.5, temperature, relaxation, length: chain };
    return {
      kind: 'noseHooverChain',
      timestep,
      seed,
      substeps: [half, ...verletSteps(), half],
      conservesMomentum: true,
    };
  },
});
