import { type Interval, predictionInterval } from '../../core/interval.ts';
import type { StrainCurve, StrainData } from '../../report/read/strain.ts';
import type { Component } from './curve.ts';

/** Where one curve yields. GPa; `spread`: standard deviation over the members there, null without any. */
export interface YieldPoint {
  readonly strain: number;
  readonly stress: number;
  readonly spread: number | null;
}

/** How a run yields beside its references. */
export interface YieldVerdict {
  readonly component: Component;
  /** Null where it does not yield. */
  readonly run: YieldPoint | null;
  readonly references: readonly (YieldPoint | null)[];
  /**
   * Where one more run of the reference, with velocities and noise of its own, would yield with a probability of 95 %. Absent where
   * fewer than two of them yield.
   */
  readonly band?: { readonly strain: Interval; readonly stress: Interval };
  /** Whether this run lies in it. */
  readonly inside?: { readonly strain: boolean; readonly stress: boolean };
}

export function yieldVerdict({ component, run, references }: StrainData): YieldVerdict {
  const points = references.map(pointOf);
  const found = points.filter((p) => p !== null);
  const own = pointOf(run);
  const verdict = { component, run: own, references: points };
  if (found.length < 2) return verdict;
  const band = {
    strain: predictionInterval(found.map((p) => p.strain)),
    stress: predictionInterval(found.map((p) => p.stress)),
  };
  if (!own) return { ...verdict, band, inside: { strain: false, stress: false } };
  const within = (x: number, { mean, half }: Interval) => Math.abs(x - mean) <= half;
  const inside = { strain: within(own.strain, band.strain), stress: within(own.stress, band.stress) };
  return { ...verdict, band, inside };
}

function pointOf({ yields, spread }: StrainCurve): YieldPoint | null {
  if (!yields) return null;
  const { strain, stress, index } = yields;
  return { strain, stress, spread: Number.isFinite(spread[index]) ? spread[index] : null };
}
