/**
 * Positions on a device without f64: 64-bit integers of 2⁻³² Å, high word and low word, so that adding v·Δt loses nothing and
 * nothing depends on how a compiler orders f32 operations. Pairs see a window of 32 bits in units of 2⁻²⁴ Å: differences
 * modulo 2³² are exact to 6e-8 Å for any two atoms less than 128 Å apart, wherever they are.
 */
export const WINDOW = 2 ** 24;
/** Å. */
export const WINDOW_REACH = 128;

/** Two words for each of `values` (Å). */
export function toFixed(values: Float64Array): Int32Array {
  const out = new Int32Array(2 * values.length);
  values.forEach((x, k) => {
    let high = Math.floor(x);
    let low = Math.round((x - high) * 2 ** 32);
    if (low === 2 ** 32) {
      high++;
      low = 0;
    }
    out[2 * k] = high;
    out[2 * k + 1] = low | 0;
  });
  return out;
}

/** Å, into `out`. */
export function fromFixed(words: Int32Array, out: Float64Array): Float64Array {
  for (let k = 0; k < out.length; k++) out[k] = words[2 * k] + (words[2 * k + 1] >>> 0) / 2 ** 32;
  return out;
}

export const FIXED_POINT = /* wgsl */ `
fn windowOf(x: vec2<i32>) -> i32 {
  return bitcast<i32>((bitcast<u32>(x.x) << 24u) | (bitcast<u32>(x.y) >> 8u));
}
fn coarse(x: vec2<i32>) -> f32 {
  return f32(x.x) + f32(bitcast<u32>(x.y)) * 2.3283064365386963e-10;
}
/** Both signs are rounded alike, so that nothing creeps. |d| < 2³¹ Å. */
fn moved(x: vec2<i32>, d: f32) -> vec2<i32> {
  let size = abs(d);
  let whole = floor(size);
  var high = u32(whole);
  var low = u32(min((size - whole) * 4294967296.0, 4294967040.0));
  if (d < 0.0) {
    high = ~high + select(0u, 1u, low == 0u);
    low = ~low + 1u;
  }
  let sum = bitcast<u32>(x.y) + low;
  return vec2<i32>(bitcast<i32>(bitcast<u32>(x.x) + high + select(0u, 1u, sum < low)), bitcast<i32>(sum));
}
/** From window differences to Å. */
fn lengthOf(d: vec3<i32>) -> vec3<f32> {
  return vec3<f32>(d) * ${1 / WINDOW};
}
`;
