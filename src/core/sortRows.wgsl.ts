/**
 * Rows of neighbours put in order of (atom, shift) in place, one workgroup a row. An entry's place is the number of entries before it,
 * counted in workgroup memory; rows too long for that are sorted where they lie by Batcher's bitonic network, every comparison ascending.
 */
import { ROW_OF } from './each.wgsl.ts';

const LANES = 32;
/** Entries of a row short enough to compare each with each: without barriers, as fast as a network up to about here. */
export const ROOM = 512;
/** Entries that a lane finds the places of together, in registers. */
const EACH = 4;
const every = (code: (k: number) => string) =>
  Array.from({ length: EACH }, (_, k) => code(k)).join('\n      ');

/** Entries beyond `count` count as larger than any and never move. */
function exchange(low: string, high: string): string {
  return `
      for (var t = lane; t < half; t += ${LANES}u) {
        let low = first + ${low};
        let high = first + ${high};
        if (high < end) {
          let p = entries[low];
          let q = entries[high];
          if (comesBefore(q, p)) {
            entries[low] = q;
            entries[high] = p;
          }
        }
      }
      storageBarrier();`;
}

/** Bindings: control, chunk, rows, entries (writable). */
export const SORT_ROWS: string = /* wgsl */ `${ROW_OF}
fn comesBefore(p: vec2<u32>, q: vec2<u32>) -> bool {
  return p.x < q.x || (p.x == q.x && p.y < q.y);
}
var<workgroup> stage: array<vec2<u32>, ${ROOM}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let row = chunk.x + group.y * groups.x + group.x;
  if (row >= chunk.y || control[0] != 0u) { return; }
  let lane = id.x;
  let first = rowOf(row).y;
  let end = rowOf(row).z;
  let count = end - first;
  if (count <= ${ROOM}u) {
    for (var p = lane; p < count; p += ${LANES}u) { stage[p] = entries[first + p]; }
    workgroupBarrier();
    for (var p = lane; p < count; p += ${LANES * EACH}u) {
      ${every((k) => `let own${k} = stage[min(p + ${LANES * k}u, count - 1u)]; var place${k} = first;`)}
      for (var q = 0u; q < count; q++) {
      let other = stage[q];
      ${every((k) => `place${k} += select(0u, 1u, comesBefore(other, own${k}));`)}
      }
      ${every((k) => `if (p + ${LANES * k}u < count) { entries[place${k}] = own${k}; }`)}
    }
    return;
  }
  var half = 1u;
  while (2u * half < count) { half *= 2u; }
  for (var size = 2u; size <= 2u * half; size *= 2u) {
    ${exchange('(t / (size / 2u)) * size + t % (size / 2u)', '(t / (size / 2u)) * size + size - 1u - t % (size / 2u)')}
    for (var step = size / 4u; step > 0u; step /= 2u) {
      ${exchange('2u * step * (t / step) + t % step', '2u * step * (t / step) + t % step + step')}
    }
  }
}`;
