/** A function to be minimised, of a flat vector in Å: gives eV at `x` and writes the gradient, eV/Å. */
export type Objective = (x: Float64Array, gradient: Float64Array) => Promise<number>;

/** Moves `x` downhill until `isCalm()`, asked after every evaluation, or `steps` evaluations; gives their number. */
export type Minimiser = (
  f: Objective,
  x: Float64Array,
  isCalm: () => boolean,
  steps: number,
) => Promise<number>;

/** Å: no component's triple moves further in one step, whatever a potential far from its data may say. */
export const LONGEST_STEP = 0.1;

/** Shortens a step so that its largest component is no longer than `longest`. */
export function shorten(step: Float64Array, longest = LONGEST_STEP): void {
  let most = 0;
  for (const d of step) most = Math.max(most, Math.abs(d));
  if (most > longest) for (let k = 0; k < step.length; k++) step[k] *= longest / most;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
