/**
 * `site.ts` on a device, one workgroup an atom: sums over neighbours, products, and back. Mixing radial functions after summing spares every
 * neighbour the mixing. What is written here depends on the sizes of one potential; its graph and numbers are tables.
 */
import { f32 } from '../../src/core/each.wgsl.ts';
import { WINDOW } from '../../src/core/fixedPoint.wgsl.ts';
import { ROW_PRELUDE } from '../pairRows.wgsl.ts';
import { BIN_BITS } from './packRadial.ts';
import type { CentrePlaces, PackedSite } from './packSite.ts';
import { LANES } from './packUses.ts';
import { RADIUS } from './radius.wgsl.ts';
import { accumulatorSize, batchBytes, batchValues, expand, expandDeclarations } from './siteExpand.wgsl.ts';
import { pairForces } from './sitePairs.wgsl.ts';
import { OF_MEMBER, productDeclarations, products, productsBackwards } from './siteProducts.wgsl.ts';

/** Bytes of workgroup memory. */
export function siteBytes(t: PackedSite): number {
  return 8 * (t.V + batchValues(t)) + 16 * accumulatorSize(t) + batchBytes(t) + 4 * LANES;
}

/** What is left behind. What belongs to members is their difference from the mean. */
export type SiteResult = 'memberEnergies' | 'memberForces';

/** Arrays that each result fills, and what it reads besides. */
export const SITE_ARRAYS: Readonly<Record<SiteResult, readonly string[]>> = {
  memberEnergies: ['memberEnergies'],
  memberForces: ['pairForces'],
};

/**
 * One workgroup a row. Bindings: control, chunk, windows, cell, rows, entries, words, numbers, curves, flags (atomic), and
 *
 *   memberEnergies  memberEnergies [members][n]
 *   memberForces    member (uniform: which), pairForces
 */
export function siteKernel(
  atoms: number,
  t: PackedSite,
  result: SiteResult,
  fault: (kind: 'bond' | 'outside') => string,
): string {
  return /* wgsl */ `${placesOf(t)}${bondsOf(t)}
var<workgroup> sums: array<f32, ${LANES}>;
${expandDeclarations(t)}
${productDeclarations(t)}
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_id) id: vec3<u32>) {
  let row = chunk.x + group.y * groups.x + group.x;
  let lane = id.x;
  if (row >= chunk.y || control[0] != 0u) { return; }
  let place = rowOf(row);
  let i = place.x;
  let here = windows[i].xyz;
  let a = u32(windows[i].w);
  let begin = place.y;
  let end = place.z;
  ${expand(t, fault)}
  ${products(t)}
  ${RESULTS[result](t, atoms)}
}`;
}

/** Sizes and places of every centre, by species. */
export function placesOf(t: PackedSite): string {
  const place = (of: keyof CentrePlaces) =>
    `const ${of} = array<u32, ${t.S}>(${t.centres.map((c) => `${c[of]}u`).join(', ')});`;
  return `${(Object.keys(t.centres[0]) as (keyof CentrePlaces)[]).map(place).join('\n')}\n`;
}

/** Rows, distances, and curves of them. */
export function bondsOf(t: PackedSite): string {
  const { S } = t;
  const inner = t.inner.map(([from, width]) => `vec2<f32>(${f32(from)}, ${f32(width)})`);
  return /* wgsl */ `${ROW_PRELUDE}
const cutoffs = array<f32, ${S * S}>(${t.cutoffs.map(f32).join(', ')});
const innerCutoffs = array<vec2<f32>, ${S * S}>(${inner.join(', ')});
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
}`;
}

const RESULTS: Readonly<Record<SiteResult, (t: PackedSite, atoms: number) => string>> = {
  memberForces: (t) =>
    `${productsBackwards(t, OF_MEMBER)}${pairForces(t, `along += curve(bin.first, ${t.K + 1 + t.P}u + member.x, bin.t).y;`)}`,
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
