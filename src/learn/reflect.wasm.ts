/**
 * Householder reflections that clear a block of rows against a triangular factor, many columns at a time. The truth is
 * `reflect` in solve.ts. With u of length √2 every reflection is 1 − uuᵀ, and those of one panel together are
 * 1 − U S⁻ᵀ Uᵀ with S = 1 + (UᵀU above its diagonal): the compact WY form of Schreiber and Van Loan, SIAM J. Sci. Stat. Comput. 10, 53 (1989).
 */
import { across, fma, fnma } from '../core/simd.wasm';
import { multiply, PACKING } from './gemm.wasm';

/** Columns of a panel. */
const PANEL: i32 = 32;
/** Later columns brought up to date at a time. */
const CHUNK: i32 = 256;
/** Squared length below which a column counts as cleared already: its reflection would overflow. */
const NEGLIGIBLE: f64 = 1e-280;

/** Bytes that `clear` needs beside its operands. */
export const CLEARING: usize = PACKING + (<usize>PANEL * (2 * PANEL + 2) + 2 * <usize>PANEL * CHUNK) * 8;

/**
 * Clears `block`, column-major [rows × width] with `stride` doubles from column to column, against the upper triangle `r`, column-major
 * [width × width]. Column k of a `triangular` block has entries in its first k + 1 rows only. Destroys the block.
 */
export function clear(r: usize, width: i32, block: usize, stride: i32, rows: i32, triangular: bool, scratch: usize): void {
  const tops = scratch;
  const s = tops + <usize>PANEL * 8;
  const t = s + <usize>PANEL * PANEL * 8;
  const w = t + <usize>PANEL * PANEL * 8;
  const z = w + <usize>PANEL * CHUNK * 8;
  const pack = z + <usize>PANEL * CHUNK * 8;
  const column = <usize>stride << 3;
  for (let k = 0; k < width; k += PANEL) {
    const panel = min(PANEL, width - k);
    const m = triangular ? min(rows, k + panel) : rows;
    const u = block + <usize>k * column;
    reflectPanel(r, width, u, column, k, panel, m, tops);
    const left = width - k - panel;
    if (left == 0) return;
    memory.fill(s, 0, <usize>(panel * panel) << 3);
    multiply(panel, panel, m, 1, u, stride, 1, u, 1, stride, s, panel, pack);
    invertUnitTriangle(s, t, panel);
    for (let j = k + panel; j < width; j += CHUNK)
      update(r, width, u, block + <usize>j * column, stride, k, panel, m, j, min(CHUNK, width - j), tops, t, w, z, pack);
  }
}

/** Later columns j … j + count: w = (UᵀC)ᵀ S⁻¹, then C −= U wᵀ. */
function update(
  r: usize, width: i32, u: usize, c: usize, stride: i32, k: i32, panel: i32, m: i32,
  j: i32, count: i32, tops: usize, t: usize, w: usize, z: usize, pack: usize,
): void {
  for (let x = 0; x < count; x++) {
    const top = r + ((<usize>(j + x) * width + k) << 3);
    const row = w + (<usize>(x * panel) << 3);
    for (let q: usize = 0; q < <usize>panel; q++)
      store<f64>(row + (q << 3), load<f64>(tops + (q << 3)) * load<f64>(top + (q << 3)));
  }
  multiply(count, panel, m, 1, c, stride, 1, u, 1, stride, w, panel, pack);
  memory.fill(z, 0, <usize>(count * panel) << 3);
  multiply(count, panel, panel, 1, w, panel, 1, t, panel, 1, z, panel, pack);
  for (let x = 0; x < count; x++) {
    const top = r + ((<usize>(j + x) * width + k) << 3);
    const row = z + (<usize>(x * panel) << 3);
    for (let q: usize = 0; q < <usize>panel; q++)
      store<f64>(top + (q << 3), load<f64>(top + (q << 3)) - load<f64>(tops + (q << 3)) * load<f64>(row + (q << 3)));
  }
  multiply(count, m, panel, -1, z, panel, 1, u, stride, 1, c, stride, pack);
}

/** Clears the columns of one panel, one after the other, and leaves U in their place. */
function reflectPanel(r: usize, width: i32, u: usize, column: usize, k: i32, panel: i32, m: i32, tops: usize): void {
  for (let p = 0; p < panel; p++) {
    const x = u + <usize>p * column;
    const diagonal = r + ((<usize>(k + p) * width + (k + p)) << 3);
    const sum = dot(x, x, m);
    if (sum < NEGLIGIBLE) {
      store<f64>(tops + (<usize>p << 3), 0);
      memory.fill(x, 0, <usize>m << 3);
      continue;
    }
    const old = load<f64>(diagonal);
    const norm = Math.sqrt(old * old + sum);
    const v = -sum / (old + norm);
    const size = Math.sqrt(2 / (v * v + sum));
    const top = v * size;
    store<f64>(diagonal, norm);
    store<f64>(tops + (<usize>p << 3), top);
    scale(x, size, m);
    for (let q = p + 1; q < panel; q++) {
      const y = u + <usize>q * column;
      const above = r + ((<usize>(k + q) * width + (k + p)) << 3);
      const w = top * load<f64>(above) + dot(x, y, m);
      store<f64>(above, load<f64>(above) - w * top);
      subtract(y, w, x, m);
    }
  }
}

/** t = s⁻¹ of a unit upper triangle, row-major; what s holds elsewhere is ignored. */
function invertUnitTriangle(s: usize, t: usize, n: i32): void {
  memory.fill(t, 0, <usize>(n * n) << 3);
  for (let i = n - 1; i >= 0; i--) {
    const row = t + (<usize>(i * n) << 3);
    store<f64>(row + (<usize>i << 3), 1);
    for (let p = i + 1; p < n; p++) {
      const factor = load<f64>(s + (<usize>(i * n + p) << 3));
      const below = t + (<usize>(p * n) << 3);
      for (let q = <usize>p; q < <usize>n; q++)
        store<f64>(row + (q << 3), load<f64>(row + (q << 3)) - factor * load<f64>(below + (q << 3)));
    }
  }
}

function dot(x: usize, y: usize, n: i32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let i: usize = 0;
  const bytes = <usize>n << 3;
  for (; i + 64 <= bytes; i += 64) {
    s0 = fma(v128.load(x + i), v128.load(y + i), s0);
    s1 = fma(v128.load(x + i, 16), v128.load(y + i, 16), s1);
    s2 = fma(v128.load(x + i, 32), v128.load(y + i, 32), s2);
    s3 = fma(v128.load(x + i, 48), v128.load(y + i, 48), s3);
  }
  let sum = across(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  for (; i < bytes; i += 8) sum += load<f64>(x + i) * load<f64>(y + i);
  return sum;
}

/** y −= w x. */
function subtract(y: usize, w: f64, x: usize, n: i32): void {
  const bytes = <usize>n << 3;
  const ww = f64x2.splat(w);
  let i: usize = 0;
  for (; i + 32 <= bytes; i += 32) {
    v128.store(y + i, fnma(ww, v128.load(x + i), v128.load(y + i)));
    v128.store(y + i, fnma(ww, v128.load(x + i, 16), v128.load(y + i, 16)), 16);
  }
  for (; i < bytes; i += 8) store<f64>(y + i, load<f64>(y + i) - w * load<f64>(x + i));
}

function scale(x: usize, factor: f64, n: i32): void {
  const bytes = <usize>n << 3;
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(x + i, factor * load<f64>(x + i));
}
