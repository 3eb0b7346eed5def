/**
 * `site.ts` on a device, one workgroup an atom: sums over neighbours, products, and back. Mixing radial functions after summing spares every
 * neighbour the mixing. What is written here depends on the sizes of one potential; its graph and numbers are tables.
 */
import { f32 } from '../../src/core/each.wgsl.ts';
import { WINDOW } from '../../src/core/fixedPoint.wgsl.ts';
import { ROW_PRELUDE } from '../pairRows.wgsl.ts';
import { EMBEDDING } from './embedding.wgsl.ts';
import { BIN_BITS } from './packRadial.ts';
import type { CentrePlaces, PackedSite } from './packSite.ts';
import { LANES } from './packUses.ts';
import { RADIUS } from './radius.wgsl.ts';
import { accumulatorSize, batchBytes, batchValues, expand, expandDeclarations } from './siteExpand.wgsl.ts';
import { pairForces } from './sitePairs.wgsl.ts';
import {
  OF_DENSITIES,
  OF_MEMBER,
  productDeclarations,
  products,
  productsBackwards,
} from './siteProducts.wgsl.ts';

/** Bytes of workgroup memory. */
export function siteBytes(t: PackedSite): number {
  return (
    8 * (t.V + batchValues(t)) +
    16 * accumulatorSize(t) +
    batchBytes(t) +
    4 * (LANES * (t.P + 3) + 2 * (t.P + 3)) +
    64
  );
}

/** What is left behind. What belongs to members is their difference from the mean. */
export type SiteResult = 'forces' | 'projections' | 'memberEnergies' | 'memberForces';

/** Arrays that each result fills, and what it reads besides. */
export const SITE_ARRAYS: Readonly<Record<SiteResult, readonly string[]>> = {
  forces: ['energies', 'pairForces'],
  projections: ['projections'],
  memberEnergies: ['memberEnergies'],
  memberForces: ['pairForces'],
};

/**
 * One workgroup a row. Bindings: control, chunk, windows, cell, rows, entries, words, numbers, curves, flags (atomic), and
 *
 *   forces          energies [n], pairForces [entries][3]
 *   projections     slots [n], range (uniform: first slot, the one after the last), projections [slots of the range][width]
 *   memberEnergies  memberEnergies [members][n]
 *   memberForces    member (uniform: which), pairForces
 */
export function siteKernel(
  atoms: number,
  t: PackedSite,
  result: SiteResult,
  fault: (kind: 'bond' | 'outside') => string,
): string {
  const { S, P } = t;
  const place = (of: keyof CentrePlaces) =>
    `const ${of} = array<u32, ${S}>(${t.centres.map((c) => `${c[of]}u`).join(', ')});`;
  const inner = t.inner.map(([from, width]) => `vec2<f32>(${f32(from)}, ${f32(width)})`);
  return /* wgsl */ `${ROW_PRELUDE}
${(Object.keys(t.centres[0]) as (keyof CentrePlaces)[]).map(place).join('\n')}
const cutoffs = array<f32, ${S * S}>(${t.cutoffs.map(f32).join(', ')});
const innerCutoffs = array<vec2<f32>, ${S * S}>(${inner.join(', ')});
var<workgroup> sums: array<f32, ${LANES * (P + 1)}>;
var<workgroup> nearestR: array<f32, ${LANES}>;
var<workgroup> nearestP: array<u32, ${LANES}>;
var<workgroup> totals: array<f32, ${P + 1}>;
var<workgroup> slopes: array<f32, ${P + 2}>;
var<workgroup> switcher: u32;
${expandDeclarations(t)}
${productDeclarations(t)}
${RADIUS}
const grids = array<vec3<i32>, ${S * S}>(${t.grids.map((g) => `vec3<i32>(${g.begin}, ${g.bins}, ${g.at})`).join(', ')});
/** Where the bond has its functions, and the place within their bin. */
fn binOf(bond: u32, r: Radius) -> Bin {
  let grid = grids[bond];
  let x = r.whole - grid.x;
  let bin = clamp(x >> ${BIN_BITS}u, 0, grid.y - 1);
  return Bin(u32(grid.z + bin) * ${t.rows}u, (f32(x - (bin << ${BIN_BITS}u)) + r.rest) * ${1 / 2 ** BIN_BITS});
}
fn curve(first: u32, k: u32, t: f32) -> vec2<f32> {
  let c = curves[first + k];
  return vec2<f32>(((c.w * t + c.z) * t + c.y) * t + c.x, ((3.0 * c.w * t + 2.0 * c.z) * t + c.y) * ${f32(WINDOW / 2 ** BIN_BITS)});
}
${EMBEDDING}
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let row = chunk.x + group.y * groups.x + group.x;
  let lane = id.x;
  if (row >= chunk.y || control[0] != 0u) { return; }
  let place = rowOf(row);
  let i = place.x;
  ${result === 'projections' ? 'if (slots[i] < range.x || slots[i] >= range.y) { return; }' : ''}
  let here = windows[i].xyz;
  let a = u32(windows[i].w);
  let begin = place.y;
  let end = place.z;
  ${expand(t, fault)}
  ${products(t)}
  ${RESULTS[result](t, atoms)}
}`;
}

const RESULTS: Readonly<Record<SiteResult, (t: PackedSite, atoms: number) => string>> = {
  forces: (t) => `${densities(t)}
  if (lane == 0u) { ${energy(t)} }
  workgroupBarrier();
  ${productsBackwards(t, OF_DENSITIES)}
  ${pairForces(
    t,
    `let core = curve(bin.first, ${t.K}u, bin.t);
      along += slopes[${t.P}] * (core.y - core.x / r) / r;
      for (var p_ = 0u; p_ < densities[a]; p_++) { along += slopes[p_] * curve(bin.first, ${t.K + 1}u + p_, bin.t).y; }
      ${t.switching === 'nearest' ? `if (p == switcher) { along += slopes[${t.P + 1}]; }` : ''}`,
  )}`,
  memberForces: (t) =>
    `${productsBackwards(t, OF_MEMBER)}${pairForces(t, `along += curve(bin.first, ${t.K + 1 + t.P}u + member.x, bin.t).y;`)}`,
  projections: ({ projectionWidth: width }) => /* wgsl */ `
  for (var v = lane; v < ${width}u; v += ${LANES}u) {
    var B = 0.0;
    if (v < functionCount[a]) {
      let stop = words[functionStart[a] + v + 1u];
      for (var q = words[functionStart[a] + v]; q < stop; q++) {
        B += numbers[functionWeights[a] + q] * realPart(words[functionFactors[a] + q]);
      }
    }
    projections[(slots[i] - range.x) * ${width}u + v] = B;
  }`,
  memberEnergies: ({ S, K, P, members }, atoms) => /* wgsl */ `
  for (var m = 0u; m < ${members}u; m++) {
    var rho = 0.0;
    for (var p = begin + lane; p < end; p += ${LANES}u) {
      let bond = a * ${S}u + u32(windows[entries[p].x].w);
      let radius = radiusOf(pairWindow(entries[p], here));
      if (radius.r < cutoffs[bond]) {
        let bin = binOf(bond, radius);
        rho += curve(bin.first, ${K + 1 + P}u + m, bin.t).x;
      }
    }
    for (var t = lane; t < termCount[a]; t += ${LANES}u) {
      rho += numbers[memberWeights[a] + m * termCount[a] + t] * realPart(words[terms[a] + t]);
    }
    workgroupBarrier();
    sums[lane] = rho;
    workgroupBarrier();
    if (lane == 0u) {
      var total = 0.0;
      for (var q = 0u; q < ${LANES}u; q++) { total += sums[q]; }
      memberEnergies[m * ${atoms}u + i] = total;
    }
  }`,
};

/** ρ_p and the core's energy, in `totals`. */
function densities({ P }: PackedSite): string {
  return /* wgsl */ `
  var rho = pairRho;
  for (var t = lane; t < termCount[a]; t += ${LANES}u) {
    let x = realPart(words[terms[a] + t]);
    for (var p = 0u; p < densities[a]; p++) { rho[p] += numbers[weights[a] + p * termCount[a] + t] * x; }
  }
  for (var p = 0u; p < ${P}u; p++) { sums[p * ${LANES}u + lane] = rho[p]; }
  sums[${P * LANES}u + lane] = core;
  nearestR[lane] = least;
  nearestP[lane] = leastAt;
  workgroupBarrier();
  if (lane <= ${P}u) {
    var total = 0.0;
    for (var q = 0u; q < ${LANES}u; q++) { total += sums[lane * ${LANES}u + q]; }
    totals[lane] = total;
  }
  workgroupBarrier();`;
}

/** The atom's energy; `slopes`: ∂E/∂ρ_p, ∂E/∂core, ∂E/∂r of the neighbour that is the `switcher`. */
function energy({ S, P, cutoff, switching }: PackedSite): string {
  const off = {
    never: '',
    core: 'fcut = smoothStep(core, numbers[about + 2u * count], numbers[about + 2u * count + 1u]); byCore = fcut.y;',
    nearest: /* wgsl */ `
    share = 0.0;
    var distance = ${f32(cutoff)};
    for (var q = 0u; q < ${LANES}u; q++) {
      if (nearestR[q] < distance || (nearestR[q] == distance && nearestP[q] < switcher)) {
        distance = nearestR[q];
        switcher = nearestP[q];
      }
    }
    if (switcher != 0xffffffffu) {
      let width = innerCutoffs[a * ${S}u + u32(windows[entries[switcher].x].w)].y;
      fcut = smoothStep(width - distance, width, width);
      share = 1.0 - fcut.x;
      byDistance = -fcut.y;
    }`,
  }[switching];
  return /* wgsl */ `
    let core = totals[${P}];
    let about = embedding[a];
    let count = densities[a];
    var F = 0.0;
    for (var p = 0u; p < count; p++) {
      let w = numbers[about + p];
      let f = embed(form[a], totals[p], numbers[about + count + p]);
      F += w * f.x;
      slopes[p] = w * f.y;
    }
    var fcut = vec2<f32>(1.0, 0.0);
    var share = 1.0;
    var byCore = 0.0;
    var byDistance = 0.0;
    switcher = 0xffffffffu;
    ${off}
    for (var p = 0u; p < count; p++) { slopes[p] *= fcut.x; }
    slopes[${P}] = share + F * byCore;
    slopes[${P + 1}] = (F - core) * byDistance;
    energies[i] = fcut.x * F + share * core;`;
}
