/**
 * The equations of `embeddedAtom.ts`, atom by atom over the full list: densities and pair energies first, forces once every
 * atom's dF/dρ is known. What the second pass needs of a pair is kept in between.
 */
import { curve } from '../../src/core/curve.wasm';
import { unpackRow } from '../../src/core/compactRow.wasm';
import { across, address, fma, word } from '../../src/core/simd.wasm';
import * as sys from '../../src/core/systemLayout';
import * as at from './eamLayout';

/** Bytes of a pair. */
const PAIR: usize = 56;

/** ρ_i, ½ Σ φ into the energies, and the pairs of atom i, which compact systems make twice: `scratch` then holds a row of them. */
export function densityOf(s: usize, i: i32, scratch: usize): void {
  pairsOf(s, i, pairsAt(s, i, scratch), scratch, true);
}

function pairsAt(s: usize, i: i32, scratch: usize): usize {
  const kept = address(s, sys.PAIR_SLOPES);
  return kept == 0 ? scratch : kept + <usize>(word(s, sys.ROW) * i) * PAIR;
}

/** The pairs within the cutoff, one after the other, to `pairs`; COUNTS stays that of the list. */
function pairsOf(s: usize, i: i32, pairs: usize, scratch: usize, sums: bool): void {
  const t = address(s, sys.TABLES);
  const elements = word(t, at.ELEMENTS);
  const species = address(s, sys.SPECIES);
  const a = word(species, i);
  const positions = address(s, sys.POSITIONS);
  const cell = address(s, sys.CELL);
  const row = word(s, sys.ROW) * i;
  const count = word(address(s, sys.COUNTS), i);
  let neighbours = address(s, sys.NEIGHBOURS) + (<usize>row << 2);
  let shifts = address(s, sys.SHIFTS) + (<usize>row << 3);
  if (address(s, sys.SHIFTS) == 0) {
    shifts = scratch + <usize>word(s, sys.ROW) * PAIR;
    unpackRow(s, i, neighbours, count, word(s, sys.ROW), shifts);
    neighbours = shifts + (<usize>word(s, sys.ROW) << 3);
  }
  const curves = address(t, at.CURVES);
  const limit = load<f64>(address(t, at.CUTOFF_SQUARED));
  const here = v128.load(positions + <usize>i * 24);
  const hereZ = load<f64>(positions + <usize>i * 24, 16);
  let to = pairs;
  let rho: f64 = 0;
  let energy: f64 = 0;
  for (let p = 0; p < count; p++) {
    const j = word(neighbours, p);
    let d = f64x2.sub(v128.load(positions + <usize>j * 24), here);
    let z = load<f64>(positions + <usize>j * 24, 16) - hereZ;
    const shift = shifts + (<usize>p << 3);
    if (load<i64>(shift) != 0) {
      const ka = <f64>load<i16>(shift);
      const kb = <f64>load<i16>(shift, 2);
      const kc = <f64>load<i16>(shift, 4);
      d = f64x2.add(d, f64x2.mul(f64x2.splat(ka), v128.load(cell)));
      d = f64x2.add(d, f64x2.mul(f64x2.splat(kb), v128.load(cell, 24)));
      d = f64x2.add(d, f64x2.mul(f64x2.splat(kc), v128.load(cell, 48)));
      z = z + ka * load<f64>(cell, 16) + kb * load<f64>(cell, 40) + kc * load<f64>(cell, 64);
    }
    const r2 = across(f64x2.mul(d, d)) + z * z;
    if (!(r2 < limit)) continue;
    const r = Math.sqrt(r2);
    const inverse = 1 / r;
    const b = word(species, j);
    functions(t, address(curves, a * elements + b), r, to);
    const phi = load<f64>(to, 8) * inverse;
    rho += load<f64>(to);
    energy += phi;
    const slope = load<f64>(to, 16) * inverse;
    const dphi = (load<f64>(to, 24) - phi) * inverse * inverse;
    let other = slope;
    if (a != b) {
      functions(t, address(curves, b * elements + a), r, to);
      other = load<f64>(to, 16) * inverse;
    }
    store<f64>(to, dphi);
    store<f64>(to, slope, 8);
    store<f64>(to, other, 16);
    v128.store(to, d, 24);
    store<f64>(to, z, 40);
    store<i32>(to, j, 48);
    store<i32>(to, 1, 52);
    to += PAIR;
  }
  // Fewer pairs than slots: the row ends here.
  if (to < pairs + <usize>word(s, sys.ROW) * PAIR) store<i64>(to, 0, 48);
  if (!sums) return;
  store<f64>(address(s, sys.DENSITIES) + (<usize>i << 3), rho);
  store<f64>(address(s, sys.ENERGIES) + (<usize>i << 3), 0.5 * energy);
}

/** f, r·φ and their slopes at r, [4] f64 at `out`. */
function functions(t: usize, table: usize, r: f64, out: usize): void {
  if (word(t, at.FORM) == 0) {
    curve(table, r, out);
    return;
  }
  const grid = address(t, at.GRID);
  const scale = load<f64>(grid);
  const position = r * scale;
  const last = <i32>load<f64>(grid, 8);
  const whole = <i32>position;
  const bin = whole > last ? last : whole;
  const rest = position - <f64>bin;
  // Beyond the last point the last value and slope hold.
  const u = f64x2.splat(rest > 1 ? 1 : rest);
  const p = table + (<usize>bin << 6);
  const c3 = v128.load(p);
  const c2 = v128.load(p, 16);
  const c1 = v128.load(p, 32);
  const value = fma(fma(fma(c3, u, c2), u, c1), u, v128.load(p, 48));
  const slope = fma(fma(f64x2.mul(f64x2.splat(3), c3), u, f64x2.add(c2, c2)), u, c1);
  v128.store(out, value);
  v128.store(out, f64x2.mul(slope, f64x2.splat(scale)), 16);
}

/** F_i and what atom i adds to the virial: half of every pair's. */
export function forceOf(s: usize, i: i32, scratch: usize): void {
  const slopes = address(s, sys.EMBEDDING_SLOPES);
  const own = load<f64>(slopes + (<usize>i << 3));
  const row = word(s, sys.ROW);
  let p = pairsAt(s, i, scratch);
  if (p == scratch) pairsOf(s, i, p, scratch, false);
  const end = p + <usize>row * PAIR;
  let xy = f64x2.splat(0);
  let z: f64 = 0;
  let vx = f64x2.splat(0);
  let vxz: f64 = 0;
  let vy = f64x2.splat(0);
  let vyz: f64 = 0;
  let vz = f64x2.splat(0);
  let vzz: f64 = 0;
  for (; p < end && load<i32>(p, 52) != 0; p += PAIR) {
    const j = <usize>load<i32>(p, 48);
    const g = load<f64>(p) + own * load<f64>(p, 8) + load<f64>(slopes + (j << 3)) * load<f64>(p, 16);
    const d = v128.load(p, 24);
    const dz = load<f64>(p, 40);
    const f = f64x2.mul(f64x2.splat(g), d);
    const fz = g * dz;
    xy = f64x2.add(xy, f);
    z += fz;
    const dx = f64x2.extract_lane(d, 0);
    const dy = f64x2.extract_lane(d, 1);
    vx = fma(f64x2.splat(dx), f, vx);
    vxz += dx * fz;
    vy = fma(f64x2.splat(dy), f, vy);
    vyz += dy * fz;
    vz = fma(f64x2.splat(dz), f, vz);
    vzz += dz * fz;
  }
  const to = address(s, sys.FORCES) + <usize>i * 24;
  v128.store(to, xy);
  store<f64>(to, z, 16);
  const half = f64x2.splat(-0.5);
  const virial = address(s, sys.VIRIALS) + <usize>i * 72;
  v128.store(virial, f64x2.mul(half, vx));
  store<f64>(virial, -0.5 * vxz, 16);
  v128.store(virial, f64x2.mul(half, vy), 24);
  store<f64>(virial, -0.5 * vyz, 40);
  v128.store(virial, f64x2.mul(half, vz), 48);
  store<f64>(virial, -0.5 * vzz, 64);
}
