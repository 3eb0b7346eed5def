/** A number to `digits` significant digits with thin spaces between thousands; – for NaN. */
export function number(value: number | null | undefined, digits = 3): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential(digits - 1).replace('e+', 'e');
  if (size >= 10 ** digits) return integer(value);
  return Number(value.toPrecision(digits)).toString().replace('-', '−');
}

export function integer(value: number): string {
  return Math.round(value)
    .toString()
    .replace('-', '−')
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** eV/Å as meV/Å, eV/atom as meV/atom. */
export function milli(value: number | null | undefined): string {
  return number(value === null || value === undefined ? value : 1e3 * value);
}

/** fs as fs, ps or ns. */
export function simulationTime(fs: number): string {
  if (fs >= 1e6) return `${number(fs / 1e6)} ns`;
  return fs >= 1e3 ? `${number(fs / 1e3)} ps` : `${number(fs)} fs`;
}

export function wallTime(seconds: number): string {
  if (seconds < 1) return `${number(1e3 * seconds, 2)} ms`;
  if (seconds < 90) return `${number(seconds)} s`;
  if (seconds < 5400) return `${number(seconds / 60, 2)} min`;
  return `${number(seconds / 3600)} h`;
}

export function percent(fraction: number): string {
  return `${number(100 * fraction, 2)} %`;
}

/** `3 pauses`, `1 pause`, `no pauses`. */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${n === 0 ? 'no' : integer(n)} ${n === 1 ? noun : plural}`;
}

/** `once`, `twice`, `12 times`. */
export function times(n: number): string {
  return ['never', 'once', 'twice'][n] ?? `${integer(n)} times`;
}
