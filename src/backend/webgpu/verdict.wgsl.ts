/**
 * The flight recorder and the limits of `../stepping` on a device: after a step that is checked, sums of energy say whether it was
 * dynamics at all, grades say whether the state can be trusted, and the state or its structure is kept accordingly.
 */
import { HEAT, STORED } from '../../core/box.wgsl.ts';
import { each, f32 } from '../../core/each.wgsl.ts';
import { FIXED_POINT } from '../../core/fixedPoint.wgsl.ts';
import { MASS_VELOCITY_SQUARED } from '../../core/units.ts';
import { CONSERVED_JUMP } from '../stepping/stability.ts';
import * as at from './control.ts';

const LANES = 64;

/** Words of `log`: the trusted step, flagged frames since, where the latest state went; then the steps of flagged frames. */
export const LOG = { trusted: 0, count: 2, place: 3, steps: 4 } as const;
/** `place` of a state that can be trusted; a flagged one has the number of its slot. */
export const TRUSTED = 0xffffffff;

/** Words of `vitals`: eV that the kinetic energy may reach; eV/atom conserved at the last check, and whether there was one. */
export const VITALS = { hottest: 0, conserved: 1, known: 2 } as const;

/** The sum over lanes, in `sums[0]` once all have come by. */
const TOGETHER = `
  sums[lane] = s;
  workgroupBarrier();
  for (var half = ${LANES / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { sums[lane] += sums[lane + half]; }
    workgroupBarrier();
  }`;

/** Potential and kinetic energy and heat taken in, eV, in one part for each workgroup. Bindings: control, forces, velocities, heat, parts. */
export function energies(atoms: number, groups: number): string {
  return `
var<workgroup> sums: array<vec3<f32>, ${LANES}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var s = vec3<f32>();
  if (control[${at.HALT}] == 0u) {
    for (var i = group.x * ${LANES}u + lane; i < ${atoms}u; i += ${groups * LANES}u) {
      let v = velocities[i];
      s += vec3<f32>(forces[i].w, ${f32(0.5 * MASS_VELOCITY_SQUARED)} * dot(v.xyz, v.xyz) / v.w, heat[i]);
    }
  }${TOGETHER}
  if (lane == 0u) { parts[group.x] = vec4<f32>(sums[0], 0.0); }
}`;
}

/** Halts, or says where the state belongs. Bindings: control, flags (atomic), parts, box, vitals, log. */
export function verdict(atoms: number, groups: number, depth: number): string {
  return `${FIXED_POINT}
var<workgroup> sums: array<vec4<f32>, ${LANES}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(local_invocation_index) lane: u32) {
  var s = vec4<f32>();
  for (var g = lane; g < ${groups}u; g += ${LANES}u) { s += parts[g]; }${TOGETHER}
  if (lane > 0u || control[${at.HALT}] != 0u) { return; }
  let energy = sums[0];
  let seen = atomicLoad(&flags[${at.SEEN}]);
  atomicStore(&flags[${at.SEEN}], 0u);
  var fault = 0u;
  if (seen == ${at.DOUBTFUL}u || seen == ${at.STOP}u) { fault = ${at.GRADED}u; }
  let together = bitcast<f32>(box[${STORED}].x) - coarse(box[${HEAT}]);
  let conserved = (energy.x + energy.y - energy.z + together) / ${f32(atoms)};
  if (vitals[${VITALS.known}] > 0.0 && !(abs(conserved - vitals[${VITALS.conserved}]) <= ${f32(CONSERVED_JUMP)})) {
    fault = ${at.DRIFTED}u;
  }
  if (!(energy.y <= vitals[${VITALS.hottest}])) { fault = ${at.HOT}u; }
  vitals[${VITALS.conserved}] = conserved;
  vitals[${VITALS.known}] = 1.0;
  if (fault != 0u) {
    atomicMax(&flags[${at.FAULT}], fault);
    control[${at.HALT}] = fault;
    return;
  }
  if (seen == 0u) {
    log[${LOG.place}] = ${TRUSTED}u;
    log[${LOG.count}] = 0u;
    log[${LOG.trusted}] = control[${at.STEP}];
    log[${LOG.trusted + 1}] = control[${at.STEP_HIGH}];
    return;
  }
  let slot = log[${LOG.count}] % ${depth}u;
  log[${LOG.count}] += 1u;
  log[${LOG.place}] = slot;
  log[${LOG.steps}u + 2u * slot] = control[${at.STEP}];
  log[${LOG.steps + 1}u + 2u * slot] = control[${at.STEP_HIGH}];
}`;
}

/** Copies so many words to where they belong. Bindings: control, log, source, kept. */
export function keep(words: number, trusted: boolean): string {
  const [when, to] = trusted
    ? [`log[${LOG.place}] != ${TRUSTED}u`, 'i']
    : [`log[${LOG.place}] == ${TRUSTED}u`, `log[${LOG.place}] * ${words}u + i`];
  return `${each(words, `control[${at.HALT}] != 0u || ${when}`)}
  kept[${to}] = source[i];
}`;
}
