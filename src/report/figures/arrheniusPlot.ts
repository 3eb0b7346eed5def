import type { TopLevelSpec } from 'vega-lite';
import { BOLTZMANN } from '../../core/units.ts';
import { type Arrhenius, type Exposure, prefactorFor } from '../../events/arrhenius.ts';
import { rateOf } from '../../events/classes.ts';
import type { Barrier } from '../../events/record.ts';
import { logAxis } from '../axes.ts';
import { pooled } from '../campaignEvents.ts';
import { barrierText, electronvolts } from '../eventTables.ts';
import { type Figure, HALF_WIDTH } from '../figure.ts';
import { COLOUR } from '../theme.ts';

export interface ArrheniusData {
  /** Number of the class. */
  readonly class: number;
  readonly title: string;
  readonly exposures: readonly Exposure[];
  readonly fit: Arrhenius;
  /** Of the path. */
  readonly barrier: Barrier | undefined;
}

const FITTED = 'counts';
const COMPUTED = 'barrier of the path';

const SOLID = [1, 0];
const DASHED = [5, 4];

/** 1/fs to 1/ns. */
const PER_NS = 1e6;

/** Rates against inverse temperature with the fitted law, and the line that the computed barrier would draw through the same counts. */
export function arrheniusPlot(data: ArrheniusData): Figure {
  const { exposures, fit, barrier } = data;
  const points = pooled(exposures).map((e) => {
    const { value, low, high } = rateOf(e.count, e.time);
    return {
      x: 1e3 / e.temperature,
      rate: PER_NS * value,
      low: PER_NS * low,
      high: PER_NS * high,
      n: e.count,
    };
  });
  const counted = points.filter((p) => p.n > 0);
  const empty = points.filter((p) => p.n === 0);
  const all = points.map((p) => p.x);
  const margin = 0.06 * (Math.max(...all) - Math.min(...all));
  const domain = [Math.min(...all) - margin, Math.max(...all) + margin];
  const lines = [
    ...line(FITTED, domain, fit.energy.value, fit.prefactor.value),
    ...(barrier ? line(COMPUTED, domain, barrier.value, prefactorFor(exposures, barrier.value)) : []),
  ];
  const axis = logAxis([...counted.flatMap((p) => [p.low, p.high]), ...empty.map((p) => p.high)]);
  return {
    id: `arrhenius-${data.class}`,
    title: `Class ${data.class}, ${data.title}`,
    half: true,
    caption: caption(data, empty.length > 0),
    spec: {
      width: HALF_WIDTH - 20,
      height: 260,
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          scale: { domain, nice: false },
          axis: { title: '1000 / T (1/K)', tickCount: 6 },
        },
        y: {
          type: 'quantitative',
          scale: { type: 'log', domain: [...axis.domain], nice: false },
          axis: { title: 'rate (1/ns)', values: [...axis.ticks], format: '.10~g' },
        },
      },
      layer: [
        {
          data: { values: lines },
          mark: { type: 'line', strokeWidth: 1.8, clip: true },
          encoding: {
            y: { field: 'rate' },
            color: {
              field: 'kind',
              type: 'nominal',
              scale: {
                domain: barrier ? [FITTED, COMPUTED] : [FITTED],
                range: [COLOUR.blue, COLOUR.vermilion],
              },
              legend: { title: 'slope of', symbolType: 'stroke' },
            },
            strokeDash: {
              field: 'kind',
              type: 'nominal',
              scale: {
                domain: barrier ? [FITTED, COMPUTED] : [FITTED],
                range: barrier ? [SOLID, DASHED] : [SOLID],
              },
            },
          },
        },
        {
          data: { values: counted },
          mark: { type: 'rule', color: COLOUR.ink, strokeWidth: 1.5 },
          encoding: { y: { field: 'low' }, y2: { field: 'high' } },
        },
        {
          data: { values: counted },
          mark: { type: 'point', color: COLOUR.ink, size: 60 },
          encoding: { y: { field: 'rate' } },
        },
        {
          data: { values: counted },
          mark: { type: 'text', align: 'left', dx: 8, dy: -7, color: COLOUR.quiet },
          encoding: { y: { field: 'rate' }, text: { field: 'n' } },
        },
        {
          data: { values: empty },
          mark: {
            type: 'point',
            shape: 'triangle-down',
            filled: false,
            color: COLOUR.ink,
            size: 70,
            strokeWidth: 1.5,
          },
          encoding: { y: { field: 'high' } },
        },
      ],
    } as TopLevelSpec,
  };
}

/** Straight on these axes. */
function line(kind: string, domain: readonly number[], E: number, prefactor: number) {
  return domain.map((x) => ({ kind, x, rate: PER_NS * prefactor * Math.exp((-E * x) / (1e3 * BOLTZMANN)) }));
}

function caption({ fit, barrier }: ArrheniusData, empty: boolean): string {
  const { value, low, high } = fit.energy;
  return [
    `Dots: counts (beside them) over the time simulated, with exact 95 % Poisson bars.${empty ? ' Open triangles: upper bounds where nothing happened.' : ''}`,
    `Blue: the likeliest law, E = ${electronvolts(value)} eV (${electronvolts(low)} to ${electronvolts(high)} eV).`,
    barrier
      ? `Dashed: the law with the barrier of the path, ${barrierText(barrier)} eV, and the prefactor that suits the counts best.`
      : 'No path is known, so there is no barrier to compare with.',
  ].join(' ');
}
