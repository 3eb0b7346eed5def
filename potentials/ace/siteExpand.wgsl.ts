/**
 * a[b][lm][k] = Σ_j g_k(r_ij) Y_lm(u_ij) over neighbours of species b. Half of the lanes make harmonics, the other half radial functions of a
 * batch of neighbours; then each lane sums a tile of a, one harmonic by some fours of k, in registers.
 */
import { f32 } from '../../src/core/each.wgsl.ts';
import { lmCount } from './harmonics.ts';
import { fours, type PackedSite } from './packSite.ts';
import { LANES } from './packUses.ts';
import { harmonicCode } from './siteHarmonics.wgsl.ts';

/** Neighbours expanded at a time: one for each lane that makes harmonics. */
export const BATCH: number = LANES / 2;

/** How a is shared out. */
export interface Tiling {
  /** Fours of k in a tile. */
  readonly wide: number;
  readonly tiles: number;
  /** Tiles of a lane. */
  readonly rounds: number;
  /** Lanes that share a tile's neighbours. */
  readonly parts: number;
}

/** The cheapest tiling: a tile costs two loads a neighbour, and one load and eight multiplications for each four. */
export function tilingOf({ S, lmax, K }: PackedSite): Tiling {
  const Q = fours(K);
  let best: Tiling | undefined;
  let least = Infinity;
  for (let wide = 1; wide <= Q; wide++) {
    if (Q % wide !== 0) continue;
    const tiles = (S * lmCount(lmax) * Q) / wide;
    const rounds = Math.ceil(tiles / LANES);
    const parts = Math.min(4, Math.max(1, Math.floor(LANES / tiles)));
    const cost = (rounds * (2 + 9 * wide)) / parts;
    if (cost < least) [best, least] = [{ wide, tiles, rounds, parts }, cost];
  }
  return best!;
}

/** vec4s of all parts of a: real and imaginary ones take turns. */
export function accumulatorSize(t: PackedSite): number {
  return 2 * t.S * lmCount(t.lmax) * fours(t.K) * tilingOf(t).parts;
}

/** Room for the staged harmonics, where later ∂E/∂value are. */
export function batchValues({ lmax, places }: PackedSite): number {
  return Math.max(places, BATCH * lmCount(lmax));
}

/** Bytes of the staged batch beside its harmonics. */
export function batchBytes({ K }: PackedSite): number {
  return BATCH * (16 * fours(K) + 4);
}

export function expandDeclarations(t: PackedSite, staged = batchValues(t)): string {
  return /* wgsl */ `
var<workgroup> az: array<vec4<f32>, ${accumulatorSize(t)}>;
var<workgroup> stageG: array<vec4<f32>, ${BATCH * fours(t.K)}>;
var<workgroup> adj: array<vec2<f32>, ${staged}>;
var<workgroup> stageS: array<i32, ${BATCH}>;`;
}

/** From the row's entries to `az`, and for each lane `core`, `pairRho`, and `least` and `leastAt` where the nearest neighbour matters. */
export function expand(t: PackedSite, fault: (kind: 'bond' | 'outside') => string): string {
  const { S, lmax, K, P, cutoff, switching } = t;
  const LM = lmCount(lmax);
  const Q = fours(K);
  const { wide, tiles, rounds, parts } = tilingOf(t);
  const each = (count: number, code: (k: number) => string) =>
    Array.from({ length: count }, (_, k) => code(k)).join('\n');
  const four = (q: number) =>
    [0, 1, 2, 3].map((k) => (4 * q + k < K ? `curve(bin.first, ${4 * q + k}u, bin.t).x` : '0.0')).join(', ');
  const nearest =
    switching === 'nearest'
      ? `let beyond = r - innerCutoffs[a * ${S}u + b].x;
          if (beyond < least) { least = beyond; leastAt = p; }`
      : '';
  return /* wgsl */ `
  var core = 0.0;
  var pairRho: array<f32, ${P}>;
  var least = ${f32(cutoff)};
  var leastAt = 0xffffffffu;
  let part = ${parts === 1 ? '0u' : `lane / ${tiles}u`};
  ${each(
    rounds,
    (r) => `let tile${r} = min(${parts === 1 ? `lane + ${r * LANES}u` : `lane % ${tiles}u`}, ${tiles - 1}u);
  let b${r} = i32(tile${r} / ${(LM * Q) / wide}u);
  let lm${r} = (tile${r} / ${Q / wide}u) % ${LM}u;
  let q${r} = (tile${r} % ${Q / wide}u) * ${wide}u;
  ${each(wide, (u) => `var re${r}_${u} = vec4<f32>(0.0); var im${r}_${u} = vec4<f32>(0.0);`)}`,
  )}
  for (var base = begin; base < end; base += ${BATCH}u) {
    workgroupBarrier();
    {
      let t = lane % ${BATCH}u;
      let p = base + t;
      if (p < end) {
        let entry = entries[p];
        let d = pairWindow(entry, here);
        let radius = radiusOf(d);
        let r = radius.r;
        let b = u32(windows[entry.x].w);
        let cut = cutoffs[a * ${S}u + b];
        if (lane < ${BATCH}u) {
          if (cut == 0.0 && r < ${f32(cutoff)}) { ${fault('bond')} }
          if (cut > 0.0 && radius.whole < grids[a * ${S}u + b].x) { ${fault('outside')} }
          stageS[t] = select(-1, i32(b), r < cut);
          if (r < cut) {
            let u = lengthOf(d) / r;
            ${harmonicCode(lmax, { each: (lm) => `adj[t * ${LM}u + ${lm}u] = y * e;` })}
          } else {
            for (var lm = 0u; lm < ${LM}u; lm++) { adj[t * ${LM}u + lm] = vec2<f32>(0.0); }
          }
        } else if (r < cut) {
          let bin = binOf(a * ${S}u + b, radius);
          ${each(Q, (q) => `stageG[t * ${Q}u + ${q}u] = vec4<f32>(${four(q)});`)}
          core += curve(bin.first, ${K}u, bin.t).x / r;
          for (var p_ = 0u; p_ < densities[a]; p_++) { pairRho[p_] += curve(bin.first, ${K + 1}u + p_, bin.t).x; }
          ${nearest}
        } else {
          for (var q = 0u; q < ${Q}u; q++) { stageG[t * ${Q}u + q] = vec4<f32>(0.0); }
        }
      }
    }
    workgroupBarrier();
    let filled = min(${BATCH}u, end - base);
    for (var t = part; t < filled; t += ${parts}u) {
      ${each(
        rounds,
        (r) => `${S > 1 ? `if (stageS[t] == b${r}) ` : ''}{
        let y = adj[t * ${LM}u + lm${r}];
        ${each(wide, (u) => `{ let g = stageG[t * ${Q}u + q${r} + ${u}u]; re${r}_${u} += y.x * g; im${r}_${u} += y.y * g; }`)}
      }`,
      )}
    }
  }
  workgroupBarrier();
  ${each(
    rounds,
    (r) => `if (lane + ${r * LANES}u < ${tiles * parts}u) {
    let at = 2u * (((part * ${S}u + u32(b${r})) * ${LM}u + lm${r}) * ${Q}u + q${r});
    ${each(wide, (u) => `az[at + ${2 * u}u] = re${r}_${u}; az[at + ${2 * u + 1}u] = im${r}_${u};`)}
  }`,
  )}
  workgroupBarrier();`;
}
