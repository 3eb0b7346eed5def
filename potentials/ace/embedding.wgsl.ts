/** `embedding.ts` and the step of `radial.ts`. */
export const EMBEDDING = /* wgsl */ `
fn raised(x: f32, m: f32) -> f32 {
  if (m == 0.5) { return sqrt(x); }
  if (m == 0.0) { return 1.0; }
  if (m == -0.5) { return inverseSqrt(x); }
  return pow(x, m);
}
fn embed(form: u32, x: f32, m: f32) -> vec2<f32> {
  if (abs(m - 1.0) < 1e-6) { return vec2<f32>(x, 1.0); }
  let size = abs(x);
  if (form == 0u) {
    let line = pow(1e-6, m - 1.0);
    if (size <= 1e-10) { return vec2<f32>(line * x, line); }
    let power = raised(size, m);
    let slope = m * raised(size, m - 1.0);
    let q = 1e6 * min(size, 1e-5);
    let cube = q * q * q;
    if (cube > 30.0) { return vec2<f32>(sign(x) * power, slope); }
    let g = exp(-cube);
    return vec2<f32>(
      sign(x) * ((1.0 - g) * power + line * g * size),
      slope * (1.0 - g) + (3.0 * cube / size) * g * power + line * g * (1.0 - 3.0 * cube),
    );
  }
  let nu = 1.0 / m;
  let decay = exp(-size);
  let xo = pow(nu, nu / (1.0 - nu)) * decay;
  let yo = pow(nu, 1.0 / (1.0 - nu)) * decay;
  return vec2<f32>(
    select(1.0, -1.0, x < 0.0) * (raised(xo + size, m) - yo),
    yo + m * (1.0 - xo) * raised(xo + size, m - 1.0),
  );
}
fn smoothStep(x: f32, end: f32, width: f32) -> vec2<f32> {
  if (x >= end) { return vec2<f32>(0.0); }
  if (x <= end - width) { return vec2<f32>(1.0, 0.0); }
  let y = 1.0 - 2.0 * (1.0 + (x - end) / width);
  let y2 = y * y;
  return vec2<f32>(0.5 + 3.75 * y * (0.25 - y2 / 6.0 + y2 * y2 / 20.0), -1.875 * (1.0 - y2) * (1.0 - y2) / width);
}
`;
