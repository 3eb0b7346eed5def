import type { TopLevelSpec } from 'vega-lite';
import type { DataTable } from '../report/dataTable.ts';
import type { Figure } from '../report/figure.ts';
import type { StudyOutput } from './study.ts';

/** What is known of the crystal after every cycle, in this order. */
const PROPERTIES = [
  { name: 'a₀', unit: 'Å' },
  { name: 'vacancy', unit: 'eV' },
  { name: 'surface (100)', unit: 'J/m²' },
  { name: 'C11', unit: 'GPa' },
  { name: 'C12', unit: 'GPa' },
  { name: 'C44', unit: 'GPa' },
] as const;

/** The ensemble after a cycle. */
export interface Cycle {
  readonly labels: number;
  /** Of all properties over the members, in units of a hundredth of the reference's. */
  readonly entropy: number;
  readonly energyRmse: number;
  readonly forceRmse: number;
  /** Of the mean and of every member, [1 + members][properties]. */
  readonly values: readonly Float64Array[];
}

/** Cycles guided by entropy beside as many by lot; `reference` are the true properties. */
export function entropyFindings(
  reference: Float64Array,
  guided: readonly Cycle[],
  byLot: readonly Cycle[],
): StudyOutput {
  const last = guided[guided.length - 1];
  return {
    title: 'Strained configurations chosen by entropy',
    story:
      `Copper learned ${last.labels} configurations in ${guided.length - 1} cycles. The entropy of lattice constant, vacancy, surface and elastic constants over the members fell from ` +
      `${guided[0].entropy.toFixed(2)} to ${last.entropy.toFixed(2)} (by lot, ${byLot[byLot.length - 1].entropy.toFixed(2)}).`,
    tables: [cycleTable(guided, byLot), propertyTable(reference, guided)],
    figures: [
      entropyFigure(guided, byLot),
      ...PROPERTIES.map((_, q) => propertyFigure(q, reference, guided)),
    ],
    numbers: { reference, guided, byLot },
  };
}

/** Mean over members and their standard deviation. */
function bar(values: readonly Float64Array[], q: number): { readonly mean: number; readonly sigma: number } {
  const members = values.slice(1).map((v) => v[q]);
  const mean = members.reduce((sum, x) => sum + x, 0) / members.length;
  return { mean, sigma: Math.sqrt(members.reduce((sum, x) => sum + (x - mean) ** 2, 0) / members.length) };
}

function cycleTable(guided: readonly Cycle[], byLot: readonly Cycle[]): DataTable {
  return {
    caption:
      'Entropy of the properties, and errors on strained crystals that are not learned, cycle by cycle.',
    heads: [
      { text: 'cycle', numeric: true },
      { text: 'labels', numeric: true },
      { text: 'entropy', numeric: true },
      { text: 'entropy by lot', numeric: true },
      { text: 'energy RMSE', unit: 'meV/atom', numeric: true },
      { text: 'force RMSE', unit: 'meV/Å', numeric: true },
      { text: 'force RMSE by lot', unit: 'meV/Å', numeric: true },
    ],
    rows: guided.map((cycle, k) => [
      k,
      cycle.labels,
      cycle.entropy,
      byLot[k]?.entropy ?? Number.NaN,
      1000 * cycle.energyRmse,
      1000 * cycle.forceRmse,
      1000 * (byLot[k]?.forceRmse ?? Number.NaN),
    ]),
  };
}

function propertyTable(reference: Float64Array, guided: readonly Cycle[]): DataTable {
  const last = guided[guided.length - 1];
  return {
    caption: 'Properties of the last ensemble, of its mean and over its members, against the reference.',
    heads: [
      { text: 'property' },
      { text: 'reference', numeric: true },
      { text: 'first', numeric: true },
      { text: 'last', numeric: true },
      { text: 'members', numeric: true },
    ],
    rows: PROPERTIES.map(({ name, unit }, q) => {
      const { mean, sigma } = bar(last.values, q);
      return [
        `${name} (${unit})`,
        reference[q].toPrecision(5),
        guided[0].values[0][q].toPrecision(5),
        last.values[0][q].toPrecision(5),
        `${mean.toPrecision(5)} ± ${sigma.toPrecision(2)}`,
      ];
    }),
  };
}

const THIRD = 250;

function entropyFigure(guided: readonly Cycle[], byLot: readonly Cycle[]): Figure {
  const values = [
    ...guided.map((c, cycle) => ({ cycle, entropy: c.entropy, choice: 'by entropy' })),
    ...byLot.map((c, cycle) => ({ cycle, entropy: c.entropy, choice: 'by lot' })),
  ];
  return {
    id: 'entropy',
    title: 'Entropy of the ensemble',
    caption: 'Of all properties below over the members, in units of one per cent of the reference.',
    spec: {
      width: 2 * THIRD,
      height: 200,
      data: { values },
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'cycle', type: 'ordinal', axis: { title: 'cycle', labelAngle: 0 } },
        y: { field: 'entropy', type: 'quantitative', scale: { zero: false }, axis: { title: 'H' } },
        color: { field: 'choice', type: 'nominal', sort: null, legend: { title: null } },
      },
    } as TopLevelSpec,
  };
}

function propertyFigure(q: number, reference: Float64Array, guided: readonly Cycle[]): Figure {
  const { name, unit } = PROPERTIES[q];
  const values = guided.map((c, cycle) => {
    const { sigma } = bar(c.values, q);
    const value = c.values[0][q];
    return { cycle, value, low: value - 2 * sigma, high: value + 2 * sigma };
  });
  const x = { field: 'cycle', type: 'ordinal' as const, axis: { title: 'cycle', labelAngle: 0 } };
  const y = { type: 'quantitative' as const, scale: { zero: false }, axis: { title: `${name} (${unit})` } };
  return {
    id: `property-${q}`,
    half: true,
    title: name,
    caption: 'The ensemble with twice the spread of its members; the line is the reference.',
    spec: {
      width: 1.4 * THIRD,
      height: 170,
      data: { values },
      layer: [
        {
          mark: { type: 'rule', strokeDash: [4, 3] },
          data: { values: [{ at: reference[q] }] },
          encoding: { y: { ...y, field: 'at' } },
        },
        {
          mark: { type: 'errorbar', ticks: true },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        { mark: { type: 'point', filled: true, size: 40 }, encoding: { x, y: { ...y, field: 'value' } } },
      ],
    } as TopLevelSpec,
  };
}
