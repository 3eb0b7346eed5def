/**
 * What sub-steps do to every atom by itself, on a device: those between two sums over all atoms become one kernel. Positions are fixed
 * point, so that a drift loses nothing; noise is that of (seed, step, atom). What `collective.wgsl.ts` decided is in `motion`.
 */

import { each, f32 } from '../src/core/each.wgsl.ts';
import { FIXED_POINT } from '../src/core/fixedPoint.wgsl.ts';
import { STREAM } from '../src/core/philox.ts';
import { PHILOX } from '../src/core/philox.wgsl.ts';
import { ACCELERATION, BOLTZMANN, MASS_VELOCITY_SQUARED } from '../src/core/units.ts';
import { seedWords } from './collective.wgsl.ts';
import { STEPS_SINCE, valueCode } from './schedule.wgsl.ts';
import { MOTION } from './strain.wgsl.ts';
import type { Integrator, SubStep } from './substeps.ts';

const DISPLACES: readonly SubStep['kind'][] = ['drift', 'cellRescale', 'deform'];

/**
 * Bindings: control (completed steps in words `step` and after), flags (atomic), forces, velocities (Å/fs, 1/u), fixed, windows, heat, motion.
 * `lost` reports an atom that goes more than 1 Å.
 */
export function movesKernel(
  atoms: number,
  moves: readonly SubStep[],
  { timestep, seed }: Integrator,
  step: number,
  lost: string,
): string {
  const drifts = moves.some((m) => DISPLACES.includes(m.kind));
  const body = moves.map((m) => move(m, timestep, seed, step)).join('\n');
  return `${FIXED_POINT}${PHILOX}${STEPS_SINCE}${each(atoms)}
  let inverseMass = velocities[i].w;
  var v = velocities[i].xyz;
  ${drifts ? 'var r = array<vec2<i32>, 3>(fixed[3u * i], fixed[3u * i + 1u], fixed[3u * i + 2u]);' : ''}
  ${body}
  velocities[i] = vec4<f32>(v, inverseMass);
  ${drifts ? store(timestep, lost) : ''}
}`;
}

function store(timestep: number, lost: string): string {
  return `if (!(dot(v, v) <= ${f32(1 / timestep ** 2)})) { ${lost} }
  for (var x = 0u; x < 3u; x++) { fixed[3u * i + x] = r[x]; }
  windows[i] = vec4<i32>(windowOf(r[0]), windowOf(r[1]), windowOf(r[2]), windows[i].w);`;
}

function move(s: SubStep, timestep: number, seed: number, step: number): string {
  switch (s.kind) {
    case 'kick':
      return `v += ${f32(s.fraction * timestep * ACCELERATION)} * inverseMass * forces[i].xyz;`;
    case 'drift':
      return `r = array<vec2<i32>, 3>(${[0, 1, 2].map((x) => `moved(r[${x}], ${f32(s.fraction * timestep)} * v[${x}])`).join(', ')});`;
    case 'ornsteinUhlenbeck': {
      const keep = Math.exp(-s.friction * timestep);
      return `{
    let before = dot(v, v);
    let step = vec2<u32>(control[${step}], control[${step + 1}]);
    let target_ = ${valueCode(s.temperature, timestep)};
    let width = sqrt(${f32((1 - keep * keep) * BOLTZMANN * ACCELERATION)} * target_ * inverseMass);
    let counter = vec4<u32>(i, step, ${STREAM.langevin}u);
    v = ${f32(keep)} * v + width * normals(counter, vec2<u32>(${seedWords(seed)})).xyz;
    heat[i] += ${f32(0.5 * MASS_VELOCITY_SQUARED)} * (dot(v, v) - before) / inverseMass;
  }`;
    }
    case 'csvr':
    case 'noseHooverChain':
      return `v += motion[${MOTION.stretch}].x * v;`;
    case 'cellRescale':
    case 'deform':
      return `{
    let far = ${rows(MOTION.grow)} * vec3<f32>(coarse(r[0]), coarse(r[1]), coarse(r[2]));
    r = array<vec2<i32>, 3>(moved(r[0], far.x), moved(r[1], far.y), moved(r[2], far.z));
    v += ${rows(MOTION.shrink)} * v;
  }`;
    case 'force':
      throw new Error('forces are no move of an atom by itself');
  }
}

function rows(first: number): string {
  return `mat3x3<f32>(motion[${first}].xyz, motion[${first + 1}].xyz, motion[${first + 2}].xyz)`;
}
