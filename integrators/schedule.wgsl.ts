import { f32 } from '../src/core/each.wgsl.ts';
import type { Schedule } from './schedule.ts';

/** `valueAt` in f32: an expression of `time`, which names an f32 in fs. */
export function valueCode({ times, values }: Schedule, time: string): string {
  const parts = values.slice(1).map((value, k) => {
    const [rise, span] = [value - values[k], times[k + 1] - times[k]];
    const low = f32(Math.min(0, rise));
    return `clamp((${time} - ${f32(times[k])}) * ${f32(rise / span)}, ${low}, ${f32(Math.max(0, rise))})`;
  });
  return [f32(values[0]), ...parts].join(' + ');
}

/** By how much the value rises in a step of `timestep` fs from `time` on; within a ramp exact to rounding, however late. */
export function riseCode({ times, values }: Schedule, time: string, timestep: number): string {
  const parts = values.slice(1).map((value, k) => {
    const span = times[k + 1] - times[k];
    const into = `(${time} - ${f32(times[k])})`;
    const shared = `min(min(${into} + ${f32(timestep)}, ${f32(span)} - ${into}), ${f32(Math.min(timestep, span))})`;
    return `${f32((value - values[k]) / span)} * max(${shared}, 0.0)`;
  });
  return parts.length > 0 ? parts.join(' + ') : '0.0';
}
