import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { normals, STREAM } from '../core/philox.ts';
import { crystal } from '../core/prototypes.ts';
import { entry } from '../core/registry.ts';
import { fitParameters } from '../information/fit.ts';
import {
  informationsOf,
  isMatchedModel,
  type MatchedModel,
  type MatchingTask,
  matchAndFit,
  targetsOf,
} from '../information/loop.ts';
import { parametric, predictions } from '../information/parametric.ts';
import { propagated } from '../information/propagate.ts';
import { cubicProperties } from '../properties/cubicProperties.ts';
import { plainly } from '../properties/evaluates.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, HALF_WIDTH } from '../report/figure.ts';
import { byLot } from '../select/random.ts';
import { MADE_POOLS, madeFrames } from './pools.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    pool: z.int().min(10).default(120).describe('structures to choose from'),
    off: z
      .number()
      .min(0)
      .max(0.3)
      .default(0.1)
      .describe('by which share parameters are wrong to begin with'),
    accuracy: z.number().positive().default(0.1).describe('wanted of every property, relative'),
    seeds: z.int().min(1).default(5).describe('other wrong parameters to begin with'),
    rehearsals: z
      .int()
      .min(2)
      .default(20)
      .describe('refits to labels with noise of the precision that is asked for'),
  })
  .describe(
    'information matching on Stillinger-Weber silicon: which labels settle its lattice constant, cohesive energy and elastic constants',
  );
type Options = z.output<typeof schema>;

/** Published values of the model: Å, eV, GPa. */
const TARGETS = [
  { name: 'a₀', unit: 'Å', value: 5.431 },
  { name: 'E_coh', unit: 'eV', value: -4.336 },
  { name: 'C11', unit: 'GPa', value: 151.4 },
  { name: 'C12', unit: 'GPa', value: 76.4 },
  { name: 'C44', unit: 'GPa', value: 56.4 },
] as const;

const NAMES = ['A', 'B', 'sigma', 'lambda', 'gamma'] as const;

export const information = entry<Study, typeof schema>({
  kind: 'information',
  schema,
  create: (options) => ({
    run: (context) =>
      study(context.short ? { ...options, pool: 20, seeds: 1, rehearsals: 4 } : options, context),
  }),
});

/** What one start came to. */
interface Outcome {
  readonly found: MatchedModel;
  /** Properties after refits to labels as noisy as they may be, [rehearsals][q]. */
  readonly noisy: readonly Float64Array[];
  /** What as many structures chosen by lot, with the same precision in all, leave open: σ of each property. */
  readonly byLot: Float64Array;
}

async function study(o: Options, context: StudyContext): Promise<StudyOutput> {
  const model = parametric({ kind: 'stillingerWeber' }, NAMES);
  const frames = madeFrames(MADE_POOLS[1](), o.pool, 1);
  const labels = frames.map(({ label }) => Float64Array.of(label.energy, ...label.forces));
  const cell = crystal('diamond', ['Si'], TARGETS[0].value);
  const task: MatchingTask = {
    model,
    candidates: frames.map((f) => f.structure),
    label: (m) => labels[m],
    wanted: TARGETS.map(({ name, unit, value }) => ({ name, unit, accuracy: Math.abs(value) * o.accuracy })),
    async properties(theta) {
      const { a, energy, C11, C12, C44 } = await cubicProperties(plainly(model.at(theta)), cell);
      return Float64Array.of(a, energy, C11, C12, C44);
    },
  };
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= o.seeds; seed++) {
    context.signal.throwIfAborted();
    const found = await matchAndFit({
      ...task,
      model: { ...model, start: moved(model.start, o.off, seed) },
      progress: (turn, chosen) =>
        context.progress(`start ${seed}, turn ${turn}: ${chosen} of ${o.pool} structures`),
    });
    if (!isMatchedModel(found)) throw new Error('the pool tells nothing of a target');
    outcomes.push({
      found,
      noisy: await rehearsed(task, found, o.rehearsals, seed),
      byLot: await lot(task, found, seed),
    });
  }
  const reference = await task.properties(model.start);
  const size = outcomes.map((r) => r.found.chosen.length);
  return {
    title: 'The fewest labels that settle five properties',
    story:
      `Parameters of Stillinger-Weber silicon were wrong by ${100 * o.off} % to begin with. ` +
      `Of ${o.pool} structures, ${Math.min(...size)} to ${Math.max(...size)} were labelled; ` +
      `from ${reached(reference, outcomes, o)} of ${outcomes.length} starts every property came out within the ${100 * o.accuracy} % that was wanted.`,
    tables: [
      propertyTable(o, reference, outcomes),
      labelTable(
        outcomes,
        frames.map((f) => f.group),
      ),
    ],
    figures: [precisionFigure(outcomes, o)],
    numbers: outcomes.map(({ found, noisy, byLot }) => ({ ...found, noisy, byLot })),
  };
}

/** Starts from which every property was reached. */
function reached(reference: Float64Array, outcomes: readonly Outcome[], { accuracy }: Options): number {
  return outcomes.filter(({ found }) =>
    found.values.every((value, q) => Math.abs(value - reference[q]) <= accuracy * Math.abs(reference[q])),
  ).length;
}

function moved(theta: Float64Array, by: number, seed: number): Float64Array {
  return theta.map((x, k) => x + by * normals(seed, STREAM.select, 4, k, new Float64Array(4))[0]);
}

/** Refits to labels that are off by normals of the standard deviation that their weights allow. */
async function rehearsed(task: MatchingTask, found: MatchedModel, count: number, seed: number) {
  const { model, candidates } = task;
  const all: Float64Array[] = [];
  for (let round = 0; round < count; round++) {
    const labels = found.chosen.map((m) => {
      const sigma = 1 / Math.sqrt(found.weights[m]);
      const noise = (q: number) =>
        normals(1000 * seed + round, STREAM.select, 100 + m, q, new Float64Array(4))[0];
      return {
        weight: found.weights[m],
        predict: (theta: Float64Array) => predictions(model.at(theta), candidates[m]),
        label: task.label(m).map((y, q) => y + sigma * noise(q)),
      };
    });
    all.push(await task.properties((await fitParameters(labels, found.theta)).theta));
  }
  return all;
}

/** σ of the properties if the same sum of weights went evenly to as many structures chosen by lot. */
async function lot(task: MatchingTask, found: MatchedModel, seed: number): Promise<Float64Array> {
  const taken = new Set(byLot(task.candidates.length, found.chosen.length, seed, 6));
  const even = found.weights.reduce((sum, w) => sum + w, 0) / taken.size;
  const weights = found.weights.map((_, m) => (taken.has(m) ? even : 0));
  const C = propagated(await informationsOf(task, found.theta), weights, await targetsOf(task, found.theta));
  return Float64Array.from(task.wanted, (_, q) => Math.sqrt(C.get(q, q)));
}

const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

function propertyTable(o: Options, reference: Float64Array, outcomes: readonly Outcome[]): DataTable {
  return {
    caption:
      'Properties, with the standard deviation that was wanted, that the weights promise, and that refits to labels of that precision have; and what as many labels by lot would leave.',
    heads: [
      { text: 'property' },
      { text: 'published', numeric: true },
      { text: 'fitted', numeric: true },
      { text: 'wanted σ', numeric: true },
      { text: 'promised σ', numeric: true },
      { text: 'refitted σ', numeric: true },
      { text: 'σ by lot', numeric: true },
    ],
    rows: TARGETS.map(({ name, unit, value }, q) => [
      `${name} (${unit})`,
      value.toString(),
      (outcomes.reduce((sum, r) => sum + r.found.values[q], 0) / outcomes.length).toFixed(3),
      Math.abs(value) * o.accuracy,
      rms(outcomes.map((r) => r.found.sigma[q])),
      rms(outcomes.flatMap((r) => r.noisy.map((n) => n[q] - reference[q]))),
      rms(outcomes.map((r) => r.byLot[q])),
    ]),
  };
}

function labelTable(outcomes: readonly Outcome[], groups: readonly string[]): DataTable {
  return {
    caption:
      'The structures that were labelled, and how precise their labels have to be (energy in eV, forces in eV/Å).',
    heads: [
      { text: 'start', numeric: true },
      { text: 'structure', numeric: true },
      { text: 'kind' },
      { text: 'σ of the label', numeric: true },
    ],
    rows: outcomes.flatMap(({ found }, k) =>
      found.chosen.map((m) => [k + 1, m + 1, groups[m], 1 / Math.sqrt(found.weights[m])]),
    ),
  };
}

function precisionFigure(outcomes: readonly Outcome[], o: Options): Figure {
  const values = outcomes.flatMap((r) =>
    TARGETS.flatMap(({ name, value }, q) => [
      { name, by: 'matched', share: (100 * r.found.sigma[q]) / Math.abs(value) },
      { name, by: 'by lot', share: (100 * r.byLot[q]) / Math.abs(value) },
    ]),
  );
  return {
    id: 'precision',
    half: true,
    title: 'How well each property is settled',
    caption: `Relative standard deviation of each property by the matched labels and by as many chosen by lot; ${100 * o.accuracy} % were wanted.`,
    spec: {
      width: HALF_WIDTH,
      height: 230,
      data: { values },
      mark: { type: 'point', filled: true, size: 50 },
      encoding: {
        x: { field: 'name', type: 'nominal', sort: null, axis: { title: null, labelAngle: 0 } },
        y: { field: 'share', type: 'quantitative', scale: { type: 'log' }, axis: { title: 'σ (%)' } },
        color: { field: 'by', type: 'nominal', sort: null, legend: { title: null } },
      },
    } as TopLevelSpec,
  };
}
