/**
 * A = mix · a, products level by level, one lane a value; backwards ∂E/∂value gathered from the uses of the value, and
 * Z = mixᵀ · ∂E/∂A in the place of a. All sums run in a fixed order: results repeat to the bit.
 */
import { lmCount } from './harmonics.ts';
import { fours, type PackedSite } from './packSite.ts';
import { LANES, LEVEL, USE } from './packUses.ts';
import { tilingOf } from './siteExpand.wgsl.ts';

export function productDeclarations({ V }: PackedSite): string {
  return /* wgsl */ `
var<workgroup> val: array<vec2<f32>, ${V}>;
${COMPLEX}
fn realPart(factors: u32) -> f32 {
  let p = val[factors >> 16u];
  let q = val[factors & 0xffffu];
  return p.x * q.x - p.y * q.y;
}
${MIX_OF}`;
}

export const COMPLEX = /* wgsl */ `
fn times(p: vec2<f32>, q: vec2<f32>) -> vec2<f32> {
  return vec2<f32>(p.x * q.x - p.y * q.y, p.x * q.y + p.y * q.x);
}`;

export const MIX_OF = /* wgsl */ `
fn mixOf(at: u32) -> vec4<f32> {
  return vec4<f32>(numbers[at], numbers[at + 1u], numbers[at + 2u], numbers[at + 3u]);
}`;

/** A = mix · a, of which value v goes where `store` says. */
export function mixed(t: PackedSite, store: string): string {
  const Q = fours(t.K);
  const { parts } = tilingOf(t);
  const apart = t.S * lmCount(t.lmax) * Q * 2;
  return /* wgsl */ `
  for (var v = lane; v < basisSize[a]; v += ${LANES}u) {
    let from_ = words[basis[a] + 2u * v] * ${2 * Q}u;
    let mix = words[basis[a] + 2u * v + 1u];
    var sum = vec2<f32>(0.0);
    for (var q = 0u; q < ${Q}u; q++) {
      let c = mixOf(mix + 4u * q);
      for (var part = 0u; part < ${parts}u; part++) {
        let at = part * ${apart}u + from_ + 2u * q;
        sum += vec2<f32>(dot(c, az[at]), dot(c, az[at + 1u]));
      }
    }
    ${store}
  }`;
}

/** From `az` to all of `val`. */
export function products(t: PackedSite): string {
  return /* wgsl */ `
  if (lane == 0u) {
    val[0] = vec2<f32>(1.0, 0.0);
    adj[0] = vec2<f32>(0.0);
  }
  ${mixed(t, 'val[1u + v] = sum;')}
  workgroupBarrier();
  for (var k = lane; k < mirrorCount[a]; k += ${LANES}u) {
    let code = words[mirrors[a] + k];
    let x = val[code >> 1u];
    let sign = 1.0 - 2.0 * f32(code & 1u);
    val[basisSize[a] + 1u + k] = sign * vec2<f32>(x.x, -x.y);
  }
  workgroupBarrier();
  let firstInner = basisSize[a] + 1u + mirrorCount[a];
  for (var level = 1u; level < levelCount[a]; level++) {
    let last = words[levels[a] + level + 1u];
    for (var q = words[levels[a] + level] + lane; q < last; q += ${LANES}u) {
      let v = words[order[a] + q];
      let pair = words[inner[a] + v - firstInner];
      val[v] = times(val[pair >> 16u], val[pair & 0xffffu]);
    }
    workgroupBarrier();
  }`;
}

/** The weight of a use of step `s` in `level`. */
export type UseWeight = string;

/** Of one member's difference from the mean. */
export const OF_MEMBER: UseWeight = /* wgsl */ `let w = numbers[memberUses[a] + member.x * useCount[a] + at];`;

/** From `val` to Z in `az`, by weights of the terms. */
export function productsBackwards(t: PackedSite, weight: UseWeight): string {
  return /* wgsl */ `
  for (var back = 0u; back < levelCount[a]; back++) {
    let about = useLevels[a] + ${LEVEL.words}u * (levelCount[a] - 1u - back);
    let steps = words[about + ${LEVEL.steps}u];
    let level = words[about + ${LEVEL.at}u] / ${LANES}u;
    var sum = vec2<f32>(0.0);
    for (var s = 0u; s < steps; s++) {
      let at = (level + s) * ${LANES}u + lane;
      let use_ = words[uses[a] + at];
      ${weight}
      let other = val[use_ & ${USE.mask}u];
      sum += w * other + times(adj[words[usesOf[a] + at]], other);
      if (use_ >= ${USE.last}u) {
        adj[(use_ >> ${USE.valueShift}u) & ${USE.mask}u] = sum;
        sum = vec2<f32>(0.0);
      }
    }
    workgroupBarrier();
    let divided = words[about + ${LEVEL.divided}u];
    for (var k = lane; k < divided; k += ${LANES}u) {
      let at = parts[a] + words[about + ${LEVEL.parts}u] + 3u * k;
      let v = words[at];
      for (var q = 0u; q < words[at + 2u]; q++) { adj[v] += adj[words[at + 1u] + q]; }
    }
    workgroupBarrier();
  }
  for (var k = lane; k < mirrorCount[a]; k += ${LANES}u) {
    let code = words[mirrors[a] + k];
    let x = adj[basisSize[a] + 1u + k];
    let sign = 1.0 - 2.0 * f32(code & 1u);
    adj[code >> 1u] += sign * vec2<f32>(x.x, -x.y);
  }
  workgroupBarrier();
  ${mixedBackwards(t, (v) => `adj[${v}]`)}`;
}

/** Z = mixᵀ · ∂E/∂A in the place of a. */
export function mixedBackwards({ S, lmax, K }: PackedSite, adjoint: (v: string) => string): string {
  const Q = fours(K);
  const LM = lmCount(lmax);
  const lOf: number[] = [];
  const mOf: number[] = [];
  for (let l = 0; l <= lmax; l++)
    for (let m = 0; m <= l; m++) {
      lOf.push(l);
      mOf.push(m);
    }
  const list = (values: readonly number[]) => `array<u32, ${LM}>(${values.map((x) => `${x}u`).join(', ')})`;
  return /* wgsl */ `
  const lOf = ${list(lOf)};
  const mOf = ${list(mOf)};
  for (var e = lane; e < ${S * LM * Q}u; e += ${LANES}u) {
    let lm = (e / ${Q}u) % ${LM}u;
    let about = channels[a] + 3u * ((e / ${LM * Q}u) * ${lmax + 1}u + lOf[lm]);
    let count = words[about + 1u];
    let first = words[about] + mOf[lm] * count;
    let mix = words[about + 2u] + 4u * (e % ${Q}u);
    var re = vec4<f32>(0.0);
    var im = vec4<f32>(0.0);
    for (var c = 0u; c < count; c++) {
      let weights_ = mixOf(mix + c * ${4 * Q}u);
      let x = ${adjoint('first + c')};
      re += weights_ * x.x;
      im += weights_ * x.y;
    }
    az[2u * e] = re;
    az[2u * e + 1u] = im;
  }
  workgroupBarrier();`;
}
