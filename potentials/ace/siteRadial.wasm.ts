/** Radial functions of two neighbours at a time: g_k by the recurrence of `radialRecurrence.ts`, R_nl = Σ_k c_nlk g_k, and their slopes. */
import { curve } from '../../src/core/curve.wasm';
import { address, both, fma, word } from '../../src/core/simd.wasm';
import * as at from './siteLayout';

/** Rows of g_k, each followed by its slopes; and the core repulsion. */
export function radial(bond: usize, g: usize, w: usize, stride: usize): void {
  const step = <usize>word(w, at.CAPACITY) << 3;
  const geometry = address(g, at.GEOMETRY);
  const out = address(w, at.CURVE_OUT);
  const bytes = stride;
  const table = address(bond, at.CURVE);
  const lengths = geometry + <usize>at.R * step;
  for (let q: usize = 0; q < bytes; q += 8) curve(table, load<f64>(lengths + q), out + (q << 2));
  const K = word(bond, at.BASE_COUNT);
  const rows = address(g, at.RADIAL_ROWS);
  const recurrence = address(bond, at.RECURRENCE);
  for (let q: usize = 0; q < bytes; q += 16) {
    const c = out + (q << 2);
    const x = i64x2.shuffle(v128.load(c), v128.load(c, 32), 0, 2);
    const env = i64x2.shuffle(v128.load(c), v128.load(c, 32), 1, 3);
    const dx = i64x2.shuffle(v128.load(c, 16), v128.load(c, 48), 0, 2);
    const denv = i64x2.shuffle(v128.load(c, 16), v128.load(c, 48), 1, 3);
    // env·P and its slope obey the recurrence of P.
    let before = f64x2.splat(0);
    let dBefore = f64x2.splat(0);
    let P = env;
    let dP = denv;
    let f = recurrence;
    let to = rows + q;
    for (let k = 0; k < K; k++, f += 40, to += 2 * stride) {
      const A = both(f);
      const line = fma(A, x, both(f + 8));
      const C = both(f + 16);
      const next = fma(line, P, f64x2.mul(C, before));
      const dNext = fma(line, dP, fma(f64x2.mul(A, dx), P, f64x2.mul(C, dBefore)));
      before = P;
      dBefore = dP;
      P = next;
      dP = dNext;
      const a = both(f + 24);
      const b = both(f + 32);
      v128.store(to, fma(a, env, f64x2.mul(b, P)));
      v128.store(to + stride, fma(a, denv, f64x2.mul(b, dP)));
    }
  }
  const core = address(bond, at.CORE_CURVE);
  for (let q: usize = 0; q < bytes; q += 8) {
    let v: f64 = 0;
    let dv: f64 = 0;
    if (core != 0) {
      curve(core, load<f64>(lengths + q), out);
      const inverse = load<f64>(geometry + <usize>at.INVERSE * step + q);
      v = load<f64>(out) * inverse;
      dv = (load<f64>(out, 16) - v) * inverse;
    }
    store<f64>(geometry + <usize>at.CORE * step + q, v);
    store<f64>(geometry + <usize>at.ALONG * step + q, dv);
  }
}

/** Mixed channels from the base, values and slopes alike. */
export function mix(bond: usize, g: usize, stride: usize): void {
  const K = word(bond, at.BASE_COUNT);
  const row: usize = stride << 1;
  const rows = address(g, at.RADIAL_ROWS);
  let blocks = address(bond, at.MIX_BLOCKS);
  let weights = address(bond, at.MIX_WEIGHTS);
  let to = rows + <usize>K * row;
  const end = <usize>K * row;
  for (let size = load<i32>(blocks); size != 0; blocks += 4, size = load<i32>(blocks)) {
    if (size == 4) {
      for (let c: usize = 0; c < row; c += 32) {
        let a0 = f64x2.splat(0);
        let a1 = a0;
        let b0 = a0;
        let b1 = a0;
        let c0 = a0;
        let c1 = a0;
        let d0 = a0;
        let d1 = a0;
        let f = weights;
        for (let q: usize = c; q < end; q += row, f += 32) {
          const x = v128.load(rows + q);
          const y = v128.load(rows + q, 16);
          let k = both(f);
          a0 = fma(k, x, a0);
          a1 = fma(k, y, a1);
          k = both(f + 8);
          b0 = fma(k, x, b0);
          b1 = fma(k, y, b1);
          k = both(f + 16);
          c0 = fma(k, x, c0);
          c1 = fma(k, y, c1);
          k = both(f + 24);
          d0 = fma(k, x, d0);
          d1 = fma(k, y, d1);
        }
        const p = to + c;
        v128.store(p, a0);
        v128.store(p, a1, 16);
        v128.store(p + row, b0);
        v128.store(p + row, b1, 16);
        v128.store(p + 2 * row, c0);
        v128.store(p + 2 * row, c1, 16);
        v128.store(p + 3 * row, d0);
        v128.store(p + 3 * row, d1, 16);
      }
    } else {
      for (let c: usize = 0; c < row; c += 32) {
        let a0 = f64x2.splat(0);
        let a1 = a0;
        let b0 = a0;
        let b1 = a0;
        let c0 = a0;
        let c1 = a0;
        let f = weights;
        for (let q: usize = c; q < end; q += row, f += 24) {
          const x = v128.load(rows + q);
          const y = v128.load(rows + q, 16);
          let k = both(f);
          a0 = fma(k, x, a0);
          a1 = fma(k, y, a1);
          k = both(f + 8);
          b0 = fma(k, x, b0);
          b1 = fma(k, y, b1);
          k = both(f + 16);
          c0 = fma(k, x, c0);
          c1 = fma(k, y, c1);
        }
        const p = to + c;
        v128.store(p, a0);
        v128.store(p, a1, 16);
        v128.store(p + row, b0);
        v128.store(p + row, b1, 16);
        v128.store(p + 2 * row, c0);
        v128.store(p + 2 * row, c1, 16);
      }
    }
    weights += <usize>(size * K) << 3;
    to += <usize>size * row;
  }
}
