/** Where a measure is remembered and where it stops the run. */
export interface Thresholds {
  readonly select: number;
  readonly pause: number;
}

/** Thresholds by kind of measure, found anywhere in the resolved config. */
export function thresholdsIn(config: unknown): Readonly<Record<string, Thresholds>> {
  if (typeof config !== 'object' || config === null) return {};
  const { kind, select, pause } = config as Record<string, unknown>;
  const own = { select: leadingNumber(select), pause: leadingNumber(pause) };
  if (typeof kind === 'string' && Number.isFinite(own.select) && Number.isFinite(own.pause))
    return { [kind]: own };
  return Object.assign({}, ...Object.values(config).map(thresholdsIn));
}

/** 0.25 of `0.25 eV/Å`. */
function leadingNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.parseFloat(String(value));
}
