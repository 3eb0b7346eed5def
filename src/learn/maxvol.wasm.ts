/** Swaps of MaxVol. The truth is `makeDominant` in maxvol.ts. */
import { fnma } from '../core/simd.wasm';

/**
 * Swaps until the chosen rows dominate the pool `c` [rows × K]; returns the growth of ln |det Â|. `largest` [rows] and `pivots` [K]
 * are scratch.
 */
export function makeDominant(c: usize, rows: i32, K: i32, slots: usize, tol: f64, largest: usize, pivots: usize): f64 {
  const row = <usize>K << 3;
  for (let i = 0; i < rows; i++) store<f64>(largest + (<usize>i << 3), magnitude(c + <usize>i * row, K));
  let growth: f64 = 0;
  while (true) {
    let i = 0;
    for (let q = 1; q < rows; q++)
      if (load<f64>(largest + (<usize>q << 3)) > load<f64>(largest + (<usize>i << 3))) i = q;
    const size = load<f64>(largest + (<usize>i << 3));
    if (!(size > tol)) break;
    growth += Math.log(size);
    memory.copy(pivots, c + <usize>i * row, row);
    let j = 0;
    while (Math.abs(load<f64>(pivots + (<usize>j << 3))) != size) j++;
    const pivot = load<f64>(pivots + (<usize>j << 3));
    for (let q = 0; q < rows; q++) {
      const at = c + <usize>q * row;
      const f = load<f64>(at + (<usize>j << 3)) / pivot;
      if (f == 0) continue;
      subtract(at, f, pivots, K);
      store<f64>(at + (<usize>j << 3), f);
      store<f64>(largest + (<usize>q << 3), magnitude(at, K));
    }
    store<i32>(slots + (<usize>j << 2), i);
  }
  return growth;
}

function subtract(y: usize, w: f64, x: usize, n: i32): void {
  const ww = f64x2.splat(w);
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i + 32 <= bytes; i += 32) {
    v128.store(y + i, fnma(ww, v128.load(x + i), v128.load(y + i)));
    v128.store(y + i, fnma(ww, v128.load(x + i, 16), v128.load(y + i, 16)), 16);
  }
  for (; i < bytes; i += 8) store<f64>(y + i, load<f64>(y + i) - w * load<f64>(x + i));
}

function magnitude(x: usize, n: i32): f64 {
  const bytes = <usize>n << 3;
  let m0 = f64x2.splat(0);
  let m1 = m0;
  let i: usize = 0;
  for (; i + 32 <= bytes; i += 32) {
    m0 = f64x2.pmax(m0, f64x2.abs(v128.load(x + i)));
    m1 = f64x2.pmax(m1, f64x2.abs(v128.load(x + i, 16)));
  }
  m0 = f64x2.pmax(m0, m1);
  let m = max(f64x2.extract_lane(m0, 0), f64x2.extract_lane(m0, 1));
  for (; i < bytes; i += 8) m = max(m, Math.abs(load<f64>(x + i)));
  return m;
}
