/** A[value] = Σ_j R_nl(r_ij) Y_lm(u_ij) over the neighbours of one atom, five or three channels at a time. */
import { across, address, fma, word } from '../../src/core/simd.wasm';
import * as at from './siteLayout';

/** A of the channels of one bond, into lane `of` of the values. */
export function accumulate(t: usize, bond: usize, g: usize, w: usize, stride: usize, lmax: i32, side: i32): void {
  const rows = address(g, at.RADIAL_ROWS);
  const harmonic = address(g, at.HARMONIC_ROWS);
  const powers = harmonic + stride * <usize>(((lmax + 1) * (lmax + 2)) / 2);
  const values = address(w, at.VALUES) + (<usize>side << 3);
  const norms = address(t, at.NORMS);
  const channelStart = address(bond, at.CHANNEL_START);
  const rowOf = address(bond, at.ROW_OF);
  const valueStart = address(bond, at.VALUE_START);
  for (let l = 0; l <= lmax; l++) {
    const first = word(channelStart, l);
    const channels = word(channelStart, l + 1) - first;
    if (channels == 0) continue;
    for (let m = 0; m <= l; m++) {
      const lm = (l * (l + 1)) / 2 + m;
      const norm = load<f64>(norms + (<usize>lm << 3));
      const P = harmonic + <usize>lm * stride;
      const E = powers + <usize>(2 * m) * stride;
      let to = values + (<usize>(word(valueStart, l) + m * channels) << 5);
      for (let q = 0; q < channels; ) {
        const left = channels - q;
        const size = left >= 5 && left != 6 ? 5 : left >= 3 ? 3 : left;
        const of0 = rows + <usize>word(rowOf, first + q) * 2 * stride;
        const of1 = size > 1 ? rows + <usize>word(rowOf, first + q + 1) * 2 * stride : of0;
        const of2 = size > 2 ? rows + <usize>word(rowOf, first + q + 2) * 2 * stride : of0;
        if (size == 5) {
          const of3 = rows + <usize>word(rowOf, first + q + 3) * 2 * stride;
          const of4 = rows + <usize>word(rowOf, first + q + 4) * 2 * stride;
          if (m == 0) five(of0, of1, of2, of3, of4, P, stride, norm, to);
          else fiveComplex(of0, of1, of2, of3, of4, P, E, stride, norm, to);
        } else {
          if (m == 0) three(of0, of1, of2, P, stride, norm, to, size);
          else threeComplex(of0, of1, of2, P, E, stride, norm, to, size);
        }
        q += size;
        to += <usize>size << 5;
      }
    }
  }
}

function five(
  r0: usize, r1: usize, r2: usize, r3: usize, r4: usize,
  P: usize, stride: usize, norm: f64, to: usize,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const y = v128.load(P + q);
    a0 = fma(v128.load(r0 + q), y, a0);
    a1 = fma(v128.load(r1 + q), y, a1);
    a2 = fma(v128.load(r2 + q), y, a2);
    a3 = fma(v128.load(r3 + q), y, a3);
    a4 = fma(v128.load(r4 + q), y, a4);
  }
  store<f64>(to, norm * across(a0));
  store<f64>(to, norm * across(a1), 32);
  store<f64>(to, norm * across(a2), 64);
  store<f64>(to, norm * across(a3), 96);
  store<f64>(to, norm * across(a4), 128);
}

function three(
  r0: usize, r1: usize, r2: usize,
  P: usize, stride: usize, norm: f64, to: usize, size: i32,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const y = v128.load(P + q);
    a0 = fma(v128.load(r0 + q), y, a0);
    a1 = fma(v128.load(r1 + q), y, a1);
    a2 = fma(v128.load(r2 + q), y, a2);
  }
  store<f64>(to, norm * across(a0));
  if (size > 1) store<f64>(to, norm * across(a1), 32);
  if (size > 2) store<f64>(to, norm * across(a2), 64);
}

function fiveComplex(
  r0: usize, r1: usize, r2: usize, r3: usize, r4: usize,
  P: usize, E: usize, stride: usize, norm: f64, to: usize,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let a4 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  let b4 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const p = v128.load(P + q);
    const re = f64x2.mul(p, v128.load(E + q));
    const im = f64x2.mul(p, v128.load(E + q + stride));
    let r = v128.load(r0 + q);
    a0 = fma(r, re, a0);
    b0 = fma(r, im, b0);
    r = v128.load(r1 + q);
    a1 = fma(r, re, a1);
    b1 = fma(r, im, b1);
    r = v128.load(r2 + q);
    a2 = fma(r, re, a2);
    b2 = fma(r, im, b2);
    r = v128.load(r3 + q);
    a3 = fma(r, re, a3);
    b3 = fma(r, im, b3);
    r = v128.load(r4 + q);
    a4 = fma(r, re, a4);
    b4 = fma(r, im, b4);
  }
  store<f64>(to, norm * across(a0));
  store<f64>(to, norm * across(b0), 16);
  store<f64>(to, norm * across(a1), 32);
  store<f64>(to, norm * across(b1), 48);
  store<f64>(to, norm * across(a2), 64);
  store<f64>(to, norm * across(b2), 80);
  store<f64>(to, norm * across(a3), 96);
  store<f64>(to, norm * across(b3), 112);
  store<f64>(to, norm * across(a4), 128);
  store<f64>(to, norm * across(b4), 144);
}

function threeComplex(
  r0: usize, r1: usize, r2: usize,
  P: usize, E: usize, stride: usize, norm: f64, to: usize, size: i32,
): void {
  let a0 = f64x2.splat(0);
  let a1 = a0;
  let a2 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  for (let q: usize = 0; q < stride; q += 16) {
    const p = v128.load(P + q);
    const re = f64x2.mul(p, v128.load(E + q));
    const im = f64x2.mul(p, v128.load(E + q + stride));
    let r = v128.load(r0 + q);
    a0 = fma(r, re, a0);
    b0 = fma(r, im, b0);
    r = v128.load(r1 + q);
    a1 = fma(r, re, a1);
    b1 = fma(r, im, b1);
    r = v128.load(r2 + q);
    a2 = fma(r, re, a2);
    b2 = fma(r, im, b2);
  }
  store<f64>(to, norm * across(a0));
  store<f64>(to, norm * across(b0), 16);
  if (size > 1) {
    store<f64>(to, norm * across(a1), 32);
    store<f64>(to, norm * across(b1), 48);
  }
  if (size > 2) {
    store<f64>(to, norm * across(a2), 64);
    store<f64>(to, norm * across(b2), 80);
  }
}
