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

/** `v`, `{from: v, to: v, over: 20 ps}` or `[{at: 0 ps, value: v}, …]`, where `value` reads one v. */
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
  return z.union([value.transform(constant), ramp, knots], { error: complaint });
}

/** Of the three shapes, what is wrong with the one that was meant. */
function complaint(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const meant = Array.isArray(issue.input) ? 2 : typeof issue.input === 'object' ? 1 : 0;
  return issue.errors[meant]?.map(({ path, message }) => [...path, message].join(' ')).join('; ');
}
