import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { potentials } from '../../potentials/registry.ts';
import { crystal } from '../core/prototypes.ts';
import { entry } from '../core/registry.ts';
import { crystalElastic } from '../properties/ensembleElastic.ts';
import { plainly } from '../properties/evaluates.ts';
import { symmetryOf } from '../properties/symmetry.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, HALF_WIDTH } from '../report/figure.ts';
import { SERIES } from '../report/theme.ts';
import { rehearseElastic } from '../run/elastic/rehearsal.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    seeds: z.int().min(1).default(20).describe('runs of each material, with other starting structures'),
    budget: z.int().min(20).default(40).describe('labels of a run, six starting structures included'),
  })
  .describe('elastic constants learned on the fly: accuracy, labels, and how often the bars hold the truth');
type Options = z.output<typeof schema>;

const MATERIALS = [
  {
    name: 'Cu',
    truth: { kind: 'eam', set: 'zhou', elements: ['Cu'] },
    cell: crystal('fcc', ['Cu'], 3.615),
    model: { elements: ['Cu'], cutoff: '5 Å', nradmax: [8, 4, 2], lmax: [0, 3, 1] },
  },
  {
    name: 'Si',
    truth: { kind: 'stillingerWeber' },
    cell: crystal('diamond', ['Si'], 5.431),
    model: { elements: ['Si'], cutoff: '4.5 Å', nradmax: [8, 5, 2], lmax: [0, 4, 2] },
  },
  {
    name: 'NiAl (B2)',
    truth: { kind: 'eam', set: 'zhou', elements: ['Ni', 'Al'] },
    cell: crystal('B2', ['Ni', 'Al'], 2.987),
    model: { elements: ['Ni', 'Al'], cutoff: '5 Å', nradmax: [7, 3, 1], lmax: [0, 2, 1] },
  },
] as const;

export const elasticCoverage = entry<Study, typeof schema>({
  kind: 'elasticCoverage',
  schema,
  create: (options) => ({
    run: (context) => study(context.short ? { ...options, seeds: 1 } : options, context),
  }),
});

/** One constant of one run. */
interface Outcome {
  readonly material: string;
  readonly seed: number;
  readonly name: string;
  /** GPa. */
  readonly found: number;
  readonly bar: number;
  readonly wanted: number;
  readonly labels: number;
}

async function study({ seeds, budget }: Options, context: StudyContext): Promise<StudyOutput> {
  const outcomes: Outcome[] = [];
  for (const material of context.short ? MATERIALS.filter(({ name }) => name === 'Si') : MATERIALS) {
    const { name, cell } = material;
    const truth = potentials.create(potentials.schema.parse(material.truth));
    const { relaxed } = await crystalElastic(plainly(truth), cell, symmetryOf(cell));
    const untrained = createAce(aceRequestSchema.parse(material.model));
    for (let seed = 1; seed <= seeds; seed++) {
      const run = await rehearseElastic({ truth, untrained, crystal: cell, seed, budget }, context.signal);
      const { constants, mean } = run.found;
      const these = constants.map((constant, k): Outcome => {
        const [found, wanted] = [mean.relaxed.C[constant.place], relaxed.C[constant.place]];
        const bar = run.last.bars.bar[k];
        return { material: name, seed, name: constant.name, found, bar, wanted, labels: run.labels };
      });
      outcomes.push(...these);
      const shown = these.map(
        (o) => `${o.name} ${o.found.toFixed(1)} ± ${o.bar.toFixed(1)} (${o.wanted.toFixed(1)})`,
      );
      context.progress(`${name} ${seed}: ${run.labels} labels, ${shown.join(', ')} GPa`);
    }
  }
  const names = [...new Set(outcomes.map((o) => o.material))];
  return {
    title: 'Elastic constants learned on the fly',
    story:
      'Ensembles that have seen nothing but rattled atoms in an unstrained cell, without stresses, learn the elastic constants of a built-in reference. ' +
      'Bars are 95 %: the members’ spread and the error that labels of strained crystals showed before they were learned, times Student’s factor.',
    tables: [summary(names, outcomes)],
    figures: names.map((name) => deviations(name, outcomes)),
    numbers: outcomes,
  };
}

const isClose = (o: Outcome) => Math.abs(o.found - o.wanted) <= Math.max(1, 0.02 * o.wanted);
const isInside = (o: Outcome) => Math.abs(o.found - o.wanted) <= o.bar;

function summary(names: readonly string[], outcomes: readonly Outcome[]): DataTable {
  const rows = names.flatMap((material) => {
    const all = outcomes.filter((o) => o.material === material);
    return [...new Set(all.map((o) => o.name))].map((name) => {
      const these = all.filter((o) => o.name === name);
      const share = (is: (o: Outcome) => boolean) => `${these.filter(is).length}/${these.length}`;
      const off = these.map((o) => Math.abs(o.found - o.wanted));
      return [
        material,
        name,
        these[0].wanted,
        Math.sqrt(off.reduce((sum, x) => sum + x * x, 0) / off.length),
        Math.max(...off),
        median(these.map((o) => o.bar)),
        share(isClose),
        share(isInside),
        `${median(these.map((o) => o.labels))} (${Math.max(...these.map((o) => o.labels))})`,
      ];
    });
  });
  const numeric = true;
  return {
    caption: 'Elastic constants against the reference, run by run.',
    heads: [
      { text: 'crystal' },
      { text: 'constant' },
      { text: 'reference', unit: 'GPa', numeric },
      { text: 'rms error', unit: 'GPa', numeric },
      { text: 'largest', unit: 'GPa', numeric },
      { text: 'median bar', unit: 'GPa', numeric },
      { text: 'within 2 % or 1 GPa', numeric },
      { text: 'inside the bar', numeric },
      { text: 'labels: median (most)', numeric },
    ],
    rows,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((p, q) => p - q);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function deviations(material: string, outcomes: readonly Outcome[]): Figure {
  const values = outcomes
    .filter((o) => o.material === material)
    .map((o) => ({
      ...o,
      off: o.found - o.wanted,
      low: o.found - o.bar - o.wanted,
      high: o.found + o.bar - o.wanted,
    }));
  const x = { field: 'seed', type: 'ordinal' as const, axis: { title: 'run', labelAngle: 0 } };
  const shift = { field: 'name', type: 'nominal' as const };
  const title = 'found − reference (GPa)';
  const color = { ...shift, scale: { range: SERIES }, legend: { title: null } };
  const quantity = (field: string) => ({ field, type: 'quantitative' as const, title });
  return {
    id: `coverage-${material.replaceAll(/\W/g, '')}`,
    half: true,
    title: material,
    caption:
      'Difference from the reference and the stated 95 % bar, run by run; a bar that crosses zero holds the truth.',
    spec: {
      width: HALF_WIDTH,
      height: 220,
      data: { values },
      encoding: { x, xOffset: shift, color },
      layer: [
        { mark: { type: 'rule', strokeWidth: 1.4 }, encoding: { y: quantity('low'), y2: { field: 'high' } } },
        { mark: { type: 'point', size: 16 }, encoding: { y: quantity('off') } },
      ],
    } as TopLevelSpec,
  };
}
