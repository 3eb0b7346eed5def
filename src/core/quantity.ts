import { z } from 'zod';
import { type Dimension, UNITS } from './units.ts';

/**
 * Config values that carry their unit: `quantity('time')` reads `2 fs` or `0.002 ps` and yields 2 (fs).
 * A bare number is refused unless it is zero, so that nobody has to guess.
 */
export function quantity(dimension: Dimension) {
  const units: Record<string, number> = UNITS[dimension];
  const names = Object.keys(units).join(', ');
  return z
    .union([z.string(), z.number()], { error: `must be a number with a unit: ${names}` })
    .transform((value, context) => {
      if (value === 0) return 0;
      const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s+(\S+)\s*$/.exec(String(value));
      const known = match !== null && Object.hasOwn(units, match[2]);
      const size = known ? Number(match[1]) * units[match[2]] : Number.NaN;
      if (Number.isFinite(size)) return size;
      const problem =
        match && !known ? `unknown ${dimension} unit '${match[2]}'` : 'a number and a unit are needed';
      context.addIssue({
        code: 'custom',
        message: `${problem}; write a number, a blank and one of: ${names}`,
      });
      return z.NEVER;
    })
    .meta({ description: `a number with a unit of ${dimension}: ${names}`, unit: baseUnit(dimension) });
}

/** As {@link quantity}, and the value must be greater than zero. */
export function positive(dimension: Dimension) {
  return quantity(dimension).refine((value) => value > 0, { message: 'must be greater than zero' });
}

/** The unit that values of a dimension have inside: the one whose size is 1. */
function baseUnit(dimension: Dimension): string {
  const units: Record<string, number> = UNITS[dimension];
  return Object.keys(units).find((name) => units[name] === 1) ?? '';
}
