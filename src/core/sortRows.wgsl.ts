/** Rows of neighbours put in order of (atom, shift) in place, one workgroup a row: Batcher's bitonic sort, every comparison ascending. */
import { ROW_OF } from './each.wgsl.ts';

const LANES = 64;
/** Entries that are sorted in workgroup memory; longer rows are sorted where they lie. */
const ROOM = 512;

/** Entries beyond `count` count as larger than any and never move. */
function sortCode(at: (k: string) => string, barrier: string): string {
  const exchange = (low: string, high: string) => `
      for (var t = lane; t < half; t += ${LANES}u) {
        let low = ${low};
        let high = ${high};
        if (high < count) {
          let p = ${at('low')};
          let q = ${at('high')};
          if (q.x < p.x || (q.x == p.x && q.y < p.y)) {
            ${at('low')} = q;
            ${at('high')} = p;
          }
        }
      }
      ${barrier}`;
  return `
    for (var size = 2u; size <= 2u * half; size *= 2u) {
      ${exchange('(t / (size / 2u)) * size + t % (size / 2u)', '(t / (size / 2u)) * size + size - 1u - t % (size / 2u)')}
      for (var step = size / 4u; step > 0u; step /= 2u) {
        ${exchange('2u * step * (t / step) + t % step', 'low + step')}
      }
    }`;
}

/** Bindings: control, chunk, rows, entries (writable). */
export const SORT_ROWS: string = /* wgsl */ `${ROW_OF}
var<workgroup> keys: array<vec2<u32>, ${ROOM}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let row = chunk.x + group.y * groups.x + group.x;
  if (row >= chunk.y || control[0] != 0u) { return; }
  let lane = id.x;
  let first = rowOf(row).y;
  let count = rowOf(row).z - first;
  var half = 1u;
  while (2u * half < count) { half *= 2u; }
  if (count <= ${ROOM}u) {
    for (var k = lane; k < count; k += ${LANES}u) { keys[k] = entries[first + k]; }
    workgroupBarrier();
    ${sortCode((k) => `keys[${k}]`, 'workgroupBarrier();')}
    for (var k = lane; k < count; k += ${LANES}u) { entries[first + k] = keys[k]; }
  } else {
    ${sortCode((k) => `entries[first + ${k}]`, 'storageBarrier();')}
  }
}`;
