/**
 * The list of `neighbours.ts` made on a device: bins in fractional coordinates, count, scan, fill, then every row put in order of
 * (atom, shift). An entry is the neighbour's index and its shift packed in three times ten bits, offset by 512, so that packed
 * shifts compare as shifts do.
 */
import { FIXED_POINT } from './fixedPoint.wgsl.ts';

/** Lattice vectors that an entry can say, in either direction. */
export const FARTHEST_IMAGE = 511;

/** What is fixed when a system is laid out. */
export interface BinPlan {
  readonly atoms: number;
  /** Bins along a, b, c, and how many away a neighbour can be. */
  readonly count: readonly number[];
  readonly reach: readonly number[];
  readonly periodic: readonly boolean[];
  /** Fractional coordinate of the first bin's beginning, and how much all bins span. */
  readonly low: readonly number[];
  readonly extent: readonly number[];
  /** [9]: position · inverse = fractional. */
  readonly inverse: ArrayLike<number>;
  /** Å, skin included. */
  readonly cutoff: number;
  /** Pairs that fit. */
  readonly capacity: number;
}

/** f32 literal. */
export function f32(x: number): string {
  const y = Math.fround(x);
  return Number.isInteger(y) && Math.abs(y) < 1e9 ? `${y}.0` : `${y}`;
}

const ATOM = /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) lane: vec3<u32>) {
  let i = (group.y * groups.x + group.x) * 64u + lane.x;
`;

/** The beginning of a kernel with one thread for each of `count` items; `unless` ends it early. */
export function each(count: number, unless = 'control[0] != 0u'): string {
  return `${ATOM}  if (i >= ${count}u || ${unless}) { return; }\n`;
}

/** Bindings by name, as the host declares them: control, fixed, windows, builtAt, homes, tally, places. */
export function binAtoms({ atoms, count, periodic, low, extent, inverse }: BinPlan): string {
  const bin = (x: number) => {
    const f = [0, 1, 2].map((k) => `r[${k}] * ${f32(inverse[3 * k + x])}`).join(' + ');
    const wrap = periodic[x] ? 'i32(floor(f))' : '0';
    return `{
    let f = ${f};
    let wrap = ${wrap};
    home[${x}] = wrap;
    let part = (f - f32(wrap) - ${f32(low[x])}) * ${f32(count[x] / extent[x])};
    bin = bin * ${count[x]} + i32(clamp(floor(part), 0.0, ${f32(count[x] - 1)}));
  }`;
  };
  return `${FIXED_POINT}${each(atoms)}
  let r = vec3<f32>(coarse(fixed[3u * i]), coarse(fixed[3u * i + 1u]), coarse(fixed[3u * i + 2u]));
  var home = vec4<i32>(0);
  var bin = 0;
  ${[0, 1, 2].map(bin).join('\n  ')}
  home[3] = bin;
  homes[i] = home;
  places[i] = atomicAdd(&tally[bin], 1u);
  builtAt[i] = windows[i];
}`;
}

/** Bindings: control, homes, starts, places, members. */
export function scatterAtoms({ atoms }: BinPlan): string {
  return `${each(atoms)}  members[starts[homes[i][3]] + places[i]] = i;\n}`;
}

/**
 * starts[k] = Σ_{q<k} counts[q] for k = 0…size in one workgroup; `last` sees the total. Bindings: control, counts, starts.
 */
export function scan(size: number, last = ''): string {
  return /* wgsl */ `
const LANES = 256u;
var<workgroup> sums: array<u32, LANES>;
var<workgroup> halted: u32;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_id) id: vec3<u32>) {
  let lane = id.x;
  if (lane == 0u) { halted = control[0]; }
  if (workgroupUniformLoad(&halted) != 0u) { return; }
  var before = 0u;
  for (var first = 0u; first < ${size}u; first += LANES) {
    let k = first + lane;
    let own = select(0u, counts[min(k, ${size - 1}u)], k < ${size}u);
    sums[lane] = own;
    workgroupBarrier();
    for (var reach = 1u; reach < LANES; reach *= 2u) {
      let add = select(0u, sums[max(lane, reach) - reach], lane >= reach);
      workgroupBarrier();
      sums[lane] += add;
      workgroupBarrier();
    }
    if (k < ${size}u) { starts[k] = before + sums[lane] - own; }
    before += sums[LANES - 1u];
    workgroupBarrier();
  }
  if (lane == 0u) {
    starts[${size}u] = before;
    let total = before;
    ${last}
  }
}`;
}

function visit(plan: BinPlan, found: string): string {
  const { count, reach, periodic, cutoff } = plan;
  const open = (x: number, image: string) => (periodic[x] ? '' : `if (${image} != 0) { continue; }`);
  const loop = (x: number, name: string, inner: string) => `
  for (var d${name} = -${reach[x]}; d${name} <= ${reach[x]}; d${name}++) {
    let k${name} = at[${x}] + d${name};
    let i${name} = floorDivide(k${name}, ${count[x]});
    ${open(x, `i${name}`)}
    ${inner}
  }`;
  return loop(
    0,
    'a',
    loop(
      1,
      'b',
      loop(
        2,
        'c',
        `
    let bin = ((ka - ia * ${count[0]}) * ${count[1]} + kb - ib * ${count[1]}) * ${count[2]} + kc - ic * ${count[2]};
    for (var p = starts[bin]; p < starts[bin + 1]; p++) {
      let j = members[p];
      let shift = vec3<i32>(ia, ib, ic) + home.xyz - homes[j].xyz;
      if (i == j && all(shift == vec3<i32>(0))) { continue; }
      let d = lengthOf(windows[j].xyz - here + shift.x * cell[0].xyz + shift.y * cell[1].xyz + shift.z * cell[2].xyz);
      if (dot(d, d) >= ${f32(cutoff * cutoff)}) { continue; }
      ${found}
    }`,
      ),
    ),
  );
}

const FLOOR_DIVIDE = /* wgsl */ `
fn floorDivide(a: i32, b: i32) -> i32 {
  return (a - select(0, b - 1, a < 0)) / b;
}
`;

function visitor(plan: BinPlan, before: string, found: string, after: string): string {
  const { atoms, count } = plan;
  return `${FIXED_POINT}${FLOOR_DIVIDE}${each(atoms)}
  let home = homes[i];
  let here = windows[i].xyz;
  let at = vec3<i32>(home[3] / ${count[1] * count[2]}, (home[3] / ${count[2]}) % ${count[1]}, home[3] % ${count[2]});
  ${before}
  ${visit(plan, found)}
  ${after}
}`;
}

/** Bindings: control, windows, cell, homes, starts, members, lengths. */
export function countPairs(plan: BinPlan): string {
  return visitor(plan, 'var count = 0u;', 'count++;', 'lengths[i] = count;');
}

/** Bindings: control, windows, cell, homes, starts, members, flags (atomic), offsets, unsorted. `fault` is the word and value to report. */
export function fillRows(plan: BinPlan, fault: { word: number; value: number }): string {
  return visitor(
    plan,
    'var slot = offsets[i];',
    `if (any(abs(shift) > vec3<i32>(${FARTHEST_IMAGE}))) { atomicMax(&flags[${fault.word}], ${fault.value}u); }
      let packed = vec3<u32>(shift + 512);
      unsorted[slot] = vec2<u32>(j, (packed.x << 20u) | (packed.y << 10u) | packed.z);
      slot++;`,
    '',
  );
}

/** One workgroup a row; an entry's place is the number of entries before it. Bindings: control, offsets, unsorted, entries. */
export function sortRows(atoms: number): string {
  return /* wgsl */ `
fn before(p: vec2<u32>, q: vec2<u32>) -> bool {
  return p.x < q.x || (p.x == q.x && p.y < q.y);
}
@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) lane: vec3<u32>) {
  let i = group.y * groups.x + group.x;
  if (i >= ${atoms}u || control[0] != 0u) { return; }
  let first = offsets[i];
  let end = offsets[i + 1u];
  for (var p = first + lane.x; p < end; p += 32u) {
    let own = unsorted[p];
    var place = first;
    for (var q = first; q < end; q++) { if (before(unsorted[q], own)) { place++; } }
    entries[place] = own;
  }
}`;
}

/** Where row j says of i what entry p of row i says of j. Bindings: control, offsets, entries, reverse. */
export function findReverse(atoms: number): string {
  return `${each(atoms)}
  for (var p = offsets[i]; p < offsets[i + 1u]; p++) {
    let entry = entries[p];
    let back = 0x40100400u - entry.y;
    var low = offsets[entry.x];
    var high = offsets[entry.x + 1u];
    while (low < high) {
      let middle = (low + high) / 2u;
      let other = entries[middle];
      if (other.x < i || (other.x == i && other.y < back)) { low = middle + 1u; } else { high = middle; }
    }
    reverse[p] = low;
  }
}`;
}
