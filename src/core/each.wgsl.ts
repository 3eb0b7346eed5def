/** Beginnings of kernels: which item a thread works on, however many workgroups there are. */

/** f32 literal. */
export function f32(x: number): string {
  const y = Math.fround(x);
  return Number.isInteger(y) && Math.abs(y) < 1e9 ? `${y}.0` : `${y}`;
}

const THREAD = /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) lane: vec3<u32>) {
`;
const ITEM = '(group.y * groups.x + group.x) * 64u + lane.x';
const HALTED = 'control[0] != 0u';

/** One thread for each of `count` items, whose number is called `item`; `unless` ends it early. */
export function each(count: number, unless: string = HALTED, item = 'i'): string {
  return `${THREAD}  let ${item} = ${ITEM};\n  if (${item} >= ${count}u || ${unless}) { return; }\n`;
}

/**
 * A row of neighbours: its atom, and where its entries begin and end in the chunk. Rows lie in the order in which they are worked on;
 * neighbours in space are near in it. Bindings: chunk (uniform: first row, row after the last), rows (first entry in the whole
 * list, atom).
 */
export const ROW_OF = /* wgsl */ `
fn rowOf(row: u32) -> vec3<u32> {
  return vec3<u32>(rows[row].y, rows[row].x - rows[chunk.x].x, rows[row + 1u].x - rows[chunk.x].x);
}
`;

/** One thread for each row of a chunk: `row`, its atom `i`, its entries from `begin` to before `end`. After `ROW_OF`. */
export const eachRow: string = `${THREAD}  let row = chunk.x + ${ITEM};
  if (row >= chunk.y || ${HALTED}) { return; }
  let place = rowOf(row);
  let i = place.x;
  let begin = place.y;
  let end = place.z;
`;
