/**
 * Distances to a fraction of the unit in which windows count: what is steep and cancels between neighbours sees them. r = whole + rest with
 * rest = (|d|² − whole²)/(2 whole); squares are taken of twelve bits and the rest, so that integers hold the difference exactly.
 */
import { WINDOW } from '../../src/core/fixedPoint.wgsl.ts';

export const RADIUS = /* wgsl */ `
struct Radius { r: f32, whole: i32, rest: f32 }
struct Bin { first: u32, t: f32 }
fn radiusOf(d: vec3<i32>) -> Radius {
  let near = vec3<f32>(d);
  let whole = max(1, i32(sqrt(dot(near, near))));
  let high = d >> vec3<u32>(12u);
  let low = d & vec3<i32>(4095);
  let h = whole >> 12u;
  let l = whole & 4095;
  let a = dot(high, high) - h * h;
  let b = dot(high, low) - h * l;
  let c = dot(low, low) - l * l;
  let rest = (f32(a) * 16777216.0 + f32(b) * 8192.0 + f32(c)) / (2.0 * f32(whole));
  return Radius((f32(whole) + rest) * ${1 / WINDOW}, whole, rest);
}
`;
