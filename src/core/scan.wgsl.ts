/** Σ_{q<k} of u32 in place: every block by itself, then the sums of blocks likewise, level by level, then added back. */
import { each } from './each.wgsl.ts';

/** Values a workgroup adds up. */
export const SCAN_BLOCK = 1024;

/** `value`: names value k. Bindings: control, those of `value` (writable), sums [blocks]. */
export function scanBlocks(size: number, value: string): string {
  return /* wgsl */ `
var<workgroup> partial: array<u32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let block = group.y * groups.x + group.x;
  if (block >= ${Math.ceil(size / SCAN_BLOCK)}u || control[0] != 0u) { return; }
  let lane = id.x;
  let first = block * ${SCAN_BLOCK}u + 4u * lane;
  var own = 0u;
  for (var k = first; k < min(first + 4u, ${size}u); k++) { own += ${value}; }
  partial[lane] = own;
  workgroupBarrier();
  for (var reach = 1u; reach < 256u; reach *= 2u) {
    let add = select(0u, partial[max(lane, reach) - reach], lane >= reach);
    workgroupBarrier();
    partial[lane] += add;
    workgroupBarrier();
  }
  var before = partial[lane] - own;
  for (var k = first; k < min(first + 4u, ${size}u); k++) {
    let count = ${value};
    ${value} = before;
    before += count;
  }
  if (lane == 255u) { sums[block] = before; }
}`;
}

/** Bindings: control, those of `value` (writable), sums [blocks]. */
export function addSums(size: number, value: string): string {
  return `${each(size, undefined, 'k')}  ${value} += sums[k / ${SCAN_BLOCK}u];\n}`;
}
