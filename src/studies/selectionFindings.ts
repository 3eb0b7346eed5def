import type { TopLevelSpec } from 'vega-lite';
import { meanInterval } from '../core/interval.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, HALF_WIDTH } from '../report/figure.ts';
import { type CurvePoint, errorRatio, labelRatio } from '../select/learningCurve.ts';
import type { StudyOutput } from './study.ts';

/** Curves by strategy, a curve a seed; those of `random` are what the others are measured by. */
export type Curves = Readonly<Record<string, readonly (readonly CurvePoint[])[]>>;

const PAIRED = 'geometric mean over seeds, paired by their starting structures, with its 95 % interval.';

/** What learning curves on several pools, by their names, say of the strategies. */
export function selectionFindings(found: Readonly<Record<string, Curves>>, seeds: number): StudyOutput {
  return {
    title: 'Which structures to label',
    story: storyOf(found, seeds),
    tables: [
      ratioTable(
        found,
        labelRatio,
        `Labels needed for the same force error, relative to choice by lot: ${PAIRED}`,
      ),
      ratioTable(
        found,
        errorRatio,
        `Force error when the labels are spent, relative to choice by lot: ${PAIRED}`,
      ),
      errorTable(found),
    ],
    figures: Object.entries(found).map(([name, curves], k) => curveFigure(name, curves, k)),
    numbers: found,
  };
}

function kindsIn(found: Readonly<Record<string, Curves>>): string[] {
  return Object.keys(Object.values(found)[0]);
}

/** How a strategy's curve stands to that of the lot with the same start: a logarithm, negative where it is better. */
type Ratio = (curve: readonly CurvePoint[], yardstick: readonly CurvePoint[]) => number;

function paired(curves: Curves, kind: string, ratio: Ratio): number[] {
  return curves[kind].map((c, k) => ratio(c, curves.random[k]));
}

/** Geometric mean of ratios and its 95 % interval. */
function ratioText(logs: readonly number[]): string {
  const { mean, half } = meanInterval(logs);
  return [mean, mean - half, mean + half]
    .map((x) => Math.exp(x).toFixed(2))
    .join(' ')
    .replace(/ (\S+) (\S+)/, ' [$1, $2]');
}

function ratioTable(found: Readonly<Record<string, Curves>>, ratio: Ratio, caption: string): DataTable {
  const kinds = kindsIn(found).filter((kind) => kind !== 'random');
  const rows = Object.entries(found).map(([name, curves]) => [
    name,
    ...kinds.map((kind) => ratioText(paired(curves, kind, ratio))),
  ]);
  const overall = kinds.map((kind) => ratioText(overallOf(found, kind, ratio)));
  return {
    caption,
    heads: [{ text: 'pool' }, ...kinds.map((text) => ({ text, numeric: true }))],
    rows: [...rows, ['all', ...overall]],
  };
}

function overallOf(found: Readonly<Record<string, Curves>>, kind: string, ratio: Ratio): number[] {
  return Object.values(found).flatMap((curves) => paired(curves, kind, ratio));
}

function errorTable(found: Readonly<Record<string, Curves>>): DataTable {
  const kinds = kindsIn(found);
  const last = (curves: Curves[string]) =>
    (1000 * curves.reduce((sum, c) => sum + c[c.length - 1].errors.forceRmse, 0)) / curves.length;
  return {
    caption: 'Force error on the test structures when the labels are spent, mean over seeds.',
    heads: [
      { text: 'pool' },
      { text: 'labels', numeric: true },
      ...kinds.map((text) => ({ text, unit: 'meV/Å', numeric: true })),
    ],
    rows: Object.entries(found).map(([name, curves]) => [
      name,
      curves.random[0].at(-1)!.labels,
      ...kinds.map((kind) => last(curves[kind])),
    ]),
  };
}

function curveFigure(name: string, curves: Curves, index: number): Figure {
  const values = Object.entries(curves).flatMap(([strategy, of]) =>
    of[0].map((point, k) => ({
      strategy,
      labels: point.labels,
      error: 1000 * Math.exp(of.reduce((sum, c) => sum + Math.log(c[k].errors.forceRmse), 0) / of.length),
    })),
  );
  return {
    id: `learning-${index}`,
    half: true,
    title: name,
    caption: `Force error on test structures against labels paid, geometric mean over ${curves.random.length} seeds.`,
    spec: {
      width: HALF_WIDTH,
      height: 230,
      data: { values },
      mark: { type: 'line', point: true, strokeWidth: 1.6 },
      encoding: {
        x: { field: 'labels', type: 'quantitative', axis: { title: 'labels' } },
        y: {
          field: 'error',
          type: 'quantitative',
          scale: { type: 'log' },
          axis: { title: 'force RMSE (meV/Å)' },
        },
        color: { field: 'strategy', type: 'nominal', sort: null, legend: { title: null } },
      },
    } as TopLevelSpec,
  };
}

function storyOf(found: Readonly<Record<string, Curves>>, seeds: number): string {
  const kinds = kindsIn(found).filter((kind) => kind !== 'random');
  const clear = Object.entries(found).flatMap(([name, curves]) =>
    kinds
      .filter((kind) => {
        const { mean, half } = meanInterval(paired(curves, kind, errorRatio));
        return mean + half < 0;
      })
      .map((kind) => `${kind} on ${name}`),
  );
  const better = clear.length > 0 ? clear.join(', ') : 'none';
  return `${Object.keys(found).length} pools, ${seeds} seeds each, paired by their starting structures. With all labels spent, errors clearly below those of choice by lot (95 %): ${better}.`;
}
