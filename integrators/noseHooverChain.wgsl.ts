/** `noseHooverChain.ts` in f32; the scale of velocities less one is summed up by itself, for it is small. */
import { f32 } from '../src/core/each.wgsl.ts';
import { BOLTZMANN } from '../src/core/units.ts';
import { SUZUKI_YOSHIDA } from './noseHooverChain.ts';
import { valueCode } from './schedule.wgsl.ts';
import { degreesOfFreedom, type Integrator, type NoseHooverChain } from './substeps.ts';

/** In scope: total[0] (kinetic energy, eV), step, chain velocity k as `chainAt(k)`. */
export function chainCode(s: NoseHooverChain, integrator: Integrator, atoms: number): string {
  const freedom = degreesOfFreedom(integrator, atoms);
  const last = s.length - 1;
  const tau2 = f32(1 / (s.relaxation * s.relaxation));
  const push = (k: number, time: number) => {
    const friction = k < last ? `1.0 + lessOne(${f32(-time / 4)} * omega[${k + 1}])` : '1.0';
    // By Q of this thermostat: what comes from before, less what it should be.
    const before =
      k === 0
        ? `(twice / (${f32(freedom)} * kT) - 1.0) * ${tau2}`
        : `${f32(k === 1 ? freedom : 1)} * omega[${k - 1}] * omega[${k - 1}] - ${tau2}`;
    return `{
    let friction = ${friction};
    omega[${k}] = (omega[${k}] * friction + ${f32(time / 2)} * (${before})) * friction;
  }`;
  };
  const stage = (weight: number) => {
    const time = weight * s.fraction * integrator.timestep;
    const up = Array.from({ length: s.length }, (_, k) => push(k, time));
    return `
  ${up.toReversed().join('\n  ')}
  shrunk += ${f32(time)} * omega[0];
  twice *= 1.0 + lessOne(${f32(-2 * time)} * omega[0]);
  taken -= ${f32(time)} * (${up.map((_, k) => (k === 0 ? `${f32(freedom)} * omega[0]` : `omega[${k}]`)).join(' + ')});
  ${up.join('\n  ')}`;
  };
  return `
  let kT = ${f32(BOLTZMANN)} * (${valueCode(s.temperature, integrator.timestep)});
  var twice = 2.0 * total[0];
  var shrunk = 0.0;
  var taken = 0.0;
  var omega: array<f32, ${s.length}>;
  for (var k = 0u; k < ${s.length}u; k++) { omega[k] = chainAt(k); }
  ${SUZUKI_YOSHIDA.map(stage).join('\n')}
  motion[0].x = lessOne(-shrunk);
  gainHeat(kT * taken);
  var stored = ${f32(freedom)} * omega[0] * omega[0];
  for (var k = 1u; k < ${s.length}u; k++) { stored += omega[k] * omega[k]; }
  for (var k = 0u; k < ${s.length}u; k++) { keepChain(k, omega[k]); }
  keepStored(${f32(s.relaxation ** 2 / 2)} * kT * stored);`;
}
