/** Factors into factors, and the solution of what they stand for. The truths are `appendFactor` in solve.ts and `solveRidge` in ridge.ts. */
import { fnma } from '../core/simd.wasm';
import { clear, CLEARING } from './reflect.wasm';

/** `into` takes the rows behind `from` times `factor`. Both are upper triangles, column-major [width × width]. */
export function mergeFactor(into: usize, width: i32, from: usize, factor: f64, scratch: usize): void {
  const block = scratch + CLEARING;
  for (let j = 0; j < width; j++) {
    const source = from + ((<usize>j * width) << 3);
    const target = block + ((<usize>j * width) << 3);
    for (let i: usize = 0; i < <usize>width; i++) store<f64>(target + (i << 3), factor * load<f64>(source + (i << 3)));
  }
  clear(into, width, block, width, width, true, scratch);
}

/**
 * Minimises ‖Xc − y‖² + ‖√λΓc − anchor‖² behind `data`; `anchor` 0 for none. Leaves c [K],
 * the objective and Σ ln R_kk in `out`.
 */
export function solveRidge(
  data: usize, width: i32, lambda: f64, roughness: usize, anchor: usize, out: usize, scratch: usize,
): void {
  const bytes = <usize>(width * width) << 3;
  const last = width - 1;
  const block = scratch + CLEARING;
  const r = block + bytes;
  memory.copy(r, data, bytes);
  memory.fill(block, 0, bytes);
  const root = Math.sqrt(lambda);
  for (let k = 0; k < last; k++) {
    store<f64>(block + (<usize>(k * width + k) << 3), root * load<f64>(roughness + (<usize>k << 3)));
    if (anchor != 0) store<f64>(block + (<usize>(last * width + k) << 3), load<f64>(anchor + (<usize>k << 3)));
  }
  clear(r, width, block, width, width, true, scratch);
  memory.copy(out, r + (<usize>(last * width) << 3), <usize>last << 3);
  let volume: f64 = 0;
  for (let j = last - 1; j >= 0; j--) {
    const column = r + (<usize>(j * width) << 3);
    const diagonal = load<f64>(column + (<usize>j << 3));
    const c = load<f64>(out + (<usize>j << 3)) / diagonal;
    store<f64>(out + (<usize>j << 3), c);
    takeOff(out, c, column, j);
    volume += Math.log(diagonal);
  }
  const rest = load<f64>(r + (<usize>(last * width + last) << 3));
  store<f64>(out + (<usize>last << 3), rest * rest);
  store<f64>(out + (<usize>width << 3), volume);
}

/** y −= w x, over the first n. */
function takeOff(y: usize, w: f64, x: usize, n: i32): void {
  const ww = f64x2.splat(w);
  let i: usize = 0;
  const bytes = <usize>n << 3;
  for (; i + 16 <= bytes; i += 16) v128.store(y + i, fnma(ww, v128.load(x + i), v128.load(y + i)));
  for (; i < bytes; i += 8) store<f64>(y + i, load<f64>(y + i) - w * load<f64>(x + i));
}
