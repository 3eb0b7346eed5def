/**
 * Functions of one variable as cubics on an even grid for f32: values and slopes of the truth at the knots, monomials of the place
 * within a bin, so that forces are exactly the slopes of energies and no digits cancel.
 */
import { f32 } from '../src/core/each.wgsl.ts';
import type { RadialFunction } from './radial.ts';

export interface Grid {
  readonly start: number;
  readonly end: number;
  readonly bins: number;
}

/** [functions][bins][4], constant term first. */
export function cubics(functions: readonly RadialFunction[], { start, end, bins }: Grid): Float32Array {
  const out = new Float32Array(4 * bins * functions.length);
  const width = (end - start) / bins;
  const [here, next] = [new Float64Array(2), new Float64Array(2)];
  functions.forEach((f, c) => {
    f(start, next);
    for (let k = 0; k < bins; k++) {
      here.set(next);
      f(start + (k + 1) * width, next);
      const rise = next[0] - here[0];
      const [m, n] = [here[1] * width, next[1] * width];
      out.set([here[0], m, 3 * rise - 2 * m - n, m + n - 2 * rise], 4 * (c * bins + k));
    }
  });
  return out;
}

/** `name`(which, x) = (value, slope) from the array `curves`; x is kept within the grid. */
export function curveFunction(name: string, { start, end, bins }: Grid, curves = 'curves'): string {
  const scale = bins / (end - start);
  return /* wgsl */ `
fn ${name}(which: u32, x: f32) -> vec2<f32> {
  let place = clamp((x - ${f32(start)}) * ${f32(scale)}, 0.0, ${f32(bins - 0.001)});
  let bin = floor(place);
  let t = place - bin;
  let c = ${curves}[which * ${bins}u + u32(bin)];
  return vec2<f32>(((c.w * t + c.z) * t + c.y) * t + c.x, ((3.0 * c.w * t + 2.0 * c.z) * t + c.y) * ${f32(scale)});
}
`;
}
