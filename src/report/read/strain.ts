import { existsSync, readFileSync } from 'node:fs';
import { LOCAL_STRUCTURES, type LocalStructure } from '../../analysis/localStructure.ts';
import { readJson } from '../../io/readJson.ts';
import { findYield, smoothed, type Yield } from '../../properties/yield.ts';
import { COMPONENTS, type Component } from '../../run/strain/curve.ts';
import type { YieldFindings } from '../../run/strain/yieldFindings.ts';
import { column, parseTable, type Table } from './table.ts';

/** One stress-strain curve. Stresses are moving averages, those that the yield was searched in. */
export interface StrainCurve {
  readonly who: string;
  readonly step: readonly number[];
  readonly strain: readonly number[];
  /** GPa. */
  readonly stress: readonly number[];
  /** GPa, standard deviation over the members; NaN without any. */
  readonly spread: readonly number[];
  /** Atoms of each kind, point by point. */
  readonly structures: Readonly<Record<LocalStructure, readonly number[]>>;
  readonly yields: Yield | undefined;
}

/** What a run that strained its cell left. */
export interface StrainData {
  readonly component: Component;
  readonly run: StrainCurve;
  readonly references: readonly StrainCurve[];
  /** What was found once the run had ended; undefined before. */
  readonly found: YieldFindings | undefined;
}

/** Points of the moving average. */
export const WINDOW = 5;

/** What of a config says how its curves are read. */
interface Reading {
  readonly strain?: { readonly component?: Component | undefined; readonly drop?: number } | undefined;
  readonly md?: { readonly integrator?: { readonly strain?: Partial<Record<Component, unknown>> } };
}

/** Of a run directory; undefined where nothing was strained. `config`: the resolved one, parsed. */
export function readStrain(at: (name: string) => string, config: unknown): StrainData | undefined {
  if (!existsSync(at('strain.csv'))) return undefined;
  const table = (name: string) => parseTable(readFileSync(at(name), 'utf8'));
  const references = existsSync(at('strain-reference.csv')) ? byRun(table('strain-reference.csv')) : [];
  return {
    component: componentOf(config as Reading),
    run: readStrainCurve('this run', table('strain.csv'), config),
    references: references.map((rows, k) => readStrainCurve(`reference ${k + 1}`, rows, config)),
    found: existsSync(at('strain-yield.json'))
      ? (readJson(at('strain-yield.json')) as YieldFindings)
      : undefined,
  };
}

function componentOf({ strain, md }: Reading): Component {
  return strain?.component ?? COMPONENTS.find((c) => md?.integrator?.strain?.[c] !== undefined) ?? 'xx';
}

/** One curve from its rows. `config`: as {@link readStrain} takes it. */
export function readStrainCurve(who: string, rows: Table, config: unknown): StrainCurve {
  const component = componentOf(config as Reading);
  const { drop = 0.2 } = (config as Reading).strain ?? {};
  const strain = column(rows, `strain_${component}`);
  const raw = column(rows, `stress_${component}_GPa`);
  return {
    who,
    step: column(rows, 'step'),
    strain,
    stress: smoothed(raw, WINDOW),
    spread: column(rows, `spread_${component}_GPa`),
    structures: Object.fromEntries(
      LOCAL_STRUCTURES.map((kind) => [kind, column(rows, kind.replace(' ', '_'))]),
    ) as Record<LocalStructure, readonly number[]>,
    yields: findYield(strain, raw, { drop, window: WINDOW }),
  };
}

function byRun(table: Table): Table[] {
  const runs = [...new Set(table.run)];
  return runs.map((run) =>
    Object.fromEntries(
      Object.entries(table).map(([name, values]) => [name, values.filter((_, k) => table.run[k] === run)]),
    ),
  );
}
