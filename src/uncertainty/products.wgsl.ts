/**
 * Norms of (b/scale)·matrix of many atoms on a device: a product of matrices whose result is never stored. A workgroup has a block of atoms of
 * one element; each lane keeps the sums of four atoms and eight columns in registers.
 */
import { f32 } from '../core/each.wgsl.ts';
import type { Norm } from './recipe.ts';

/** Atoms of a block. */
export const BLOCK = 32;
/** Words that say of a block: its first slot, then of its element's set: functions, fours of columns, where units and matrices begin, groups. */
export const BLOCK_WORDS = 6;
const LANES = 64;
const DEPTH = 16;
const COLUMNS = 16;
/** What is no number, or has no set, is as uncertain as can be. */
const NEVER = '3.4e38';

/**
 * `limit`: what `flag` reports grades above. Bindings: control, flags (atomic), range (uniform: first slot), projections [slots of the
 * range][width], units (1/scale), matrices (vec4) [groups][each][functions][fours of columns], blocks, atoms [slots] (no atom: 2³² − 1), grades.
 */
export function normsOfProducts(
  { norm, each }: { readonly norm: Norm; readonly each: number },
  blocks: number,
  width: number,
  limit: number,
  flag: string,
): string {
  const share = norm === 'share';
  const lines = (code: (q: number) => string) => [0, 1, 2, 3].map(code).join('\n        ');
  const most = Number.isFinite(limit) ? f32(Math.min(limit, 1e38)) : '3e38';
  const combine = (p: string, q: string) => (norm === 'largest' ? `larger(${p}, ${q})` : `${p} + ${q}`);
  const own = (q: number) =>
    norm === 'largest'
      ? `max(highest(abs(a${q})), highest(abs(b${q})))`
      : `dot(a${q}, a${q}) + dot(b${q}, b${q})`;
  return /* wgsl */ `
const NEVER = vec4<f32>(${NEVER});
var<workgroup> rows: array<f32, ${DEPTH * BLOCK}>;
var<workgroup> panel: array<vec4<f32>, ${DEPTH * COLUMNS}>;
var<workgroup> parts: array<vec4<f32>, ${LANES}>;
var<workgroup> squares: array<f32, ${LANES}>;
fn larger(p: vec4<f32>, q: vec4<f32>) -> vec4<f32> {
  return select(NEVER, max(p, q), (p < NEVER) & (q < NEVER));
}
fn highest(p: vec4<f32>) -> f32 {
  return select(${NEVER}, max(max(p.x, p.y), max(p.z, p.w)), all(p < NEVER));
}
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let block = group.y * groups.x + group.x;
  let lane = id.x;
  if (block >= ${blocks}u || control[0] != 0u) { return; }
  let about = block * ${BLOCK_WORDS}u;
  let slot = blocks[about];
  let size = blocks[about + 1u];
  let fours = blocks[about + 2u];
  let unit = blocks[about + 3u];
  let matrix = blocks[about + 4u];
  let sets = blocks[about + 5u];
  var least = NEVER;
  var squared = 0.0;
  for (var choice = 0u; choice < sets; choice++) {
    var mean = vec4<f32>(0.0);
    for (var time = 0u; time < ${each}u; time++) {
      let from_ = matrix + (choice * ${each}u + time) * size * fours;
      var most = vec4<f32>(0.0);
      for (var j = 0u; j < fours; j += ${COLUMNS}u) {
        ${lines((q) => `var a${q} = vec4<f32>(0.0); var b${q} = vec4<f32>(0.0);`)}
        for (var first = 0u; first < size; first += ${DEPTH}u) {
          workgroupBarrier();
          for (var k = 0u; k < ${(DEPTH * BLOCK) / LANES}u; k++) {
            let v = (lane % 2u) * ${DEPTH / 2}u + k;
            var x = 0.0;
            if (first + v < size) {
              x = projections[(slot + lane / 2u - range.x) * ${width}u + first + v] * units[unit + first + v];
            }
            rows[v * ${BLOCK}u + lane / 2u] = x;
            ${share ? 'if (choice + time + j == 0u) { squared += x * x; }' : ''}
          }
          for (var k = lane; k < ${DEPTH * COLUMNS}u; k += ${LANES}u) {
            let v = first + k / ${COLUMNS}u;
            let c = j + k % ${COLUMNS}u;
            panel[k] = vec4<f32>(0.0);
            if (v < size && c < fours) { panel[k] = matrices[from_ + v * fours + c]; }
          }
          workgroupBarrier();
          for (var v = 0u; v < ${DEPTH}u; v++) {
            let m = panel[v * ${COLUMNS}u + 2u * (lane % 8u)];
            let n = panel[v * ${COLUMNS}u + 2u * (lane % 8u) + 1u];
            let at = v * ${BLOCK}u + 4u * (lane / 8u);
            ${lines((q) => `{ let x = rows[at + ${q}u]; a${q} += x * m; b${q} += x * n; }`)}
          }
        }
        most = ${combine('most', `vec4<f32>(${[0, 1, 2, 3].map(own).join(', ')})`)};
      }
      workgroupBarrier();
      parts[lane] = most;
      squares[lane] = squared;
      workgroupBarrier();
      if (lane < 8u) {
        var all_ = parts[8u * lane];
        for (var q = 1u; q < 8u; q++) { all_ = ${combine('all_', 'parts[8u * lane + q]')}; }
        ${norm === 'largest' ? '' : 'all_ = sqrt(all_);'}
        mean += all_ * ${f32(1 / each)};
      }
    }
    least = min(least, select(NEVER, mean, mean < NEVER));
  }
  if (lane >= 8u) { return; }
  for (var q = 0u; q < 4u; q++) {
    let i = atoms[slot + 4u * lane + q];
    if (i == 0xffffffffu) { continue; }
    var grade = least[q];
    ${
      share
        ? `let whole = squares[8u * lane + 2u * q] + squares[8u * lane + 2u * q + 1u];
    grade = select(grade / sqrt(whole), 0.0, whole == 0.0);
    grade = select(${NEVER}, grade, grade < ${NEVER} && sets > 0u);`
        : ''
    }
    grades[i] = grade;
    if (grade > ${most}) { ${flag} }
  }
}`;
}

/** Operations and bytes through caches for one atom and matrix, where blocks are full. */
export function productCost(
  size: number,
  columns: number,
): { readonly flops: number; readonly cacheBytes: number } {
  const wide = Math.ceil(columns / (4 * COLUMNS));
  return {
    flops: 2 * size * 4 * COLUMNS * wide,
    cacheBytes: (4 * size * columns) / BLOCK + 4 * size * wide,
  };
}
