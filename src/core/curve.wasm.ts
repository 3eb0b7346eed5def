/**
 * Two functions and their slopes from piecewise polynomials, as `packCurve` writes them: bytes of a bin; then, from byte 16 on,
 * stretches of 32 bytes: f64 end, f64 start, f64 bins per length, i32 bins, i32 address of the coefficients. The last stretch
 * ends at infinity and holds zeros.
 */
import { fma } from './simd.wasm';

/** Writes f, g, f', g' at `r` to `out`. */
export function curve(table: usize, r: f64, out: usize): void {
  let stretch = table + 16;
  while (r >= load<f64>(stretch)) stretch += 32;
  const position = (r - load<f64>(stretch, 8)) * load<f64>(stretch, 16);
  const last = load<i32>(stretch, 24) - 1;
  let bin = <i32>position;
  bin = bin > last ? last : bin;
  const u = f64x2.splat(position - <f64>bin - 0.5);
  const size = load<i32>(table);
  let p = <usize>load<u32>(stretch, 28) + <usize>(bin * size);
  const end = p + <usize>size;
  let value = v128.load(p);
  let slope = v128.load(p, 16);
  for (p += 32; p < end; p += 32) {
    value = fma(value, u, v128.load(p));
    slope = fma(slope, u, v128.load(p, 16));
  }
  v128.store(out, value);
  v128.store(out, slope, 16);
}
