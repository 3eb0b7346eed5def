/** Where a stress-strain curve yields: its first maximum after which the stress falls for good. */

export interface Yield {
  /** Of the smoothed curve's maximum. */
  readonly strain: number;
  readonly stress: number;
  /** Index of the maximum, and of the first point that has fallen far enough. */
  readonly index: number;
  readonly fallen: number;
}

export interface YieldOptions {
  /** Share of the stress that must be lost; default 0.2. */
  readonly drop?: number;
  /** Points of the moving average, odd; default 5. */
  readonly window?: number;
}

/** Of the strain at the maximum: how much further it must not be reached again. */
const STAY = 0.2;

/** Of the largest stress of all: lower maxima are waves of heat and sound. */
const LEAST = 0.5;

/** Falls smaller than this many times the scatter between neighbouring points are noise. */
const SCATTER = 5;

/**
 * Undefined where nothing yields. Stress counts along the sense of the strain, so that compression yields too, and a fall
 * counts only at strains beyond the maximum's: unloading is none. Nor is a dip from which the
 * stress recovers within a fifth of the strain, nor a maximum of less than half the largest stress.
 */
export function findYield(
  strain: readonly number[],
  stress: readonly number[],
  { drop = 0.2, window = 5 }: YieldOptions = {},
): Yield | undefined {
  const smooth = smoothed(stress, window);
  const noise = SCATTER * scatter(smooth);
  for (const sense of [1, -1]) {
    const largest = Math.max(0, ...smooth.filter((_, k) => sense * strain[k] >= 0).map((s) => sense * s));
    let top = -1;
    for (let k = 0; k < smooth.length; k++) {
      const [e, s] = [sense * strain[k], sense * smooth[k]];
      if (e < 0 || Number.isNaN(s)) continue;
      if (top < 0 || s > sense * smooth[top]) top = k;
      const peak = sense * smooth[top];
      const fell = e > sense * strain[top] && peak - s > Math.max(drop * peak, noise);
      if (peak > noise && peak >= LEAST * largest && fell && !recovers(strain, smooth, top, k, sense))
        return { strain: strain[top], stress: smooth[top], index: top, fallen: k };
    }
  }
  return undefined;
}

function recovers(
  strain: readonly number[],
  stress: readonly number[],
  top: number,
  from: number,
  sense: number,
): boolean {
  const until = sense * strain[top] * (1 + STAY);
  return stress.some((s, k) => k > from && sense * strain[k] <= until && sense * s >= sense * stress[top]);
}

/** A moving average, narrower at the ends. */
export function smoothed(values: readonly number[], window: number): number[] {
  const half = (window - 1) / 2;
  return values.map((_, k) => {
    const reach = Math.min(half, k, values.length - 1 - k);
    const part = values.slice(k - reach, k + reach + 1);
    return part.reduce((sum, x) => sum + x, 0) / part.length;
  });
}

/** Median change from point to point, without the curve's own slope. */
function scatter(values: readonly number[]): number {
  const bends = values
    .slice(2)
    .map((x, k) => Math.abs(x - 2 * values[k + 1] + values[k]) / 2)
    .sort((p, q) => p - q);
  return bends[Math.floor(bends.length / 2)] ?? 0;
}
