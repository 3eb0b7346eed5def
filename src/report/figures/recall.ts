import type { TopLevelSpec } from 'vega-lite';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import type { RunData } from '../read/readRun.ts';
import { quantile } from '../statistics.ts';
import { COLOUR } from '../theme.ts';

const WORST = 0.1;
const BY_GRADE = 'by γ';
const BY_SPREAD = 'by σ';
const BY_CHANCE = 'by chance';

/** How much of what is badly wrong would be found by looking at the most uncertain atoms first. */
export function recall(run: RunData): Figure | undefined {
  const sample = run.validation?.calibration.at(-1);
  if (!sample || sample.error.length < 50) return undefined;
  const values = [
    ...found(sample.grade, sample.error).map((p) => ({ ...p, order: BY_GRADE })),
    ...found(sample.sigma, sample.error).map((p) => ({ ...p, order: BY_SPREAD })),
    ...[0, 100].map((at) => ({ looked: at, found: at, order: BY_CHANCE })),
  ];
  const share = { type: 'quantitative' as const, scale: { domain: [0, 100], nice: false } };
  return {
    id: 'recall',
    half: true,
    title: 'Finding the worst atoms',
    caption: `Share of the worst ${100 * WORST} % of the force errors (generation ${sample.generation}, fresh frames) that is found among the atoms of highest uncertainty, against the share of atoms looked at.`,
    spec: {
      width: HALF_WIDTH,
      height: 230,
      data: { values },
      mark: { type: 'line', strokeWidth: 1.8 },
      encoding: {
        x: { ...share, field: 'looked', axis: { title: 'atoms, most uncertain first (%)', tickCount: 5 } },
        y: { ...share, field: 'found', axis: { title: 'worst errors found (%)', tickCount: 5 } },
        color: {
          field: 'order',
          type: 'nominal',
          sort: null,
          scale: {
            domain: [BY_GRADE, BY_SPREAD, BY_CHANCE],
            range: [COLOUR.blue, COLOUR.vermilion, COLOUR.quiet],
          },
          legend: { title: null, symbolType: 'stroke' },
        },
      },
    } as TopLevelSpec,
  };
}

function found(
  uncertainty: readonly number[],
  error: readonly number[],
): { looked: number; found: number }[] {
  const bad = quantile(error, 1 - WORST);
  const order = error.map((_, k) => k).sort((a, b) => uncertainty[b] - uncertainty[a]);
  const total = error.filter((e) => e >= bad).length;
  const points = [{ looked: 0, found: 0 }];
  let hits = 0;
  order.forEach((k, rank) => {
    if (error[k] >= bad) hits++;
    if ((rank + 1) % Math.ceil(error.length / 100) === 0 || rank === error.length - 1)
      points.push({ looked: (100 * (rank + 1)) / error.length, found: (100 * hits) / total });
  });
  return points;
}
