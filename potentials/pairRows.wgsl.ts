/** What kernels over rows of neighbours share: one thread an atom, entries in order, sums in that order. */
import { f32, ROW_OF } from '../src/core/each.wgsl.ts';
import { FIXED_POINT } from '../src/core/fixedPoint.wgsl.ts';

/** Vector to the atom that `entry` names, from one whose window is `here`: in units of windows, and in Å. */
export const PAIR_VECTOR = /* wgsl */ `
fn pairWindow(entry: vec2<u32>, here: vec3<i32>) -> vec3<i32> {
  let shift = vec3<i32>(vec3<u32>(entry.y >> 20u, entry.y >> 10u, entry.y) & vec3<u32>(1023u)) - 512;
  return windows[entry.x].xyz - here + shift.x * cell[0].xyz + shift.y * cell[1].xyz + shift.z * cell[2].xyz;
}
fn pairVector(entry: vec2<u32>, here: vec3<i32>) -> vec3<f32> {
  return lengthOf(pairWindow(entry, here));
}
`;

export const ROW_PRELUDE: string = FIXED_POINT + ROW_OF + PAIR_VECTOR;

/** Runs `body` for every neighbour closer than `cutoff`, after `eachRow`: j, p, d, r, a (species of i) and b are at hand. */
export function forNeighbours(cutoff: number, body: string): string {
  return /* wgsl */ `
  let here = windows[i].xyz;
  let a = u32(windows[i].w);
  for (var p = begin; p < end; p++) {
    let entry = entries[p];
    let j = entry.x;
    let d = pairVector(entry, here);
    let r = sqrt(dot(d, d));
    if (r >= ${f32(cutoff)}) { continue; }
    let b = u32(windows[j].w);
    ${body}
  }`;
}

/** Adds half of d⊗f, Voigt, to `virial`: f is what pulls i towards j. */
export const HALF_VIRIAL = /* wgsl */ `
    virialA -= 0.5 * d * f;
    virialB -= 0.5 * d.yxx * f.zzy;`;

export const STORE = /* wgsl */ `
  forces[i] = vec4<f32>(force, energy);
  virials[6u * i] = virialA.x;
  virials[6u * i + 1u] = virialA.y;
  virials[6u * i + 2u] = virialA.z;
  virials[6u * i + 3u] = virialB.x;
  virials[6u * i + 4u] = virialB.y;
  virials[6u * i + 5u] = virialB.z;`;

export const SUMS = /* wgsl */ `
  var force = vec3<f32>(0.0);
  var energy = 0.0;
  var virialA = vec3<f32>(0.0);
  var virialB = vec3<f32>(0.0);`;
