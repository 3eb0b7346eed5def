/**
 * `work.ts` in f32: strains the box by F = 1 + grow, F⁻¹ = 1 + shrink, so that what is small is never a difference, and counts the work.
 * Matrices hold rows where WGSL has columns: M · v is the row v times the matrix.
 */
import { f32 } from '../src/core/each.wgsl.ts';

/** In `motion`: what kernels for atoms need, and the strain whose work is not yet counted in full (xx yy zz; yz xz xy). */
export const MOTION = { stretch: 0, grow: 1, shrink: 4, pending: 7, words: 9 } as const;

const VOIGT_MATRIX = /* wgsl */ `
fn symmetric(a: vec3<f32>, b: vec3<f32>) -> mat3x3<f32> {
  return mat3x3<f32>(a.x, b.z, b.y, b.z, a.y, b.x, b.y, b.x, a.z);
}
fn contract(a: mat3x3<f32>, b: mat3x3<f32>) -> f32 {
  return dot(a[0], b[0]) + dot(a[1], b[1]) + dot(a[2], b[2]);
}
fn inverse3(m: mat3x3<f32>) -> mat3x3<f32> {
  let c = cross(m[1], m[2]);
  return transpose(mat3x3<f32>(c, cross(m[2], m[0]), cross(m[0], m[1]))) * (1.0 / dot(m[0], c));
}
const ONE = mat3x3<f32>(1, 0, 0, 0, 1, 0, 0, 0, 1);
`;

/** `burst` reports a volume that changed by more than `jump` of itself. */
export function strainCode(jump: number, burst: string): string {
  return `${VOIGT_MATRIX}
fn strainBox(x: mat3x3<f32>, grow: mat3x3<f32>, shrink: mat3x3<f32>, kinetic: mat3x3<f32>, virial: mat3x3<f32>) {
  let before = volumeOf();
  for (var k = 0u; k < 3u; k++) {
    motion[${MOTION.grow}u + k] = vec4<f32>(grow[k], 0.0);
    motion[${MOTION.shrink}u + k] = vec4<f32>(shrink[k], 0.0);
    let change = grow * cellRow(k);
    for (var a = 0u; a < 3u; a++) { box[3u * k + a] = moved(box[3u * k + a], change[a]); }
    cell[k] = cellWindow(k);
  }
  if (!(abs(volumeOf() / before - 1.0) <= ${f32(jump)})) { ${burst} }
  motion[${MOTION.pending}] += vec4<f32>(x[0][0], x[1][1], x[2][2], 0.0);
  motion[${MOTION.pending + 1}] += vec4<f32>(x[1][2] + x[2][1], x[0][2] + x[2][0], x[0][1] + x[1][0], 0.0);
  gainHeat(contract(kinetic, shrink) + 0.5 * contract(kinetic, transpose(shrink) * shrink) - 0.5 * contract(virial, x));
}`;
}

/** In scope: total (virial, eV, Voigt), of forces at the new positions. */
export const SETTLE_WORK = `
  let along = vec3<f32>(total[0], total[1], total[2]);
  let across = vec3<f32>(total[3], total[4], total[5]);
  gainHeat(-0.5 * (dot(along, motion[${MOTION.pending}].xyz) + dot(across, motion[${MOTION.pending + 1}].xyz)));
  motion[${MOTION.pending}] = vec4<f32>();
  motion[${MOTION.pending + 1}] = vec4<f32>();`;
