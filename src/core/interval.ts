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

/** Where one more value of the same kind would lie: mean ± t(n − 1) s √(1 + 1/n), s the standard deviation; infinite for one. */
export function predictionInterval(values: ArrayLike<number>, confidence = 0.95): Interval {
  const { mean, half } = meanInterval(values, confidence);
  return { mean, half: half * Math.sqrt(values.length + 1) };
}

/** By how many standard errors an interval of this confidence reaches to each side. */
export function studentFactor(degreesOfFreedom: number, confidence = 0.95): number {
  return jstat.studentt.inv((1 + confidence) / 2, degreesOfFreedom);
}

/** Where a value lies, both ends counted in. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Exact interval of the mean of a Poisson count, by quantiles of χ². Garwood, Biometrika 28, 437 (1936). */
export function poissonInterval(count: number, confidence = 0.95): Bounds {
  const tail = (1 - confidence) / 2;
  return {
    low: count === 0 ? 0 : jstat.chisquare.inv(tail, 2 * count) / 2,
    high: jstat.chisquare.inv(1 - tail, 2 * count + 2) / 2,
  };
}

/** The chance that χ² exceeds a value. */
export function chiSquareTail(value: number, degreesOfFreedom: number): number {
  return 1 - jstat.chisquare.cdf(value, degreesOfFreedom);
}
