import { column, type Table } from './table.ts';

/** The temperature of a run, K. */
export interface Held {
  readonly mean: number;
  /** Means over the first and the last third. */
  readonly from: number;
  readonly to: number;
  /** Whether these are so near that rates belong to the mean. */
  readonly held: boolean;
}

/** Part of the mean by which the temperature of a run at one temperature may drift. */
const DRIFT = 0.05;

/** Undefined where fewer than three temperatures were written. */
export function heldTemperature(thermo: Table | undefined): Held | undefined {
  const all = column(thermo, 'temperature_K').filter(Number.isFinite);
  const third = Math.floor(all.length / 3);
  if (third === 0) return undefined;
  const [mean, from, to] = [all, all.slice(0, third), all.slice(-third)].map(
    (some) => some.reduce((sum, T) => sum + T, 0) / some.length,
  );
  return { mean, from, to, held: Math.abs(to - from) <= DRIFT * mean };
}
