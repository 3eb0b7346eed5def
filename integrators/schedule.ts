import { z } from 'zod';
import { positive, quantity } from '../src/core/quantity.ts';

/** A number that depends on time: linear between knots, constant before the first and after the last. */
export interface Schedule {
  /** fs, ascending. */
  readonly times: readonly number[];
  /** One value a knot, in internal units. */
  readonly values: readonly number[];
}

export function constant(value: number): Schedule {
  return { times: [0], values: [value] };
}

/** `time` in fs. */
export function valueAt({ times, values }: Schedule, time: number): number {
  const last = times.length - 1;
  if (time >= times[last]) return values[last];
  if (time <= times[0]) return values[0];
  let k = 1;
  while (times[k] <= time) k++;
  return values[k - 1] + ((time - times[k - 1]) / (times[k] - times[k - 1])) * (values[k] - values[k - 1]);
}

const time = quantity('time');

/** Knots from time 0 on, gone through `times` times. */
function repeated({ times: at, values }: Schedule, times: number): Schedule {
  const period = at[at.length - 1];
  // Each passage begins with the knot that ends the one before.
  const passages = Array.from({ length: times }, (_, c) => c * period);
  return {
    times: [0, ...passages.flatMap((start) => at.slice(1).map((t) => start + t))],
    values: [values[0], ...passages.flatMap(() => values.slice(1))],
  };
}

/**
 * `v`, `{from: v, to: v, over: 20 ps}`, `[{at: 0 ps, value: v}, …]` or `{cycle: [{at: 0 ps, value: v}, …], times: 5}`, where `value` reads
 * one v.
 */
export function schedule(value: z.ZodType<number>) {
  const ramp = z
    .strictObject({ from: value, to: value, over: positive('time') })
    .transform(({ from, to, over }): Schedule => ({ times: [0, over], values: [from, to] }));
  const knots = z
    .array(z.strictObject({ at: time, value }))
    .min(1, { message: 'must have at least one entry {at, value}' })
    .refine((list) => list.every((knot, k) => k === 0 || knot.at > list[k - 1].at), {
      message: 'must be in ascending order of `at`',
    })
    .transform(
      (list): Schedule => ({ times: list.map((knot) => knot.at), values: list.map((knot) => knot.value) }),
    );
  const cycle = z
    .strictObject({
      cycle: knots
        .refine(({ times }) => times.length > 1 && times[0] === 0, {
          message: 'must begin with an entry at 0 and have another',
        })
        .refine(({ values }) => values[0] === values[values.length - 1], {
          message: 'must end with the value it begins with, to be gone through again',
        }),
      times: z.int().positive(),
    })
    .transform(({ cycle: once, times }) => repeated(once, times));
  return z.union([value.transform(constant), ramp, knots, cycle], { error: complaint });
}

/** Of the four shapes, what is wrong with the one that was meant. */
function complaint(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const { input } = issue;
  const isSection = typeof input === 'object' && input !== null;
  const meant = Array.isArray(input) ? 2 : isSection ? ('cycle' in input ? 3 : 1) : 0;
  return issue.errors[meant]?.map(({ path, message }) => [...path, message].join(' ')).join('; ');
}
