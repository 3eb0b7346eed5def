/**
 * Sub-steps that move every atom by itself, on a device: those between two evaluations of forces become one kernel. Positions are
 * fixed point, so that a drift loses nothing; noise is that of (seed, step, atom).
 */
import { FIXED_POINT } from '../src/core/fixedPoint.wgsl.ts';
import { each, f32 } from '../src/core/neighbours.wgsl.ts';
import { STREAM } from '../src/core/philox.ts';
import { PHILOX } from '../src/core/philox.wgsl.ts';
import { ACCELERATION, BOLTZMANN, MASS_VELOCITY_SQUARED } from '../src/core/units.ts';
import type { Schedule } from './schedule.ts';
import type { Integrator, SubStep } from './substeps.ts';

/** Sub-steps that this file executes, beside `force`. */
export const ON_DEVICE: readonly SubStep['kind'][] = ['force', 'kick', 'drift', 'ornsteinUhlenbeck'];

/**
 * Bindings: control (completed steps in words `step` and after), flags (atomic), forces, velocities (Å/fs, 1/u), fixed, windows, heat.
 * `lost` reports an atom that goes more than 1 Å.
 */
export function movesKernel(
  atoms: number,
  moves: readonly SubStep[],
  { timestep, seed }: Integrator,
  step: number,
  lost: string,
): string {
  const drifts = moves.some((m) => m.kind === 'drift');
  const body = moves.map((m) => move(m, timestep, seed, step)).join('\n');
  return `${FIXED_POINT}${PHILOX}${each(atoms)}
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
      const words = [seed >>> 0, Math.floor(seed / 2 ** 32)].map((w) => `${w}u`).join(', ');
      return `{
    let before = dot(v, v);
    let time = (f32(control[${step}]) + f32(control[${step + 1}]) * 4294967296.0 + 1.0) * ${f32(timestep)};
    let target_ = ${scheduleCode(s.temperature)};
    let width = sqrt(${f32((1 - keep * keep) * BOLTZMANN * ACCELERATION)} * target_ * inverseMass);
    let counter = vec4<u32>(i, control[${step}], control[${step + 1}], ${STREAM.langevin}u);
    v = ${f32(keep)} * v + width * normals(counter, vec2<u32>(${words}));
    heat[i] += ${f32(0.5 * MASS_VELOCITY_SQUARED)} * (dot(v, v) - before) / inverseMass;
  }`;
    }
    default:
      throw new Error(`no kernel for ${s.kind}`);
  }
}

function scheduleCode({ times, values }: Schedule): string {
  let code = f32(values[0]);
  for (let k = 1; k < times.length; k++) {
    const slope = (values[k] - values[k - 1]) / (times[k] - times[k - 1]);
    const part = `clamp((time - ${f32(times[k - 1])}) * ${f32(slope)}, ${f32(Math.min(0, values[k] - values[k - 1]))}, ${f32(Math.max(0, values[k] - values[k - 1]))})`;
    code += ` + ${part}`;
  }
  return code;
}
