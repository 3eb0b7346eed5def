/** Values of an axis and where its marks stand. */
export interface LogAxis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** A logarithmic axis that holds all positive finite values, with a margin; ticks at decades, or at 1 2 5 where few. */
export function logAxis(values: Iterable<number>): LogAxis {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const value of values)
    if (value > 0 && Number.isFinite(value)) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  if (most === 0) return { domain: [0.1, 10], ticks: [0.1, 1, 10] };
  const margin = Math.max(1.12, (most / least) ** 0.04);
  const domain: [number, number] = [least / margin, most * margin];
  const decades = [Math.floor(Math.log10(domain[0])), Math.ceil(Math.log10(domain[1]))];
  const span = Math.log10(domain[1] / domain[0]);
  const steps = span > 3 ? [1] : span > 1.4 ? [1, 3] : [1, 2, 5];
  const ticks = [];
  for (let k = decades[0]; k <= decades[1]; k++) for (const step of steps) ticks.push(Number(`${step}e${k}`));
  return { domain, ticks: ticks.filter((t) => t >= domain[0] && t <= domain[1]) };
}

/** fs per unit of a time axis, and the unit's name. */
export interface TimeUnit {
  readonly name: string;
  readonly size: number;
}

/** The unit in which a run of this length, fs, has a handy number. */
export function timeUnit(length: number): TimeUnit {
  if (length >= 2e6) return { name: 'ns', size: 1e6 };
  return length >= 2e3 ? { name: 'ps', size: 1e3 } : { name: 'fs', size: 1 };
}
