/**
 * `csvr.ts` in f32. What is wanted is α² − 1 = (1−c)(kT(R₁² + χ²)/2K − 1) + 2R₁√(c(1−c)kT/2K), which is small, and never α² itself:
 * atoms gain (α−1)v and K(α²−1) is heat, both exact to rounding of the gain. Of the test of Marsaglia and Tsang the difference that
 * cancels for large N is a series.
 */
import { f32 } from '../src/core/each.wgsl.ts';
import { STREAM } from '../src/core/philox.ts';
import { BOLTZMANN } from '../src/core/units.ts';
import { valueCode } from './schedule.wgsl.ts';
import { type Csvr, degreesOfFreedom, type Integrator } from './substeps.ts';

/** Functions before the body. After `PHILOX`. */
export function chiSquaredCode(atoms: number, integrator: Integrator): string {
  const k = Math.max(0, degreesOfFreedom(integrator, atoms) - 1);
  const d = Math.floor(k / 2) - 1 / 3;
  const odd = k % 2 === 1 ? 'let odd = csvrNormal(step, 1u, seed); let rest = odd * odd;' : 'let rest = 0.0;';
  const draws = `
  for (var index = 2u; index < 1000u; index += 2u) {
    let x = csvrNormal(step, index, seed);
    let y = x * ${f32(1 / Math.sqrt(9 * d))};
    if (y <= -1.0) { continue; }
    let v = (1.0 + y) * (1.0 + y) * (1.0 + y);
    let chance = logOf(philox(vec4<u32>(index + 1u, step, ${STREAM.csvr}u), seed).x);
    if (chance < margin(x, y, v)) { return rest + ${f32(2 * d)} * v; }
  }`;
  return `
fn csvrNormal(step: vec2<u32>, index: u32, seed: vec2<u32>) -> f32 {
  return normals(vec4<u32>(index, step, ${STREAM.csvr}u), seed).x;
}
/** x²/2 + d − dv + d log v with v = (1 + y)³. */
fn margin(x: f32, y: f32, v: f32) -> f32 {
  if (abs(y) > 0.2) { return 0.5 * x * x + ${f32(d)} * (1.0 - v + log(v)); }
  var series = 0.0;
  for (var order = 12.0; order >= 4.0; order -= 1.0) { series = 1.0 / order - y * series; }
  return ${f32(-3 * d)} * y * y * y * y * series;
}
fn chiSquared(step: vec2<u32>, seed: vec2<u32>) -> f32 {
  ${odd}
  ${k < 2 ? '' : draws}
  return rest;
}`;
}

/** Of kT: kinetic energy that rounding alone gives to atoms at rest. */
const STILL = 1e-6;

/** In scope: total[0] (kinetic energy, eV), step, seed. `atRest` reports atoms that do not move. */
export function csvrCode(s: Csvr, { timestep }: Integrator, atRest: string): string {
  const keep = Math.exp(-timestep / s.relaxation);
  const fresh = -Math.expm1(-timestep / s.relaxation);
  return `
  let kinetic = total[0];
  let kT = ${f32(BOLTZMANN)} * (${valueCode(s.temperature, timestep)});
  if (!(kinetic > ${f32(STILL)} * kT)) { ${atRest} return; }
  let share = kT / (2.0 * kinetic);
  let first = csvrNormal(step, 0u, seed);
  let push = first * sqrt(${f32(fresh)} * share);
  let gain = ${f32(fresh)} * (share * (first * first + chiSquared(step, seed)) - 1.0) + ${f32(2 * Math.sqrt(keep))} * push;
  let size = sqrt(1.0 + gain);
  let stretch = select(-1.0 - size, gain / (1.0 + size), ${f32(Math.sqrt(keep))} + push >= 0.0);
  motion[0].x = stretch;
  gainHeat(kinetic * gain);`;
}
