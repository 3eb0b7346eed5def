/** `philox.ts` in u32, and three of its normals in f32. */
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
fn normals(counter: vec4<u32>, seed: vec2<u32>) -> vec3<f32> {
  let u = (vec4<f32>(philox(counter, seed)) + 0.5) * 2.3283064365386963e-10;
  let radius = sqrt(-2.0 * log(min(u.xz, vec2<f32>(0.99999994))));
  let angle = 6.283185307179586 * u.yw;
  return vec3<f32>(radius.x * cos(angle.x), radius.x * sin(angle.x), radius.y * cos(angle.y));
}
`;
