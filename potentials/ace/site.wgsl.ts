/**
 * `site.ts` on a device, one workgroup an atom:
 *
 *   a[b][lm][k] = Σ_j g_k(r_ij) Y_lm(u_ij) over neighbours of species b;  A = mix · a;  products level by level, one lane a value
 *   ∂E/∂value gathered from the uses of the value, levels backwards;  Z = mixᵀ · ∂E/∂A;  f_ij from Z, g and Y, one lane a neighbour
 *
 * Mixing after summing spares every neighbour the mixing. All sums run in a fixed order: results repeat to the bit.
 */
import { f32 } from '../../src/core/neighbours.wgsl.ts';
import { ROW_PRELUDE } from '../pairRows.wgsl.ts';
import { lmCount, lmIndex } from './harmonics.ts';
import { type CentrePlaces, type PackedSite, RADIAL_BINS, START } from './packSite.ts';

const LANES = 64;
/** Neighbours expanded at a time. */
const BATCH = 16;

/** Bytes of workgroup memory. */
export function siteBytes({ S, lmax, K, V, P }: PackedSite): number {
  const LM = lmCount(lmax);
  return 16 * V + 8 * S * LM * K + BATCH * (4 * K + 8 * LM + 4) + 4 * (LANES * (P + 1) + 2 * (P + 2)) + 64;
}

/** What is left behind: pair forces and energies, or projections and energies of members. */
export type SiteResult = 'forces' | 'rich';

/**
 * Bindings: control, chunk, windows, cell, rows, entries, words, numbers, curves, flags (atomic), and either energies and pairForces [pairs][3]
 * or projections and memberEnergies.
 */
export function siteKernel(
  atoms: number,
  t: PackedSite,
  result: SiteResult,
  fault: (kind: 'bond' | 'outside') => string,
): string {
  const { S, lmax, K, V, P, cutoff } = t;
  const LM = lmCount(lmax);
  const AZ = S * LM * K;
  const place = (of: keyof CentrePlaces) =>
    `const ${of} = array<u32, ${S}>(${t.centres.map((c) => `${c[of]}u`).join(', ')});`;
  return /* wgsl */ `${ROW_PRELUDE}
${PLACES.map(place).join('\n')}
const cutoffs = array<f32, ${S * S}>(${t.cutoffs.map(f32).join(', ')});
var<workgroup> val: array<vec2<f32>, ${V}>;
var<workgroup> adj: array<vec2<f32>, ${V}>;
var<workgroup> az: array<vec2<f32>, ${AZ}>;
var<workgroup> stageG: array<f32, ${BATCH * K}>;
var<workgroup> stageY: array<vec2<f32>, ${BATCH * LM}>;
var<workgroup> stageS: array<i32, ${BATCH}>;
var<workgroup> sums: array<f32, ${LANES * (P + 1)}>;
var<workgroup> totals: array<f32, ${P + 1}>;
var<workgroup> slopes: array<f32, ${P + 1}>;

fn times(p: vec2<f32>, q: vec2<f32>) -> vec2<f32> {
  return vec2<f32>(p.x * q.x - p.y * q.y, p.x * q.y + p.y * q.x);
}
fn realPart(p: u32, q: u32) -> f32 {
  return val[p].x * val[q].x - val[p].y * val[q].y;
}
fn binOf(r: f32) -> vec2<f32> {
  let at = clamp((r - ${f32(START * cutoff)}) * ${f32(RADIAL_BINS / ((1 - START) * cutoff))}, 0.0, ${f32(RADIAL_BINS - 0.001)});
  return vec2<f32>(floor(at), at - floor(at));
}
fn curve(first: u32, k: u32, t: f32) -> vec2<f32> {
  let c = curves[first + k];
  return vec2<f32>(((c.w * t + c.z) * t + c.y) * t + c.x, ((3.0 * c.w * t + 2.0 * c.z) * t + c.y) * ${f32(RADIAL_BINS / ((1 - START) * cutoff))});
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
  let here = windows[i].xyz;
  let a = u32(windows[i].w);
  let begin = place.y;
  let end = place.z;
  for (var e = lane; e < ${AZ}u; e += ${LANES}u) { az[e] = vec2<f32>(0.0); }
  var core = 0.0;
  for (var base = begin; base < end; base += ${BATCH}u) {
    workgroupBarrier();
    if (lane < ${BATCH}u) {
      stageS[lane] = -1;
      if (base + lane < end) {
        let entry = entries[base + lane];
        let d = pairVector(entry, here);
        let r = sqrt(dot(d, d));
        let b = u32(windows[entry.x].w);
        let cut = cutoffs[a * ${S}u + b];
        if (cut == 0.0 && r < ${f32(cutoff)}) { ${fault('bond')} }
        if (r < ${f32(START * cutoff)}) { ${fault('outside')} }
        if (r < cut) {
          stageS[lane] = i32(b);
          let bin = binOf(r);
          let first = ((a * ${S}u + b) * ${RADIAL_BINS}u + u32(bin.x)) * ${K + 1}u;
          for (var k = 0u; k < ${K}u; k++) { stageG[lane * ${K}u + k] = curve(first, k, bin.y).x; }
          core += curve(first, ${K}u, bin.y).x / r;
          let u = d / r;
          ${harmonicCode(lmax, { each: (lm) => `stageY[lane * ${LM}u + ${lm}u] = y * e;` })}
        }
      }
    }
    workgroupBarrier();
    for (var e = lane; e < ${AZ}u; e += ${LANES}u) {
      let b = i32(e / ${LM * K}u);
      let lm = (e / ${K}u) % ${LM}u;
      let k = e % ${K}u;
      var sum = az[e];
      for (var t = 0u; t < ${BATCH}u; t++) {
        if (stageS[t] == b) { sum += stageG[t * ${K}u + k] * stageY[t * ${LM}u + lm]; }
      }
      az[e] = sum;
    }
  }
  workgroupBarrier();
  if (lane == 0u) { val[0] = vec2<f32>(1.0, 0.0); }
  for (var v = lane; v < basisSize[a]; v += ${LANES}u) {
    let from_ = words[basis[a] + 2u * v];
    let mix = words[basis[a] + 2u * v + 1u];
    var sum = vec2<f32>(0.0);
    for (var k = 0u; k < ${K}u; k++) { sum += numbers[mix + k] * az[from_ + k]; }
    val[1u + v] = sum;
  }
  workgroupBarrier();
  for (var k = lane; k < mirrorCount[a]; k += ${LANES}u) {
    let x = val[words[mirrors[a] + 2u * k]];
    let sign = 1.0 - 2.0 * f32(words[mirrors[a] + 2u * k + 1u]);
    val[basisSize[a] + 1u + k] = sign * vec2<f32>(x.x, -x.y);
  }
  workgroupBarrier();
  let firstInner = basisSize[a] + 1u + mirrorCount[a];
  for (var level = 1u; level < levelCount[a]; level++) {
    let last = words[levels[a] + level + 1u];
    for (var q = words[levels[a] + level] + lane; q < last; q += ${LANES}u) {
      let v = words[order[a] + q];
      let at = inner[a] + 2u * (v - firstInner);
      val[v] = times(val[words[at]], val[words[at + 1u]]);
    }
    workgroupBarrier();
  }
  ${result === 'forces' ? backward(t, LM, AZ) : rich(atoms, t)}
}`;
}

const PLACES = [
  'basis',
  'basisSize',
  'mirrors',
  'mirrorCount',
  'order',
  'levels',
  'levelCount',
  'inner',
  'terms',
  'termCount',
  'useStart',
  'uses',
  'channels',
  'functionStart',
  'functionFactors',
  'functionCount',
  'functionWeights',
  'weights',
  'densities',
  'memberWeights',
  'embedding',
  'form',
] as const satisfies readonly (keyof CentrePlaces)[];

function densitySums({ P }: PackedSite): string {
  return /* wgsl */ `
  var rho: array<f32, ${P}>;
  for (var t = lane; t < termCount[a]; t += ${LANES}u) {
    let x = realPart(words[terms[a] + 2u * t], words[terms[a] + 2u * t + 1u]);
    for (var p = 0u; p < densities[a]; p++) { rho[p] += numbers[weights[a] + p * termCount[a] + t] * x; }
  }
  for (var p = 0u; p < ${P}u; p++) { sums[p * ${LANES}u + lane] = rho[p]; }
  sums[${P * LANES}u + lane] = core;
  workgroupBarrier();
  if (lane <= ${P}u) {
    var total = 0.0;
    for (var q = 0u; q < ${LANES}u; q++) { total += sums[lane * ${LANES}u + q]; }
    totals[lane] = total;
  }
  workgroupBarrier();`;
}

function backward(t: PackedSite, LM: number, AZ: number): string {
  const { S, K, P, lmax } = t;
  const lOf: number[] = [];
  const mOf: number[] = [];
  for (let l = 0; l <= lmax; l++)
    for (let m = 0; m <= l; m++) {
      lOf.push(l);
      mOf.push(m);
    }
  const list = (values: readonly number[]) => `array<u32, ${LM}>(${values.map((x) => `${x}u`).join(', ')})`;
  return /* wgsl */ `${densitySums(t)}
  if (lane == 0u) {
    let coreEnergy = totals[${P}];
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
    ${t.switches ? 'fcut = smoothStep(coreEnergy, numbers[about + 2u * count], numbers[about + 2u * count + 1u]);' : ''}
    for (var p = 0u; p < count; p++) { slopes[p] *= fcut.x; }
    slopes[${P}] = 1.0 + F * fcut.y;
    energies[i] = fcut.x * F + coreEnergy;
  }
  workgroupBarrier();
  for (var back = 0u; back < levelCount[a]; back++) {
    let level = levelCount[a] - 1u - back;
    let last = words[levels[a] + level + 1u];
    for (var q = words[levels[a] + level] + lane; q < last; q += ${LANES}u) {
      let v = words[order[a] + q];
      var sum = vec2<f32>(0.0);
      let stop = words[useStart[a] + v + 1u];
      for (var c = words[useStart[a] + v]; c < stop; c++) {
        let other = val[words[uses[a] + 2u * c]];
        let code = words[uses[a] + 2u * c + 1u];
        if ((code & 1u) == 1u) {
          sum += times(adj[code >> 1u], other);
        } else {
          var w = 0.0;
          for (var p = 0u; p < densities[a]; p++) { w += slopes[p] * numbers[weights[a] + p * termCount[a] + (code >> 1u)]; }
          sum += w * other;
        }
      }
      adj[v] = sum;
    }
    workgroupBarrier();
  }
  for (var k = lane; k < mirrorCount[a]; k += ${LANES}u) {
    let x = adj[basisSize[a] + 1u + k];
    let sign = 1.0 - 2.0 * f32(words[mirrors[a] + 2u * k + 1u]);
    adj[words[mirrors[a] + 2u * k]] += sign * vec2<f32>(x.x, -x.y);
  }
  workgroupBarrier();
  const lOf = ${list(lOf)};
  const mOf = ${list(mOf)};
  for (var e = lane; e < ${AZ}u; e += ${LANES}u) {
    let b = e / ${LM * K}u;
    let lm = (e / ${K}u) % ${LM}u;
    let k = e % ${K}u;
    let about = channels[a] + 3u * (b * ${lmax + 1}u + lOf[lm]);
    let count = words[about + 1u];
    let first = words[about] + mOf[lm] * count;
    let mix = words[about + 2u] + k;
    var sum = vec2<f32>(0.0);
    for (var q = 0u; q < count; q++) { sum += numbers[mix + q * ${K}u] * adj[first + q]; }
    az[e] = sum;
  }
  workgroupBarrier();
  for (var p = begin + lane; p < end; p += ${LANES}u) {
    let entry = entries[p];
    let d = pairVector(entry, here);
    let r = sqrt(dot(d, d));
    let b = u32(windows[entry.x].w);
    var f = vec3<f32>(0.0);
    if (r < cutoffs[a * ${S}u + b]) {
      let bin = binOf(r);
      let first = ((a * ${S}u + b) * ${RADIAL_BINS}u + u32(bin.x)) * ${K + 1}u;
      var g: array<vec2<f32>, ${K}>;
      for (var k = 0u; k < ${K}u; k++) { g[k] = curve(first, k, bin.y); }
      let u = d / r;
      let from_ = b * ${LM * K}u;
      var along = 0.0;
      var grad = vec3<f32>(0.0);
      ${harmonicCode(lmax, {
        begin: 'var s = vec2<f32>(0.0); var z = vec2<f32>(0.0); var n = vec2<f32>(0.0);',
        each: (lm) => `{
          var p = vec2<f32>(0.0);
          var t = vec2<f32>(0.0);
          for (var k = 0u; k < ${K}u; k++) {
            let w = az[from_ + ${lm * K}u + k];
            p += w * g[k].x;
            t += w * g[k].y;
          }
          s += p * y;
          z += p * dy;
          n += t * y;
        }`,
        end: (m) => `along += n.x * e.x - n.y * e.y;
        grad.z += z.x * e.x - z.y * e.y;
        ${
          m === 0
            ? ''
            : `grad.x += ${f32(m)} * (s.x * below.x - s.y * below.y);
        grad.y -= ${f32(m)} * (s.x * below.y + s.y * below.x);`
        }`,
      })}
      let core = curve(first, ${K}u, bin.y);
      along += slopes[${P}] * (core.y - core.x / r) / r;
      f = (along - dot(u, grad) / r) * u + grad / r;
    }
    pairForces[3u * p] = f.x;
    pairForces[3u * p + 1u] = f.y;
    pairForces[3u * p + 2u] = f.z;
  }`;
}

function rich(atoms: number, { P, members, projectionWidth }: PackedSite): string {
  const M = Math.max(1, members);
  return /* wgsl */ `
  for (var v = lane; v < ${projectionWidth}u; v += ${LANES}u) {
    var B = 0.0;
    if (v < functionCount[a]) {
      let stop = words[functionStart[a] + v + 1u];
      for (var q = words[functionStart[a] + v]; q < stop; q++) {
        let at = functionFactors[a] + 2u * q;
        B += numbers[functionWeights[a] + q] * realPart(words[at], words[at + 1u]);
      }
    }
    projections[i * ${projectionWidth}u + v] = B;
  }
  sums[${P * LANES}u + lane] = core;
  workgroupBarrier();
  var coreEnergy = 0.0;
  for (var q = 0u; q < ${LANES}u; q++) { coreEnergy += sums[${P * LANES}u + q]; }
  for (var m = 0u; m < ${members}u; m++) {
    var rho = 0.0;
    for (var t = lane; t < termCount[a]; t += ${LANES}u) {
      let x = realPart(words[terms[a] + 2u * t], words[terms[a] + 2u * t + 1u]);
      rho += numbers[memberWeights[a] + m * termCount[a] + t] * x;
    }
    workgroupBarrier();
    sums[lane] = rho;
    workgroupBarrier();
    if (lane == 0u) {
      var total = coreEnergy;
      for (var q = 0u; q < ${LANES}u; q++) { total += sums[q]; }
      memberEnergies[m * ${atoms}u + i] = total;
    }
  }
  if (${members}u == 0u && lane == 0u) { memberEnergies[i % ${M}u] = 0.0; }`;
}

/** Straight-line code over m, then l: y and dy are Q_lm(z) and its slope, e = (x + iy)^m, `below` the power before. */
function harmonicCode(
  lmax: number,
  body: { begin?: string; each: (lm: number) => string; end?: (m: number) => string },
): string {
  const lines = ['var e = vec2<f32>(1.0, 0.0);', 'var below = vec2<f32>(0.0);'];
  let diagonal = 1;
  for (let m = 0; m <= lmax; m++) {
    if (m > 0) {
      lines.push('below = e;', 'e = vec2<f32>(u.x * e.x - u.y * e.y, u.x * e.y + u.y * e.x);');
      diagonal *= -Math.sqrt(1 + 0.5 / m);
    }
    lines.push(
      '{',
      body.begin ?? '',
      `var y = ${f32(diagonal)};`,
      'var dy = 0.0;',
      'var y2 = 0.0;',
      'var dy2 = 0.0;',
    );
    for (let l = m; l <= lmax; l++) {
      if (l > m) {
        const up = Math.sqrt((4 * l * l - 1) / (l * l - m * m));
        const back = l === m + 1 ? 0 : Math.sqrt(((l - 1) ** 2 - m * m) / (4 * (l - 1) ** 2 - 1));
        lines.push(
          `{ let y1 = y; let dy1 = dy;
          y = ${f32(up)} * (u.z * y1 - ${f32(back)} * y2);
          dy = ${f32(up)} * (y1 + u.z * dy1 - ${f32(back)} * dy2);
          y2 = y1; dy2 = dy1; }`,
        );
      }
      lines.push(body.each(lmIndex(l, m)));
    }
    lines.push(body.end?.(m) ?? '', '}');
  }
  return lines.join('\n');
}

/** `embedding.ts` and the step of `radial.ts`. */
const EMBEDDING = /* wgsl */ `
fn raised(x: f32, m: f32) -> f32 {
  if (m == 0.5) { return sqrt(x); }
  if (m == 0.0) { return 1.0; }
  if (m == -0.5) { return inverseSqrt(x); }
  return pow(x, m);
}
fn embed(form: u32, x: f32, m: f32) -> vec2<f32> {
  if (abs(m - 1.0) < 1e-6) { return vec2<f32>(x, 1.0); }
  let size = abs(x);
  if (form == 0u) {
    let line = pow(1e-6, m - 1.0);
    if (size <= 1e-10) { return vec2<f32>(line * x, line); }
    let power = raised(size, m);
    let slope = m * raised(size, m - 1.0);
    let q = 1e6 * min(size, 1e-5);
    let cube = q * q * q;
    if (cube > 30.0) { return vec2<f32>(sign(x) * power, slope); }
    let g = exp(-cube);
    return vec2<f32>(
      sign(x) * ((1.0 - g) * power + line * g * size),
      slope * (1.0 - g) + (3.0 * cube / size) * g * power + line * g * (1.0 - 3.0 * cube),
    );
  }
  let nu = 1.0 / m;
  let decay = exp(-size);
  let xo = pow(nu, nu / (1.0 - nu)) * decay;
  let yo = pow(nu, 1.0 / (1.0 - nu)) * decay;
  return vec2<f32>(
    select(1.0, -1.0, x < 0.0) * (raised(xo + size, m) - yo),
    yo + m * (1.0 - xo) * raised(xo + size, m - 1.0),
  );
}
fn smoothStep(x: f32, end: f32, width: f32) -> vec2<f32> {
  if (x >= end) { return vec2<f32>(0.0); }
  if (x <= end - width) { return vec2<f32>(1.0, 0.0); }
  let y = 1.0 - 2.0 * (1.0 + (x - end) / width);
  let y2 = y * y;
  return vec2<f32>(0.5 + 3.75 * y * (0.25 - y2 / 6.0 + y2 * y2 / 20.0), -1.875 * (1.0 - y2) * (1.0 - y2) / width);
}
`;
