/**
 * Forces of `site.ts` on a device in three kernels: sums over neighbours, a workgroup an atom; the product graph there and back, with atoms side
 * by side in a warp; pair forces, a workgroup an atom. The graph of a large potential is thousands of products that each want two values from
 * anywhere: what one thread does for its atom all threads of a warp do, so that tables are read once and values lie side by side.
 *
 * A slab of rows, numbers `chunk.z` to before `chunk.w`, goes through all three before the next. By value and column of the slab:
 *   values, adjoints   A, products, and ∂E/∂ of each
 *   state              ρ_p of pair functions, the core's energy, the nearest neighbour's distance, number and switching width; then what
 *                      the energy slopes by: ∂E/∂ρ_p, ∂E/∂core, ∂E/∂r of the neighbour that switches, and its number
 */
import { f32 } from '../../src/core/each.wgsl.ts';
import { EMBEDDING } from './embedding.wgsl.ts';
import { lmCount } from './harmonics.ts';
import type { PackedSite } from './packSite.ts';
import { STRIDE, TEAM } from './packTeams.ts';
import { LANES, LEVEL, USE } from './packUses.ts';
import { bondsOf, placesOf } from './site.wgsl.ts';
import { accumulatorSize, BATCH, batchBytes, expand, expandDeclarations } from './siteExpand.wgsl.ts';
import { pairForces } from './sitePairs.wgsl.ts';
import { COMPLEX, MIX_OF, mixed, mixedBackwards } from './siteProducts.wgsl.ts';

/** Atoms side by side in a workgroup of the graph; slabs are multiples of it. */
export const ABREAST = 32;

/** Bytes for one column of a slab. */
export function columnBytes({ V, teamPlaces, P }: PackedSite) {
  return { values: 8 * V, adjoints: 8 * teamPlaces, state: 4 * (P + 4) };
}

/** Bytes of workgroup memory of the kernel that needs most. */
export function stageBytes(t: PackedSite): number {
  const staged = 8 * BATCH * lmCount(t.lmax) + batchBytes(t);
  return 16 * accumulatorSize(t) + staged + 4 * LANES * (t.P + 3);
}

type Fault = (kind: 'bond' | 'outside') => string;

const ATOM = /* wgsl */ `
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let row = chunk.z + group.y * groups.x + group.x;
  let slot = row - chunk.z;
  let lane = id.x;
  if (row >= chunk.w || control[0] != 0u) { return; }
  let place = rowOf(row);
  let i = place.x;
  let here = windows[i].xyz;
  let a = u32(windows[i].w);
  let begin = place.y;
  let end = place.z;
`;

/** Bindings: control, chunk, windows, cell, rows, entries, words, numbers, curves, flags (atomic), values, state. */
export function siteSums(t: PackedSite, width: number, fault: Fault): string {
  const { S, P, cutoff, switching } = t;
  const nearest = /* wgsl */ `
    var distance = ${f32(cutoff)};
    var at = 0xffffffffu;
    for (var q = 0u; q < ${LANES}u; q++) {
      if (nearestR[q] < distance || (nearestR[q] == distance && nearestP[q] < at)) {
        distance = nearestR[q];
        at = nearestP[q];
      }
    }
    state[${(P + 1) * width}u + slot] = bitcast<u32>(distance);
    state[${(P + 2) * width}u + slot] = at;
    if (at != 0xffffffffu) {
      state[${(P + 3) * width}u + slot] = bitcast<u32>(innerCutoffs[a * ${S}u + u32(windows[entries[at].x].w)].y);
    }`;
  return /* wgsl */ `${placesOf(t)}${bondsOf(t)}
var<workgroup> sums: array<f32, ${LANES * (P + 1)}>;
var<workgroup> nearestR: array<f32, ${LANES}>;
var<workgroup> nearestP: array<u32, ${LANES}>;
${expandDeclarations(t, BATCH * lmCount(t.lmax))}
${MIX_OF}
${ATOM}
  ${expand(t, fault)}
  ${mixed(t, `values[(1u + v) * ${width}u + slot] = sum;`)}
  for (var p = 0u; p < ${P}u; p++) { sums[p * ${LANES}u + lane] = pairRho[p]; }
  sums[${P * LANES}u + lane] = core;
  nearestR[lane] = least;
  nearestP[lane] = leastAt;
  workgroupBarrier();
  if (lane <= ${P}u) {
    var total = 0.0;
    for (var q = 0u; q < ${LANES}u; q++) { total += sums[lane * ${LANES}u + q]; }
    state[lane * ${width}u + slot] = bitcast<u32>(total);
  }
  if (lane == 0u) {${switching === 'nearest' ? nearest : `\n    state[${(P + 2) * width}u + slot] = 0xffffffffu;`}
  }
}`;
}

const ABREAST_ATOMS = /* wgsl */ `
@compute @workgroup_size(${ABREAST}, ${TEAM})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let first = chunk.z + (group.y * groups.x + group.x) * ${ABREAST}u;
  if (first >= chunk.w || control[0] != 0u) { return; }
  let column = id.x;
  let team = id.y;
  let slot = first - chunk.z + column;
  // Beyond the last row the last one is done again, in a column of nobody's.
  let i = rows[min(first + column, chunk.w - 1u)].y;
  let a = u32(windows[i].w);
`;

const each: Unrolled = (code) => Array.from({ length: STRIDE }, (_, k) => code(k)).join('\n      ');

/** Bindings: control, chunk, windows, rows, words, numbers, values, adjoints, state, energies. */
export function siteGraph(t: PackedSite, width: number): string {
  const { P, levels } = t;
  const value = (v: string) => `values[(${v}) * ${width}u + slot]`;
  return /* wgsl */ `${placesOf(t)}
var<workgroup> shares: array<f32, ${TEAM * P * ABREAST}>;
var<workgroup> slopes: array<f32, ${P * ABREAST}>;
${COMPLEX}
${EMBEDDING}
${ABREAST_ATOMS}
  if (team == 0u) { adjoints[slot] = vec2<f32>(0.0); }
  ${forwards(t, width, value)}
  ${densities(t, value)}
  if (team == 0u) {
    ${energy(t, width)}
  }
  workgroupBarrier();
  var slope: array<f32, ${P}>;
  for (var p = 0u; p < ${P}u; p++) { slope[p] = slopes[p * ${ABREAST}u + column]; }
  for (var back = 0u; back < ${levels}u; back++) {
    if (back < levelCount[a]) {
      ${backwards(t, width, value)}
    }
    storageBarrier();
    if (back < levelCount[a]) {
      ${together(width)}
    }
    storageBarrier();
  }
  for (var k = team; k < mirrorCount[a]; k += ${TEAM}u) {
    let code = words[mirrors[a] + k];
    let x = adjoints[(basisSize[a] + 1u + k) * ${width}u + slot];
    let sign = 1.0 - 2.0 * f32(code & 1u);
    adjoints[(code >> 1u) * ${width}u + slot] += sign * vec2<f32>(x.x, -x.y);
  }
}`;
}

/**
 * Every function's value. `anew`: products are made before that from A, else those of the slab are there still. Bindings: control, chunk,
 * windows, rows, words, numbers, values, slots [n], range (uniform: first slot, the one after the last), projections [slots of the range][].
 */
export function siteProjections(t: PackedSite, width: number, anew: boolean): string {
  const value = (v: string) => `values[(${v}) * ${width}u + slot]`;
  const size = t.projectionWidth;
  return /* wgsl */ `${placesOf(t)}
${COMPLEX}
${ABREAST_ATOMS}
  ${anew ? forwards(t, width, value) : ''}
  if (first + column >= chunk.w || slots[i] < range.x || slots[i] >= range.y) { return; }
  let to = (slots[i] - range.x) * ${size}u;
  for (var v = team; v < ${size}u; v += ${TEAM}u) {
    var B = 0.0;
    if (v < functionCount[a]) {
      let last = words[functionStart[a] + v + 1u];
      for (var q = words[functionStart[a] + v]; q < last; q += ${STRIDE}u) {
      ${each((k) => `let t${k} = min(q + ${k}u, last - 1u); let w${k} = f32(q + ${k}u < last) * numbers[functionWeights[a] + t${k}];`)}
      ${each((k) => `let f${k} = words[functionFactors[a] + t${k}];`)}
      ${each((k) => `let p${k} = ${value(`f${k} >> 16u`)}; let q${k} = ${value(`f${k} & 0xffffu`)};`)}
      ${each((k) => `B += w${k} * (p${k}.x * q${k}.x - p${k}.y * q${k}.y);`)}
      }
    }
    projections[to + v] = B;
  }
}`;
}

type Unrolled = (code: (k: number) => string) => string;
type Place = (v: string) => string;

/** Mirrors, then products level by level; some at a time, so that what they want is on its way together. */
function forwards({ levels }: PackedSite, width: number, value: Place): string {
  return /* wgsl */ `
  if (team == 0u) { values[slot] = vec2<f32>(1.0, 0.0); }
  for (var k = team; k < mirrorCount[a]; k += ${TEAM}u) {
    let code = words[mirrors[a] + k];
    let x = ${value('code >> 1u')};
    let sign = 1.0 - 2.0 * f32(code & 1u);
    ${value('basisSize[a] + 1u + k')} = sign * vec2<f32>(x.x, -x.y);
  }
  storageBarrier();
  let firstInner = basisSize[a] + 1u + mirrorCount[a];
  for (var level = 1u; level < ${levels}u; level++) {
    if (level < levelCount[a]) {
      let last = words[levels[a] + level + 1u];
      for (var q = words[levels[a] + level] + team; q < last; q += ${STRIDE * TEAM}u) {
        ${each((k) => `let v${k} = words[order[a] + min(q + ${k * TEAM}u, last - 1u)];`)}
        ${each((k) => `let pair${k} = words[inner[a] + v${k} - firstInner];`)}
        ${each((k) => `let x${k} = times(${value(`pair${k} >> 16u`)}, ${value(`pair${k} & 0xffffu`)});`)}
        ${each((k) => `if (q + ${k * TEAM}u < last) { values[v${k} * ${width}u + slot] = x${k}; }`)}
      }
    }
    storageBarrier();
  }`;
}

/** ρ_p of the terms that a thread has, in `shares`. */
function densities({ P }: PackedSite, value: Place): string {
  const rho = Array.from({ length: P }, (_, p) => p);
  return /* wgsl */ `
  {
    let last = termCount[a];
    ${rho.map((p) => `var rho${p} = 0.0;`).join(' ')}
    for (var t = team; t < last; t += ${STRIDE * TEAM}u) {
      ${each((k) => `let t${k} = min(t + ${k * TEAM}u, last - 1u); let on${k} = f32(t + ${k * TEAM}u < last);`)}
      ${each((k) => `let f${k} = words[terms[a] + t${k}];`)}
      ${each((k) => `let p${k} = ${value(`f${k} >> 16u`)}; let q${k} = ${value(`f${k} & 0xffffu`)};`)}
      ${each((k) => `let x${k} = on${k} * (p${k}.x * q${k}.x - p${k}.y * q${k}.y);`)}
      ${rho
        .map(
          (p) =>
            `if (${p}u < densities[a]) { ${each((k) => `rho${p} += numbers[weights[a] + ${p}u * last + t${k}] * x${k};`)} }`,
        )
        .join('\n      ')}
    }
    ${rho.map((p) => `shares[(${p * TEAM}u + team) * ${ABREAST}u + column] = rho${p};`).join('\n    ')}
  }
  workgroupBarrier();`;
}

/** A thread's uses of one level, each value's in turn. */
function backwards({ P }: PackedSite, width: number, value: Place): string {
  const weight = (k: number) =>
    Array.from({ length: P }, (_, p) => `slope[${p}] * numbers[w_ + ${p}u + ${k}u * densities[a]]`);
  const one = P === 1;
  return /* wgsl */ `let about = teamLevels[a] + ${LEVEL.words}u * back;
      let steps = words[about + ${LEVEL.steps}u];
      let from_ = words[about + ${LEVEL.at}u] + team * steps;
      var sum = vec2<f32>(0.0);
      for (var s = from_; s < from_ + steps; s += ${STRIDE}u) {
        let w_ = teamWeights[a] + s * densities[a];
        ${each((k) => `let use${k} = words[teamUses[a] + 2u * s + ${2 * k}u];`)}
        ${each((k) => `let of${k} = words[teamUses[a] + 2u * s + ${2 * k + 1}u];`)}
        ${each((k) => `let other${k} = ${value(`use${k} & ${USE.mask}u`)};`)}
        ${each((k) =>
          one
            ? `let c${k} = ${weight(k)[0]};`
            : `var c${k} = ${weight(k)[0]};\n      ${Array.from({ length: P - 1 }, (_, p) => `if (${p + 1}u < densities[a]) { c${k} += ${weight(k)[p + 1]}; }`).join(' ')}`,
        )}
        ${each(
          (k) => `sum += c${k} * other${k};
        if (of${k} != 0u) { sum += times(adjoints[of${k} * ${width}u + slot], other${k}); }
        if (use${k} >= ${USE.last}u) {
          adjoints[((use${k} >> ${USE.valueShift}u) & ${USE.mask}u) * ${width}u + slot] = sum;
          sum = vec2<f32>(0.0);
        }`,
        )}
      }`;
}

/** What was summed in parts. */
function together(width: number): string {
  return /* wgsl */ `let about = teamLevels[a] + ${LEVEL.words}u * back;
      let divided = words[about + ${LEVEL.divided}u];
      for (var k = team; k < divided; k += ${TEAM}u) {
        let at = teamParts[a] + words[about + ${LEVEL.parts}u] + 3u * k;
        let first_ = words[at + 1u];
        let last = first_ + words[at + 2u];
        var sum = adjoints[words[at] * ${width}u + slot];
        for (var q = first_; q < last; q++) { sum += adjoints[q * ${width}u + slot]; }
        adjoints[words[at] * ${width}u + slot] = sum;
      }`;
}

/** The atom's energy, and in `state` and `slopes` what it slopes by. */
function energy({ P, switching }: PackedSite, width: number): string {
  const off = {
    never: '',
    core: 'fcut = smoothStep(core, numbers[about + 2u * count], numbers[about + 2u * count + 1u]); byCore = fcut.y;',
    nearest: /* wgsl */ `
    share = 0.0;
    if (state[${(P + 2) * width}u + slot] != 0xffffffffu) {
      let distance = bitcast<f32>(state[${(P + 1) * width}u + slot]);
      let reach = bitcast<f32>(state[${(P + 3) * width}u + slot]);
      fcut = smoothStep(reach - distance, reach, reach);
      share = 1.0 - fcut.x;
      byDistance = -fcut.y;
    }`,
  }[switching];
  const put = (at: string, x: string) => `state[${at} * ${width}u + slot] = bitcast<u32>(${x});`;
  return /* wgsl */ `
    let core = bitcast<f32>(state[${P * width}u + slot]);
    let about = embedding[a];
    let count = densities[a];
    var F = 0.0;
    var each: array<f32, ${P}>;
    for (var p = 0u; p < count; p++) {
      var total = bitcast<f32>(state[p * ${width}u + slot]);
      for (var q = 0u; q < ${TEAM}u; q++) { total += shares[(p * ${TEAM}u + q) * ${ABREAST}u + column]; }
      let w = numbers[about + p];
      let f = embed(form[a], total, numbers[about + count + p]);
      F += w * f.x;
      each[p] = w * f.y;
    }
    var fcut = vec2<f32>(1.0, 0.0);
    var share = 1.0;
    var byCore = 0.0;
    var byDistance = 0.0;
    ${off}
    for (var p = 0u; p < ${P}u; p++) {
      let slope = select(0.0, fcut.x * each[p], p < count);
      slopes[p * ${ABREAST}u + column] = slope;
      ${put('p', 'slope')}
    }
    ${put(`${P}u`, 'share + F * byCore')}
    ${put(`${P + 1}u`, '(F - core) * byDistance')}
    if (first + column < chunk.w) { energies[i] = fcut.x * F + share * core; }`;
}

/** Bindings: control, chunk, windows, cell, rows, entries, words, numbers, curves, adjoints, state, pairForces. */
export function sitePairs(t: PackedSite, width: number): string {
  const { K, P, switching, S, lmax } = t;
  const slope = (p: string) => `bitcast<f32>(state[${p} * ${width}u + slot])`;
  const size = 2 * S * lmCount(lmax) * Math.ceil(K / 4);
  return /* wgsl */ `${placesOf(t)}${bondsOf(t)}
var<workgroup> az: array<vec4<f32>, ${size}>;
${MIX_OF}
${ATOM}
  ${mixedBackwards(t, (v) => `adjoints[(${v}) * ${width}u + slot]`)}
  let byCore = ${slope(`${P}u`)};
  ${switching === 'nearest' ? `let switcher = state[${(P + 2) * width}u + slot];\n  let byDistance = ${slope(`${P + 1}u`)};` : ''}
  ${pairForces(
    t,
    `let core = curve(bin.first, ${K}u, bin.t);
      along += byCore * (core.y - core.x / r) / r;
      for (var p_ = 0u; p_ < densities[a]; p_++) { along += ${slope('p_')} * curve(bin.first, ${K + 1}u + p_, bin.t).y; }
      ${switching === 'nearest' ? 'if (p == switcher) { along += byDistance; }' : ''}`,
  )}
}`;
}
