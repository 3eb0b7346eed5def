import jstat from 'jstat';

/** A mean and half the width of its interval. */
export interface Interval {
  readonly mean: number;
  readonly half: number;
}

/** Student's interval of the mean of independent values; infinite for one. */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): Interval {
  const n = values.length;
  const all = Array.from(values);
  const mean = all.reduce((sum, x) => sum + x, 0) / n;
  const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  return {
    mean,
    half: n > 1 ? studentFactor(n - 1, confidence) * Math.sqrt(variance / n) : Number.POSITIVE_INFINITY,
  };
}

/** By how many standard errors an interval of this confidence reaches to each side. */
export function studentFactor(degreesOfFreedom: number, confidence = 0.95): number {
  return jstat.studentt.inv((1 + confidence) / 2, degreesOfFreedom);
}
