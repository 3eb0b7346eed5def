/**
 * max_j |(b Â⁻¹)_j| of many atoms: a product of matrices whose result is never stored. Eight atoms of one element make a block;
 * Â⁻¹ lies in panels of four columns, [panel][v][4], so that a panel stays near while it meets the block.
 */
import { both, fma, word, address } from '../core/simd.wasm';
import * as sys from '../core/systemLayout';

/** Block k: i32 [8] atoms, the last one repeated where fewer are left; then size and address of the panels. */
export function grade(s: usize, k: i32): void {
  const block = address(s, sys.GRADED) + <usize>k * 40;
  const size = load<i32>(block, 32);
  const panels = <usize>load<u32>(block, 36);
  if (panels == 0) {
    for (let q = 0; q < 8; q++) put(s, word(block, q), Infinity);
    return;
  }
  four(s, block, size, panels);
  four(s, block + 16, size, panels);
}

function put(s: usize, i: i32, value: f64): void {
  store<f64>(address(s, sys.GRADES) + (<usize>i << 3), value);
}

function four(s: usize, atoms: usize, size: i32, panels: usize): void {
  const width = <usize>word(s, sys.PROJECTION_WIDTH) << 3;
  const rows = address(s, sys.PROJECTIONS);
  const r0 = rows + <usize>word(atoms, 0) * width;
  const r1 = rows + <usize>word(atoms, 1) * width;
  const r2 = rows + <usize>word(atoms, 2) * width;
  const r3 = rows + <usize>word(atoms, 3) * width;
  const bytes = <usize>size << 3;
  const zero = f64x2.splat(0);
  let m0 = zero;
  let m1 = zero;
  let m2 = zero;
  let m3 = zero;
  let p = panels;
  for (let j = 0; j < size; j += 4) {
    let a0 = zero;
    let a1 = zero;
    let b0 = zero;
    let b1 = zero;
    let c0 = zero;
    let c1 = zero;
    let d0 = zero;
    let d1 = zero;
    for (let v: usize = 0; v < bytes; v += 8, p += 32) {
      const x = v128.load(p);
      const y = v128.load(p, 16);
      let k = both(r0 + v);
      a0 = fma(k, x, a0);
      a1 = fma(k, y, a1);
      k = both(r1 + v);
      b0 = fma(k, x, b0);
      b1 = fma(k, y, b1);
      k = both(r2 + v);
      c0 = fma(k, x, c0);
      c1 = fma(k, y, c1);
      k = both(r3 + v);
      d0 = fma(k, x, d0);
      d1 = fma(k, y, d1);
    }
    m0 = f64x2.max(m0, f64x2.max(f64x2.abs(a0), f64x2.abs(a1)));
    m1 = f64x2.max(m1, f64x2.max(f64x2.abs(b0), f64x2.abs(b1)));
    m2 = f64x2.max(m2, f64x2.max(f64x2.abs(c0), f64x2.abs(c1)));
    m3 = f64x2.max(m3, f64x2.max(f64x2.abs(d0), f64x2.abs(d1)));
  }
  put(s, word(atoms, 0), largest(m0));
  put(s, word(atoms, 1), largest(m1));
  put(s, word(atoms, 2), largest(m2));
  put(s, word(atoms, 3), largest(m3));
}

/** What is no number is as uncertain as can be. */
function largest(m: v128): f64 {
  const value = max(f64x2.extract_lane(m, 0), f64x2.extract_lane(m, 1));
  return isNaN(value) ? Infinity : value;
}
