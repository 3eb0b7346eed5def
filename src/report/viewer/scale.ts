import type { Thresholds } from '../read/thresholds.ts';

/** How a grade becomes a colour: piecewise logarithmic in γ, blue where interpolating, red where far beyond. */
export interface GradeScale {
  /** Grades at the places 0, `MIDDLE` and 1 of the scale. */
  readonly domain: readonly [number, number, number];
  readonly middle: number;
  /** Place on the scale and colour, in rising order. */
  readonly stops: readonly (readonly [number, string])[];
}

const MIDDLE = 0.45;
const STOPS = [
  [0, '#2166ac'],
  [0.24, '#6fa8d2'],
  [MIDDLE, '#e9ecec'],
  [0.62, '#fdbb6c'],
  [0.8, '#e2562f'],
  [1, '#8c0d2a'],
] as const;

/** The middle is `select`, or γ = 1, where extrapolation begins, if no threshold is known. */
export function gradeScale(grades: Iterable<number>, thresholds: Thresholds | undefined): GradeScale {
  const middle = thresholds?.select ?? 1;
  let most = (thresholds?.pause ?? 10 * middle) * 1.2;
  for (const g of grades) if (Number.isFinite(g) && g > most) most = g;
  return { domain: [middle / 10, middle, most], middle: MIDDLE, stops: STOPS };
}

/** Where a grade stands on the scale, 0 … 1. */
export function placeOf(scale: GradeScale, grade: number): number {
  const [low, middle, high] = scale.domain.map(Math.log);
  const g = Math.log(grade);
  if (!(g > low)) return 0;
  if (g >= high) return 1;
  return g < middle
    ? (scale.middle * (g - low)) / (middle - low)
    : scale.middle + ((1 - scale.middle) * (g - middle)) / (high - middle);
}
