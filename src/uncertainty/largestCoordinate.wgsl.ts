/** γ_i = max_j |(b_i Â⁻¹)_j| on a device: one workgroup for some atoms of one element, so that Â⁻¹ is read once for all of them. */
import { f32 } from '../core/neighbours.wgsl.ts';

/** Atoms of a block. */
export const BLOCK = 8;
const LANES = 64;

/**
 * Bindings: control, flags (atomic), projections [n][width], inverses, blocks [blocks][BLOCK + 2]: atoms, size of their set (0 for none), where
 * it lies in `inverses`; grades. `flag` reports atom i, whose grade is above `limit` or no number.
 */
export function largestCoordinates(blocks: number, width: number, limit: number, flag: string): string {
  const most = Number.isFinite(limit) ? f32(Math.min(limit, 1e38)) : '3e38';
  return /* wgsl */ `
const NEVER = 3.4e38;
var<workgroup> b: array<f32, ${BLOCK * width}>;
var<workgroup> largest: array<f32, ${BLOCK * LANES}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let block = group.y * groups.x + group.x;
  let lane = id.x;
  if (block >= ${blocks}u || control[0] != 0u) { return; }
  let about = block * ${BLOCK + 2}u;
  let size = blocks[about + ${BLOCK}u];
  let inverse = blocks[about + ${BLOCK + 1}u];
  for (var q = lane; q < ${BLOCK}u * size; q += ${LANES}u) {
    b[q] = projections[blocks[about + q / size] * ${width}u + q % size];
  }
  workgroupBarrier();
  var most = array<f32, ${BLOCK}>();
  for (var j = lane; j < size; j += ${LANES}u) {
    var c = array<f32, ${BLOCK}>();
    for (var v = 0u; v < size; v++) {
      let x = inverses[inverse + v * size + j];
      for (var q = 0u; q < ${BLOCK}u; q++) { c[q] += x * b[q * size + v]; }
    }
    for (var q = 0u; q < ${BLOCK}u; q++) { most[q] = select(NEVER, max(most[q], abs(c[q])), abs(c[q]) < NEVER && most[q] < NEVER); }
  }
  for (var q = 0u; q < ${BLOCK}u; q++) { largest[q * ${LANES}u + lane] = most[q]; }
  workgroupBarrier();
  if (lane < ${BLOCK}u) {
    let i = blocks[about + lane];
    var grade = 0.0;
    for (var q = 0u; q < ${LANES}u; q++) { grade = max(grade, largest[lane * ${LANES}u + q]); }
    if (size == 0u) { grade = NEVER; }
    grades[i] = grade;
    if (grade > ${most}) { ${flag} }
  }
}`;
}
