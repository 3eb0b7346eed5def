/**
 * The list of `neighbours.ts` made on a device: bins in fractional coordinates, count, scan, fill, then every row put in order of
 * (atom, shift). An entry is the neighbour's index and its shift packed in three times ten bits, offset by 512, so that packed
 * shifts compare as shifts do.
 */
import { BOX } from './box.wgsl.ts';
import { each, eachRow, f32, ROW_OF } from './each.wgsl.ts';
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
  /** Å, between a cell's faces along a, b, c, as planned for. */
  readonly heights: readonly number[];
  /** Å, skin included. */
  readonly cutoff: number;
  /** Å: how far bins have to see, who are filled by f32. */
  readonly sought: number;
}

/** Rows of the cell's inverse, transposed: fractional = (a*·r, b*·r, c*·r). */
const RECIPROCAL = /* wgsl */ `
fn reciprocal(a: vec3<f32>, b: vec3<f32>, c: vec3<f32>) -> array<vec3<f32>, 3> {
  let scale = 1.0 / dot(a, cross(b, c));
  return array<vec3<f32>, 3>(scale * cross(b, c), scale * cross(c, a), scale * cross(a, b));
}
`;

/** How much longer than planned a cell may become before its bins are too coarse. */
const LONGER = 1.25;

/** `outgrown()`: whether bins of this plan no longer serve the cell. Bindings: box. */
export function outgrown({ count, reach, periodic, extent, heights, sought }: BinPlan): string {
  const tests = [0, 1, 2].map((x) => {
    const sees = reach[x] >= count[x] - 1 && !periodic[x];
    const near = `high[${x}] < ${f32((sought * count[x]) / (reach[x] * extent[x]))}`;
    return [sees ? 'false' : near, `high[${x}] > ${f32(LONGER * heights[x])}`].join(' || ');
  });
  return /* wgsl */ `${FIXED_POINT}${BOX}${RECIPROCAL}
fn outgrown() -> bool {
  let rows = reciprocal(cellRow(0u), cellRow(1u), cellRow(2u));
  let high = vec3<f32>(1.0 / length(rows[0]), 1.0 / length(rows[1]), 1.0 / length(rows[2]));
  return ${tests.join(' ||\n    ')};
}
`;
}

/**
 * Whether a pair may have come within `cutoff` that was beyond `cutoff + skin` when the list was made. What the cell's own change F = h₀⁻¹h
 * does to atoms is taken off: with u the rest, d = d₀F + u_j − u_i, so that |d₀| ≤ (|d| + 2u)/(1 − ‖F − 1‖).
 * `growth` (WGSL): how many times as much both may become before the next look.
 * Bindings: control (atomic), windows, builtAt, fixed, box, builtBox.
 */
export function displacements(
  atoms: number,
  cutoff: number,
  skin: number,
  stale: string,
  growth = '1.0',
): string {
  return /* wgsl */ `${FIXED_POINT}${BOX}${RECIPROCAL}
fn gone(k: u32) -> f32 {
  let low = bitcast<u32>(box[k].y) - bitcast<u32>(builtBox[k].y);
  let borrow = select(0, 1, bitcast<u32>(box[k].y) < bitcast<u32>(builtBox[k].y));
  return coarse(vec2<i32>(box[k].x - builtBox[k].x - borrow, bitcast<i32>(low)));
}
${each(atoms, 'atomicLoad(&control[0]) != 0u')}
  var before: array<vec3<f32>, 3>;
  var change: array<vec3<f32>, 3>;
  for (var k = 0u; k < 3u; k++) {
    change[k] = vec3<f32>(gone(3u * k), gone(3u * k + 1u), gone(3u * k + 2u));
    before[k] = cellRow(k) - change[k];
  }
  let inverse = reciprocal(before[0], before[1], before[2]);
  let moved_ = lengthOf(windows[i].xyz - builtAt[i].xyz);
  let from_ = vec3<f32>(coarse(fixed[3u * i]), coarse(fixed[3u * i + 1u]), coarse(fixed[3u * i + 2u])) - moved_;
  var u = moved_;
  var strain = 0.0;
  for (var k = 0u; k < 3u; k++) {
    u -= dot(inverse[k], from_) * change[k];
    for (var l = 0u; l < 3u; l++) { strain += dot(inverse[k], inverse[l]) * dot(change[k], change[l]); }
  }
  let growth = ${growth};
  let most = 0.5 * (${f32(cutoff + skin)} * (1.0 - growth * sqrt(max(strain, 0.0))) - ${f32(cutoff)});
  if (!(growth * length(u) <= most)) { ${stale} }
}`;
}

/** Bindings by name, as the host declares them: control, fixed, box, windows, builtAt, builtBox, homes, ranks, tally, places. */
export function binAtoms({ atoms, count, periodic, low, extent }: BinPlan): string {
  const bin = (x: number) => {
    const wrap = periodic[x] ? 'i32(floor(f))' : '0';
    return `{
    let f = dot(inverse[${x}], r);
    let wrap = ${wrap};
    home[${x}] = wrap;
    let part = (f - f32(wrap) - ${f32(low[x])}) * ${f32(count[x] / extent[x])};
    bin = bin * ${count[x]} + i32(clamp(floor(part), 0.0, ${f32(count[x] - 1)}));
  }`;
  };
  return `${FIXED_POINT}${BOX}${RECIPROCAL}${each(atoms)}
  let inverse = reciprocal(cellRow(0u), cellRow(1u), cellRow(2u));
  let r = vec3<f32>(coarse(fixed[3u * i]), coarse(fixed[3u * i + 1u]), coarse(fixed[3u * i + 2u]));
  var home = vec4<i32>(0);
  var bin = 0;
  ${[0, 1, 2].map(bin).join('\n  ')}
  home[3] = bin;
  homes[i] = home;
  places[i] = atomicAdd(&tally[ranks[bin]], 1u);
  builtAt[i] = windows[i];
  if (i == 0u) { for (var k = 0u; k < 9u; k++) { builtBox[k] = box[k]; } }
}`;
}

/** Bins come in the order of `ranks`, atoms in that of their bins. Bindings: control, homes, starts, ranks, places, rows. */
export function scatterAtoms({ atoms }: BinPlan): string {
  return `${each(atoms)}  rows[starts[ranks[homes[i][3]]] + places[i]].y = i;\n}`;
}

/** |d|² with nothing left for a compiler to fuse: what one kernel counts, another has to find. */
const SQUARE = 'fma(d.x, d.x, fma(d.y, d.y, d.z * d.z))';

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
    let rank = ranks[bin];
    for (var p = starts[rank]; p < starts[rank + 1u]; p++) {
      let j = rows[p].y;
      let shift = vec3<i32>(ia, ib, ic) + home.xyz - homes[j].xyz;
      if (i == j && all(shift == vec3<i32>(0))) { continue; }
      let d = lengthOf(windows[j].xyz - here + shift.x * cell[0].xyz + shift.y * cell[1].xyz + shift.z * cell[2].xyz);
      if (${SQUARE} >= ${f32(cutoff * cutoff)}) { continue; }
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

function visitor(plan: BinPlan, begin: string, found: string, after: string): string {
  const { count } = plan;
  return `${FIXED_POINT}${FLOOR_DIVIDE}${begin}
  let home = homes[i];
  let here = windows[i].xyz;
  let at = vec3<i32>(home[3] / ${count[1] * count[2]}, (home[3] / ${count[2]}) % ${count[1]}, home[3] % ${count[2]});
  ${visit(plan, found)}
  ${after}
}`;
}

/** How long every row is, at the row's number. Bindings: control, windows, cell, homes, starts, ranks, rows (writable). */
export function countPairs(plan: BinPlan): string {
  const begin = `${each(plan.atoms, undefined, 'row')}  let i = rows[row].y;\n  var count = 0u;`;
  return visitor(plan, begin, 'count++;', 'rows[row].x = count;');
}

/** Bindings: control, chunk, windows, cell, homes, starts, ranks, rows, flags (atomic), entries. `fault` is the word and value to report. */
export function fillRows(plan: BinPlan, fault: { word: number; value: number }): string {
  return visitor(
    plan,
    `${ROW_OF}${eachRow}  var next = begin;`,
    `if (any(abs(shift) > vec3<i32>(${FARTHEST_IMAGE}))) { atomicMax(&flags[${fault.word}], ${fault.value}u); }
      let packed = vec3<u32>(shift + 512);
      entries[next] = vec2<u32>(j, (packed.x << 20u) | (packed.y << 10u) | packed.z);
      next++;`,
    '',
  );
}

/** Where atoms have their rows. Bindings: control, rows, rowsOf. */
export function findRows(atoms: number): string {
  return `${each(atoms)}  rowsOf[rows[i].y] = i;\n}`;
}

/**
 * Where row j, if it lies in the chunk `other`, says of i what entry p of row i says of j: the entry's number in the whole list.
 * Bindings: control, chunk, other (uniform, as chunk), rows, rowsOf, entries, theirs (entries of the other chunk), reverse.
 */
export const FIND_REVERSE: string = `${ROW_OF}${eachRow}
  let before = rows[other.x].x;
  for (var p = begin; p < end; p++) {
    let entry = entries[p];
    let away = rowsOf[entry.x];
    if (away < other.x || away >= other.y) { continue; }
    let back = 0x40100400u - entry.y;
    var low = rows[away].x - before;
    var high = rows[away + 1u].x - before;
    while (low < high) {
      let middle = (low + high) / 2u;
      let q = theirs[middle];
      if (q.x < i || (q.x == i && q.y < back)) { low = middle + 1u; } else { high = middle; }
    }
    reverse[p] = before + low;
  }
}`;
