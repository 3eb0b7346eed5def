/**
 * `philox.ts` in u32, and its normals in f32. Logarithm and angle come from the words themselves: what a device has built in may be off by
 * 2⁻¹¹, and differs from one to the next.
 */
export const PHILOX = /* wgsl */ `
fn highProduct(a: u32, b: u32) -> u32 {
  let ah = a >> 16u;
  let al = a & 0xffffu;
  let bh = b >> 16u;
  let bl = b & 0xffffu;
  let middle = ah * bl + ((al * bl) >> 16u);
  let other = al * bh + (middle & 0xffffu);
  return ah * bh + (middle >> 16u) + (other >> 16u);
}
fn philox(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var k = seed;
  for (var round = 0u; round < 10u; round++) {
    let high0 = highProduct(0xd2511f53u, c.x);
    let high1 = highProduct(0xcd9e8d57u, c.z);
    c = vec4<u32>(high1 ^ c.y ^ k.x, 0xcd9e8d57u * c.z, high0 ^ c.w ^ k.y, 0xd2511f53u * c.x);
    k += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}
/** Log of the uniform (word + ½)/2³². */
fn logOf(word: u32) -> f32 {
  let bits = bitcast<u32>(f32(word) + 0.5);
  var power = f32(bits >> 23u) - 159.0;
  var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
  if (m > 1.4142135) { m *= 0.5; power += 1.0; }
  var f = m - 1.0;
  if (word > 0xb504f333u) {
    f = -(f32(~word) + 0.5) * 2.3283064365386963e-10;
    power = 0.0;
  }
  let s = f / (2.0 + f);
  let q = s * s;
  return power * 0.6931471805599453 + 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q / 9.0))));
}
/** Cosine and sine of 2π(word + ½)/2³². */
fn turned(word: u32) -> vec2<f32> {
  let ahead = word + 0x20000000u;
  let a = (f32(bitcast<i32>(ahead & 0x3fffffffu) - 0x20000000) + 0.5) * 1.4629180792671596e-9;
  let q = a * a;
  let s = a * (1.0 + q * (-1.0 / 6.0 + q * (1.0 / 120.0 + q * (-1.0 / 5040.0 + q / 362880.0))));
  let c = 1.0 + q * (-0.5 + q * (1.0 / 24.0 + q * (-1.0 / 720.0 + q * (1.0 / 40320.0 - q / 3628800.0))));
  let quarter = ahead >> 30u;
  let on = select(vec2<f32>(c, s), vec2<f32>(-s, c), (quarter & 1u) == 1u);
  return select(on, -on, (quarter & 2u) == 2u);
}
fn normals(counter: vec4<u32>, seed: vec2<u32>) -> vec4<f32> {
  let words = philox(counter, seed);
  return vec4<f32>(sqrt(-2.0 * logOf(words.x)) * turned(words.y), sqrt(-2.0 * logOf(words.z)) * turned(words.w));
}
`;
