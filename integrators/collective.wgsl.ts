/**
 * Sub-steps that depend on sums over all atoms, on a device: one kernel adds up what they need, one workgroup decides what becomes of
 * cell, chain and heat and how atoms are to be scaled, and `substeps.wgsl.ts` scales them. Nothing is read back.
 */
import { BOX, BOX_CHANGES } from '../src/core/box.wgsl.ts';
import { f32 } from '../src/core/each.wgsl.ts';
import { FIXED_POINT } from '../src/core/fixedPoint.wgsl.ts';
import { PHILOX } from '../src/core/philox.wgsl.ts';
import { MASS_VELOCITY_SQUARED } from '../src/core/units.ts';
import { afterSums, wideSums } from '../src/core/wideSums.wgsl.ts';
import { cellRescaleCode, GROWTH } from './cellRescale.wgsl.ts';
import { chiSquaredCode, csvrCode } from './csvr.wgsl.ts';
import { deformCode } from './deform.wgsl.ts';
import { chainCode } from './noseHooverChain.wgsl.ts';
import { STEPS_SINCE } from './schedule.wgsl.ts';
import { SETTLE_WORK, strainCode } from './strain.wgsl.ts';
import type { CellRescale, Csvr, Deform, Integrator, NoseHooverChain, SubStep } from './substeps.ts';

export type Collective = Csvr | NoseHooverChain | CellRescale | Deform;

export function isCollective(s: SubStep): s is Collective {
  return s.kind === 'csvr' || s.kind === 'noseHooverChain' || strains(s);
}

export function strains(s: SubStep): s is CellRescale | Deform {
  return s.kind === 'cellRescale' || s.kind === 'deform';
}

/** Sums that decisions are made from. */
export type Sums = 'kinetic' | 'pressure' | 'virial';

export function sumsFor(s: Collective): Sums {
  return strains(s) ? 'pressure' : 'kinetic';
}

const PAIRS = ['x * v.x', 'y * v.y', 'z * v.z', 'y * v.z', 'x * v.z', 'x * v.y'];
const KINETIC = [`${f32(0.5 * MASS_VELOCITY_SQUARED)} * dot(v.xyz, v.xyz) / v.w`];
const TENSOR = PAIRS.map((pair) => `${f32(MASS_VELOCITY_SQUARED)} * v.${pair} / v.w`);
const VIRIAL = PAIRS.map((_, k) => `virials[6u * i + ${k}u]`);
const TERMS = { kinetic: KINETIC, pressure: [...TENSOR, ...VIRIAL], virial: VIRIAL } as const;

/** Most sums that are made at once. */
export const MOST_SUMS: number = TERMS.pressure.length;

/** Bindings: control, velocities, virials, parts. */
export function sumsKernel(atoms: number, sums: Sums): string {
  return wideSums(atoms, TERMS[sums], sums === 'virial' ? '' : 'let v = velocities[i];');
}

/** How a decision steers and complains. */
export interface Steering {
  /** Word of `control` where the completed steps begin. */
  readonly step: number;
  /** Statements that report atoms at rest, and a volume that burst. */
  readonly atRest: string;
  readonly burst: string;
  /** Part of the volume that may be gained or lost in one step. */
  readonly jump: number;
}

/** Bindings: control, flags (atomic), parts, box, cell, motion. */
export function decisionKernel(atoms: number, s: Collective, integrator: Integrator, to: Steering): string {
  const clock = `
  let step = vec2<u32>(control[${to.step}], control[${to.step + 1}]);
  let seed = vec2<u32>(${seedWords(integrator.seed)});`;
  const body = `${clock}${strains(s) ? MATRICES : ''}${decision(s, integrator, atoms, to)}`;
  return `${FIXED_POINT}${BOX}${BOX_CHANGES}${PHILOX}${STEPS_SINCE}${functions(s, integrator, atoms, to)}${afterSums(atoms, TERMS[sumsFor(s)].length, body)}`;
}

/** Counts the second half of the work of strains, once forces at the new positions are known. Bindings: control, parts, box, motion. */
export function settleKernel(atoms: number): string {
  return `${FIXED_POINT}${BOX}${BOX_CHANGES}${afterSums(atoms, TERMS.virial.length, SETTLE_WORK)}`;
}

/** The 64 bits of a seed as a list of u32. */
export function seedWords(seed: number): string {
  return `${seed >>> 0}u, ${Math.floor(seed / 2 ** 32)}u`;
}

const MATRICES = `
  let kinetic = symmetric(vec3<f32>(total[0], total[1], total[2]), vec3<f32>(total[3], total[4], total[5]));
  let virial = symmetric(vec3<f32>(total[6], total[7], total[8]), vec3<f32>(total[9], total[10], total[11]));`;

/** exp x − 1. */
const LESS_ONE = /* wgsl */ `
fn lessOne(x: f32) -> f32 {
  if (abs(x) > 0.1) { return exp(x) - 1.0; }
  var e = 1.0;
  for (var order = 8.0; order > 1.0; order -= 1.0) { e = 1.0 + x * e / order; }
  return x * e;
}
`;

function functions(s: Collective, integrator: Integrator, atoms: number, to: Steering): string {
  switch (s.kind) {
    case 'csvr':
      return chiSquaredCode(atoms, integrator);
    case 'noseHooverChain':
      return LESS_ONE;
    case 'cellRescale':
      return `${strainCode(to.jump, to.burst)}${GROWTH}`;
    case 'deform':
      return strainCode(to.jump, to.burst);
  }
}

function decision(s: Collective, integrator: Integrator, atoms: number, to: Steering): string {
  switch (s.kind) {
    case 'csvr':
      return csvrCode(s, integrator, to.atRest);
    case 'noseHooverChain':
      return chainCode(s, integrator, atoms);
    case 'cellRescale':
      return cellRescaleCode(s, integrator);
    case 'deform':
      return deformCode(s, integrator);
  }
}
