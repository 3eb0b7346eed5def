import { f32 } from '../src/core/each.wgsl.ts';
import type { Schedule } from './schedule.ts';

/** Whole steps from `knot` to `step`, exact up to 2²⁴ however late they are. */
export const STEPS_SINCE = /* wgsl */ `
fn stepsSince(step: vec2<u32>, knot: vec2<u32>) -> f32 {
  let early = step.y < knot.y || (step.y == knot.y && step.x < knot.x);
  let late = select(step, knot, early);
  let first = select(knot, step, early);
  let count = f32(late.y - first.y - select(0u, 1u, late.x < first.x)) * 4294967296.0 + f32(late.x - first.x);
  return select(count, -count, early);
}
`;

/** fs from the `time` of a knot to the step after `step` ends, or to where it begins. */
function since(time: number, timestep: number, end: boolean): string {
  const whole = Math.max(0, Math.floor(time / timestep));
  const knot = `${whole % 2 ** 32}u, ${Math.floor(whole / 2 ** 32)}u`;
  const offset = (end ? timestep : 0) - (time - whole * timestep);
  return `(stepsSince(step, vec2<u32>(${knot})) * ${f32(timestep)} + ${f32(offset)})`;
}

/** `valueAt` in f32 where the step after `step` ends, or where it begins: an expression. `step`, a vec2<u32>, is in scope. */
export function valueCode({ times, values }: Schedule, timestep: number, end = true): string {
  const parts = values.slice(1).map((value, k) => {
    const rise = value - values[k];
    const slope = f32(rise / (times[k + 1] - times[k]));
    return `clamp(${since(times[k], timestep, end)} * ${slope}, ${f32(Math.min(0, rise))}, ${f32(Math.max(0, rise))})`;
  });
  return [f32(values[0]), ...parts].join(' + ');
}

/** By how much the value rises in the step after `step`; within a ramp exact to rounding. */
export function riseCode({ times, values }: Schedule, timestep: number): string {
  const parts = values.slice(1).map((value, k) => {
    const span = times[k + 1] - times[k];
    const until = `min(${since(times[k], timestep, true)}, ${f32(span)} - ${since(times[k], timestep, false)})`;
    const shared = `clamp(${until}, 0.0, ${f32(Math.min(timestep, span))})`;
    return `${f32((value - values[k]) / span)} * ${shared}`;
  });
  return parts.length > 0 ? parts.join(' + ') : '0.0';
}
