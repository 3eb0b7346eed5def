import { studentFactor } from '../../core/interval.ts';
import type { Outcome } from '../../properties/outcome.ts';
import type { Curve, Scalar } from '../../properties/suite.ts';
import type { Portrait } from './measureAll.ts';

/** All that is said about a crystal's properties, as JSON. */
export interface PropertyNumbers {
  readonly title: string;
  readonly spaceGroup: { readonly number: number; readonly symbol: string };
  /** Å, rows, of the relaxed crystal. */
  readonly cell: readonly number[];
  readonly members: number;
  readonly scalars: readonly ScalarNumbers[];
  readonly curves: readonly CurveNumbers[];
  /** How the bars fared against the reference; absent where there is none, or no bar. */
  readonly held?: Held;
  /** Kinds that this crystal has none of, and why. */
  readonly refused: Readonly<Record<string, string>>;
}

export interface ScalarNumbers {
  readonly kind: string;
  readonly name: string;
  readonly unit: string;
  /** Of the potential that drives; null where there is none. */
  readonly value: number | null;
  /** Why there is none, or why some member has none. */
  readonly failure?: string;
  /** Of every member; null where it has none. */
  readonly members: readonly (number | null)[];
  /** Standard deviation over the members. */
  readonly spread?: number;
  /** Half the width of the interval that holds 95 % of such members, by Student's factor: no bar of the error. */
  readonly bar?: number;
  readonly reference?: number | null;
  readonly literature?: { readonly value: number; readonly source?: string | undefined };
}

/** How many of the reference's values lie within the bars of the members. */
export interface Held {
  readonly inside: number;
  readonly of: number;
  /** By how much all bars would have to be widened to hold 95 % of these values. */
  readonly factor: number;
}

export interface CurveNumbers extends Curve {
  readonly members: readonly Curve[];
  readonly reference?: Curve;
}

export interface PropertySource {
  readonly title: string;
  readonly mean: Portrait;
  readonly members: readonly Outcome<Portrait>[];
  readonly reference?: Portrait | undefined;
  readonly literature: Readonly<Record<string, number | { value: number; source?: string | undefined }>>;
}

export function propertyNumbers(source: PropertySource): PropertyNumbers {
  const { title, mean, members } = source;
  const { symmetry, crystal } = mean.subject;
  const scalars = Array.from(mean.measured, ([kind, measured]) =>
    measured.scalars.map((s) => scalarNumbers(kind, s, source)),
  ).flat();
  const held = heldBy(scalars);
  return {
    title,
    spaceGroup: { number: symmetry.number, symbol: symmetry.symbol },
    cell: [...crystal.cell],
    members: members.length,
    scalars,
    curves: Array.from(mean.measured, ([kind, { curve }]) =>
      curve ? [curveNumbers(kind, curve, source)] : [],
    ).flat(),
    refused: Object.fromEntries(mean.refused),
    ...(held && { held }),
  };
}

/** A value off by the rounding of its relaxation alone is inside. */
const EXACT = 1e-9;

function heldBy(scalars: readonly ScalarNumbers[]): Held | undefined {
  const ratios = scalars
    .flatMap(({ value, reference, bar }) =>
      value === null || reference === null || reference === undefined || bar === undefined
        ? []
        : [Math.abs(value - reference) / Math.max(bar, EXACT)],
    )
    .sort((p, q) => p - q);
  if (ratios.length === 0) return undefined;
  const factor = ratios[Math.ceil(0.95 * ratios.length) - 1];
  return { inside: ratios.filter((x) => x <= 1).length, of: ratios.length, factor };
}

function scalarNumbers(
  kind: string,
  { name, unit, outcome }: Scalar,
  { members, reference, literature }: PropertySource,
): ScalarNumbers {
  const found = members.map((m, e) => {
    const { value, failure } = m.failure === undefined ? scalarOf(m.value, kind, name) : m;
    return { value: value ?? null, failure: failure && `member ${e + 1}: ${failure}` };
  });
  const values = found.map((m) => m.value).filter((v) => v !== null);
  const failure = outcome.failure ?? found.find((m) => m.failure)?.failure;
  const known = literature[name];
  const spread = deviation(values);
  return {
    ...{ kind, name, unit, value: outcome.value ?? null },
    ...(failure !== undefined && { failure }),
    members: found.map((m) => m.value),
    ...(values.length > 1 && { spread, bar: studentFactor(values.length - 1) * spread }),
    ...(reference && { reference: scalarOf(reference, kind, name).value ?? null }),
    ...(known !== undefined && { literature: typeof known === 'number' ? { value: known } : known }),
  };
}

function scalarOf({ measured }: Portrait, kind: string, name: string): Outcome<number> {
  const scalar = measured.get(kind)?.scalars.find((s) => s.name === name);
  return scalar?.outcome ?? { failure: 'its crystal has none' };
}

function curveNumbers(kind: string, curve: Curve, { members, reference }: PropertySource): CurveNumbers {
  const other = reference?.measured.get(kind)?.curve;
  return {
    ...curve,
    members: members.flatMap((m) => m.value?.measured.get(kind)?.curve ?? []),
    ...(other && { reference: other }),
  };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
}
