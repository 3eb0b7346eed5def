/**
 * C += α A B in tiles of 4 × 4 that stay in registers (Goto and van de Geijn, ACM TOMS 34, 12 (2008)). Every element of C is summed in
 * the same order however the product is cut into parts.
 */
import { both, fma } from '../core/simd.wasm';

/** Inner products are cut here: a strip of A and one of B together fit the first cache. */
const DEPTH: i32 = 256;
/** Columns of B packed at a time. */
const BREADTH: i32 = 256;

/** Bytes that `multiply` needs beside its operands. */
export const PACKING: usize = (<usize>DEPTH * (<usize>BREADTH + 4) + 16) * 8;

/**
 * C [m × n] += alpha A [m × k] B [k × n]. Strides in doubles: `ar`, `ac` from row to row and column to column of A; likewise of B;
 * rows of C are contiguous and `cr` apart.
 */
export function multiply(
  m: i32, n: i32, k: i32, alpha: f64,
  a: usize, ar: i32, ac: i32,
  b: usize, br: i32, bc: i32,
  c: usize, cr: i32,
  pack: usize,
): void {
  const strip = pack;
  const tile = strip + <usize>DEPTH * 32;
  const panel = tile + 128;
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    for (let j = 0; j < n; j += BREADTH) {
      const breadth = min(BREADTH, n - j);
      packColumns(b + ((<usize>p * br + <usize>j * bc) << 3), br, bc, depth, breadth, panel);
      for (let i = 0; i < m; i += 4) {
        packRows(a + ((<usize>i * ar + <usize>p * ac) << 3), ar, ac, min(4, m - i), depth, alpha, strip);
        for (let q = 0; q < breadth; q += 4) {
          const at = c + ((<usize>i * cr + <usize>(j + q)) << 3);
          const from = panel + ((<usize>q * depth) << 3);
          if (m - i >= 4 && breadth - q >= 4) multiplyTile(strip, from, depth, at, <usize>cr << 3);
          else multiplyEdge(strip, from, depth, at, cr, min(4, m - i), min(4, breadth - q), tile);
        }
      }
    }
  }
}

/** Columns by fours: [breadth/4][depth][4], filled up with zeros. */
function packColumns(b: usize, br: i32, bc: i32, depth: i32, breadth: i32, out: usize): void {
  const down = <usize>br << 3;
  const across = <usize>bc << 3;
  for (let q = 0; q < breadth; q += 4) {
    let from = b + <usize>q * across;
    if (breadth - q >= 4) {
      for (let p = 0; p < depth; p++) {
        store<f64>(out, load<f64>(from));
        store<f64>(out, load<f64>(from + across), 8);
        store<f64>(out, load<f64>(from + 2 * across), 16);
        store<f64>(out, load<f64>(from + 3 * across), 24);
        from += down;
        out += 32;
      }
      continue;
    }
    for (let p = 0; p < depth; p++) {
      for (let x = 0; x < 4; x++)
        store<f64>(out + (<usize>x << 3), q + x < breadth ? load<f64>(from + <usize>x * across) : 0);
      from += down;
      out += 32;
    }
  }
}

/** Four rows times alpha: [depth][4], filled up with zeros. */
function packRows(a: usize, ar: i32, ac: i32, rows: i32, depth: i32, alpha: f64, out: usize): void {
  const down = <usize>ar << 3;
  const across = <usize>ac << 3;
  if (rows == 4) {
    for (let p = 0; p < depth; p++) {
      store<f64>(out, alpha * load<f64>(a));
      store<f64>(out, alpha * load<f64>(a + down), 8);
      store<f64>(out, alpha * load<f64>(a + 2 * down), 16);
      store<f64>(out, alpha * load<f64>(a + 3 * down), 24);
      a += across;
      out += 32;
    }
    return;
  }
  for (let p = 0; p < depth; p++) {
    for (let x = 0; x < 4; x++)
      store<f64>(out + (<usize>x << 3), x < rows ? alpha * load<f64>(a + <usize>x * down) : 0);
    a += across;
    out += 32;
  }
}

function multiplyTile(a: usize, b: usize, depth: i32, c: usize, row: usize): void {
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = both(a);
    c00 = fma(a0, b0, c00);
    c01 = fma(a0, b1, c01);
    const a1 = both(a + 8);
    c10 = fma(a1, b0, c10);
    c11 = fma(a1, b1, c11);
    const a2 = both(a + 16);
    c20 = fma(a2, b0, c20);
    c21 = fma(a2, b1, c21);
    const a3 = both(a + 24);
    c30 = fma(a3, b0, c30);
    c31 = fma(a3, b1, c31);
    a += 32;
    b += 32;
  }
  addPair(c, c00);
  addPair(c + 16, c01);
  c += row;
  addPair(c, c10);
  addPair(c + 16, c11);
  c += row;
  addPair(c, c20);
  addPair(c + 16, c21);
  c += row;
  addPair(c, c30);
  addPair(c + 16, c31);
}

// @ts-ignore: decorator
@inline
function addPair(at: usize, x: v128): void {
  v128.store(at, f64x2.add(v128.load(at), x));
}

function multiplyEdge(a: usize, b: usize, depth: i32, c: usize, cr: i32, rows: i32, columns: i32, tile: usize): void {
  memory.fill(tile, 0, 128);
  multiplyTile(a, b, depth, tile, 32);
  for (let i = 0; i < rows; i++)
    for (let q = 0; q < columns; q++) {
      const at = c + ((<usize>i * cr + <usize>q) << 3);
      store<f64>(at, load<f64>(at) + load<f64>(tile + (<usize>(4 * i + q) << 3)));
    }
}
