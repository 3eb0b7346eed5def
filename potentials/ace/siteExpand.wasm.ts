/** The neighbours of one atom, two of them in the lanes of f64x2: who they are, and d^m P_l/dz^m and (x + iy)^m of their directions. */
import { unpackRow } from '../../src/core/compactRow.wasm';
import { across, address, both, fma, fnma, word } from '../../src/core/simd.wasm';
import * as sys from '../../src/core/systemLayout';
import { accumulate } from './siteGather.wasm';
import * as at from './siteLayout';
import { mix, radial } from './siteRadial.wasm';

/** Neighbours of atom i and the A they make. */
export function expand(s: usize, t: usize, w: usize, lane: usize, i: i32, a: i32, S: i32, side: i32): void {
  gather(s, t, w, lane, i, a, S);
  const stages = word(s, sys.STAGES);
  if (stages == 1) return;
  let free = lane + <usize>(S * at.GROUP_BYTES) + <usize>(S * at.GEOMETRY_ARRAYS * word(w, at.CAPACITY)) * 8;
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    if (word(g, at.COUNT) == 0) continue;
    const bond = address(address(t, at.BONDS), a * S + b);
    const stride = <usize>((word(g, at.COUNT) + 1) >> 1) << 4;
    store<u32>(g + (at.RADIAL_ROWS << 2), <u32>free);
    free += stride * <usize>(2 * word(bond, at.ROWS));
    store<u32>(g + (at.HARMONIC_ROWS << 2), <u32>free);
    const lmax = word(t, at.LMAX);
    free += stride * <usize>(((lmax + 1) * (lmax + 2)) / 2 + 2 * lmax + 2);
    normalise(g, w);
    radial(bond, g, w, stride);
    mix(bond, g, stride);
    if (stages == 2) continue;
    harmonics(t, g, w, stride, lmax);
    if (stages == 3) continue;
    accumulate(t, bond, g, w, stride, lmax, side);
  }
}

/** Sorts the neighbours within the cutoffs by species; x, y, z and r² for now. */
function gather(s: usize, t: usize, w: usize, lane: usize, i: i32, a: i32, S: i32): void {
  const capacity = word(w, at.CAPACITY);
  const arrays = lane + <usize>(S * at.GROUP_BYTES);
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    store<i32>(g, 0);
    store<u32>(g + (at.GEOMETRY << 2), <u32>(arrays + <usize>(b * at.GEOMETRY_ARRAYS * capacity) * 8));
  }
  const positions = address(s, sys.POSITIONS);
  const species = address(s, sys.SPECIES);
  const row = word(s, sys.ROW) * i;
  const count = load<i32>(address(s, sys.COUNTS) + (<usize>i << 2));
  let neighbours = address(s, sys.NEIGHBOURS) + (<usize>row << 2);
  let shifts = address(s, sys.SHIFTS) + (<usize>row << 3);
  if (address(s, sys.SHIFTS) == 0) {
    shifts = address(w, at.UNPACKED);
    unpackRow(s, i, neighbours, count, capacity, shifts);
    neighbours = shifts + (<usize>capacity << 3);
  }
  const cell = address(s, sys.CELL);
  const here = v128.load(positions + <usize>i * 24);
  const hereZ = load<f64>(positions + <usize>i * 24, 16);
  const cutoffs = address(t, at.CUTOFFS_SQUARED) + (<usize>(a * S) << 3);
  const step = <usize>capacity << 3;
  for (let p = 0; p < count; p++) {
    const j = <usize>load<i32>(neighbours + (<usize>p << 2));
    let d = f64x2.sub(v128.load(positions + j * 24), here);
    let z = load<f64>(positions + j * 24, 16) - hereZ;
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
    const d2 = f64x2.mul(d, d);
    const r2 = across(d2) + z * z;
    const b = load<i32>(species + (j << 2));
    if (!(r2 < load<f64>(cutoffs + (<usize>b << 3)))) continue;
    if (address(address(t, at.BONDS), a * S + b) == 0) {
      store<i32>(s + (sys.FAULT << 2), i + 1);
      continue;
    }
    const g = lane + <usize>(b * at.GROUP_BYTES);
    const n = word(g, at.COUNT);
    const to = address(g, at.GEOMETRY) + (<usize>n << 3);
    store<f64>(to, f64x2.extract_lane(d, 0));
    store<f64>(to + step, f64x2.extract_lane(d, 1));
    store<f64>(to + 2 * step, z);
    store<f64>(to + 3 * step, r2);
    store<i32>(to + 7 * step, p);
    store<i32>(g, n + 1);
  }
  // An odd neighbour gets a companion at infinity, where all radial functions are zero.
  for (let b = 0; b < S; b++) {
    const g = lane + <usize>(b * at.GROUP_BYTES);
    const n = word(g, at.COUNT);
    if ((n & 1) == 0) continue;
    const to = address(g, at.GEOMETRY) + (<usize>n << 3);
    store<f64>(to, 0);
    store<f64>(to + step, 0);
    store<f64>(to + 2 * step, 1e100);
    store<f64>(to + 3 * step, 1e200);
  }
}

/** From vectors and squared lengths to unit vectors and lengths. */
function normalise(g: usize, w: usize): void {
  const step = <usize>word(w, at.CAPACITY) << 3;
  let p = address(g, at.GEOMETRY);
  const end = p + (<usize>word(g, at.COUNT) << 3);
  for (; p < end; p += 16) {
    const r = f64x2.sqrt(v128.load(p + <usize>at.R * step));
    const inverse = f64x2.div(f64x2.splat(1), r);
    v128.store(p, f64x2.mul(v128.load(p), inverse));
    v128.store(p + step, f64x2.mul(v128.load(p + step), inverse));
    v128.store(p + 2 * step, f64x2.mul(v128.load(p + 2 * step), inverse));
    v128.store(p + <usize>at.R * step, r);
    v128.store(p + <usize>at.INVERSE * step, inverse);
  }
}

/** Rows of d^m P_l/dz^m by lm, then of the powers (x + iy)^m, real and imaginary. */
function harmonics(t: usize, g: usize, w: usize, stride: usize, lmax: i32): void {
  const step = <usize>word(w, at.CAPACITY) << 3;
  const geometry = address(g, at.GEOMETRY);
  const rows = address(g, at.HARMONIC_ROWS);
  const factors = address(t, at.LEGENDRE);
  const powers = rows + stride * <usize>(((lmax + 1) * (lmax + 2)) / 2);
  for (let q: usize = 0; q < stride; q += 16) {
    const x = v128.load(geometry + q);
    const y = v128.load(geometry + step + q);
    const z = v128.load(geometry + 2 * step + q);
    let re = f64x2.splat(1);
    let im = f64x2.splat(0);
    v128.store(powers + q, re);
    v128.store(powers + q + stride, im);
    let to = powers + q + 2 * stride;
    for (let m = 1; m <= lmax; m++, to += 2 * stride) {
      const next = fnma(y, im, f64x2.mul(x, re));
      im = fma(y, re, f64x2.mul(x, im));
      re = next;
      v128.store(to, re);
      v128.store(to + stride, im);
    }
    // Upwards in l for each m; the two factors of (m, m) are its value and nothing.
    for (let m = 0; m <= lmax; m++) {
      let lm = (m * (m + 3)) / 2;
      let before = f64x2.splat(0);
      let P = both(factors + (<usize>lm << 4));
      v128.store(rows + <usize>lm * stride + q, P);
      for (let l = m + 1; l <= lmax; l++) {
        lm += l;
        const f = factors + (<usize>lm << 4);
        const next = fnma(both(f + 8), before, f64x2.mul(f64x2.mul(both(f), z), P));
        before = P;
        P = next;
        v128.store(rows + <usize>lm * stride + q, P);
      }
    }
  }
}
