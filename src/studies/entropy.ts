import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { potentials } from '../../potentials/registry.ts';
import { labelByPotential } from '../calculators/potential.ts';
import { takeOut } from '../core/pointDefects.ts';
import { crystal } from '../core/prototypes.ts';
import { entry } from '../core/registry.ts';
import { atomCount, type Structure, supercell } from '../core/structure.ts';
import { slab } from '../core/surfaces.ts';
import { GPA } from '../core/units.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { errorsOn } from '../learn/errors.ts';
import { ensembleSchema, trainSchema } from '../learn/schema.ts';
import { createTrainer } from '../learn/trainer.ts';
import { cubicProperties } from '../properties/cubicProperties.ts';
import { surfaceEnergy, vacancyEnergy } from '../properties/defects.ts';
import { type Evaluates, memberPotentials, plainly } from '../properties/evaluates.ts';
import type { DataTable } from '../report/dataTable.ts';
import type { Figure } from '../report/figure.ts';
import { rattled } from '../run/startingData.ts';
import { chooseStructures } from '../select/choose.ts';
import { strategies } from '../select/registry.ts';
import { vectorEntropy } from '../uncertainty/vectorEntropy.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    cycles: z.int().min(1).default(8).describe('at most'),
    batch: z.int().min(1).default(3).describe('labels of a cycle'),
    candidates: z.int().min(4).default(60).describe('strained configurations offered in a cycle'),
    strain: z
      .number()
      .positive()
      .max(0.2)
      .default(0.01)
      .describe('standard deviation of each strain component'),
    ensemble: ensembleSchema.shape.kind
      .removeDefault()
      .default('bootstrap')
      .describe('what makes the members differ'),
    settled: z.number().positive().default(0.3).describe('change of the entropy in a cycle that ends them'),
  })
  .describe(
    'entropy-guided learning of strained copper: entropy and properties with their bars, cycle by cycle, against the reference',
  );
type Options = z.output<typeof schema>;

const PROPERTIES = [
  { name: 'a₀', unit: 'Å' },
  { name: 'vacancy', unit: 'eV' },
  { name: 'surface (100)', unit: 'J/m²' },
  { name: 'C11', unit: 'GPa' },
  { name: 'C12', unit: 'GPa' },
  { name: 'C44', unit: 'GPa' },
] as const;

/** J/m² of 1 eV/Å². */
const JOULE_PER_SQUARE_METRE = GPA / 10;

export const entropyGuided = entry<Study, typeof schema>({
  kind: 'entropy',
  schema,
  create: (options) => ({
    run: (context) => study(context.short ? { ...options, cycles: 1, candidates: 10 } : options, context),
  }),
});

/** The ensemble after a cycle. */
interface Cycle {
  readonly labels: number;
  /** Of all properties over the members, in units of a hundredth of the reference's. */
  readonly entropy: number;
  readonly energyRmse: number;
  readonly forceRmse: number;
  /** Of the mean and of every member, [1 + members][properties]. */
  readonly values: readonly Float64Array[];
}

async function study(o: Options, context: StudyContext): Promise<StudyOutput> {
  const unit = crystal('fcc', ['Cu'], 3.615);
  const truth = potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] }));
  const label = (structure: Structure): LabelledFrame => ({
    structure,
    label: labelByPotential(truth, structure),
    core: new Uint8Array(atomCount(structure)).fill(1),
    faithful: true,
    group: 'strained',
    generation: 1,
  });
  const reference = await propertiesOf(plainly(truth), unit);
  const test = offered(o, 1000, 20).map(label);
  const guided = await cyclesOf('entropy', o, context, { reference, label, test, unit });
  const byLot = await cyclesOf('random', { ...o, settled: 0, cycles: guided.length - 1 }, context, {
    ...{ reference, label, test, unit },
  });
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

interface Ground {
  readonly reference: Float64Array;
  label(s: Structure): LabelledFrame;
  readonly test: readonly LabelledFrame[];
  readonly unit: Structure;
}

async function cyclesOf(kind: string, o: Options, context: StudyContext, ground: Ground): Promise<Cycle[]> {
  const request = aceRequestSchema.parse({
    elements: ['Cu'],
    cutoff: '6 Å',
    nradmax: [16, 5, 2],
    lmax: [0, 3, 1],
  });
  const trainer = createTrainer(trainSchema.parse({ ensemble: { kind: o.ensemble } }), createAce(request));
  const strategy = strategies.create({ kind });
  // To begin with only what is nearly at rest.
  const start = rattled(supercell(ground.unit, [2, 1, 1]), {
    frames: 3,
    amplitude: 0.04,
    strain: 0.005,
    seed: 1,
  });
  const labelled = start.map((s) => s.structure);
  const cycles: Cycle[] = [];
  try {
    for (let next = labelled; ; ) {
      context.signal.throwIfAborted();
      const ensemble = trainer.learn(next.map(ground.label));
      cycles.push(await cycleOf(ensemble.potential, labelled.length, ground));
      context.progress(
        `${kind}, cycle ${cycles.length - 1}: ${labelled.length} labels, H = ${cycles[cycles.length - 1].entropy.toFixed(2)}`,
      );
      if (cycles.length > o.cycles || hasSettled(cycles, o.settled)) return cycles;
      const pool = offered(o, cycles.length, o.candidates);
      const choice = { strategy, count: o.batch, seed: cycles.length };
      next = chooseStructures(pool, labelled, ensemble, choice).map((k) => pool[k]);
      labelled.push(...next);
    }
  } finally {
    trainer.dispose();
  }
}

/** Twice in turn: one cycle that teaches little says little. */
function hasSettled(cycles: readonly Cycle[], bound: number): boolean {
  if (cycles.length < 3) return false;
  const [a, b, c] = cycles.slice(-3).map((cycle) => cycle.entropy);
  return Math.abs(b - a) < bound && Math.abs(c - b) < bound;
}

/** Crystals, some with a vacancy or a surface, under random strains of every kind, atoms a little off their places. */
function offered(o: Options, cycle: number, count: number): Structure[] {
  const unit = crystal('fcc', ['Cu'], 3.615);
  const bulk = supercell(unit, [2, 1, 1]);
  const kinds = [bulk, bulk, bulk, takeOut(supercell(unit, [2, 2, 2]), 1), slab(unit, '100', [1, 1, 7], 12)];
  return Array.from({ length: count }, (_, k) => {
    const shape = { frames: 1, amplitude: 0.05, strain: o.strain, seed: 1000 * (100 + cycle) + k };
    return rattled(kinds[k % kinds.length], shape)[0].structure;
  });
}

async function cycleOf(ensemble: LearnablePotential, labels: number, ground: Ground): Promise<Cycle> {
  const { e0, mean } = ensemble.parameters;
  const driving = ensemble.withParameters({ e0, mean, members: [] });
  const values: Float64Array[] = [];
  for (const potential of [driving, ...memberPotentials(ensemble)])
    values.push(await propertiesOf(plainly(potential), ground.unit));
  const members = values.slice(1);
  const responses = Float64Array.from(members.flatMap((v) => [...v]));
  const scale = ground.reference.map((x) => 0.01 * Math.abs(x));
  const { energyRmse, forceRmse } = errorsOn(driving, ground.test);
  return { labels, entropy: vectorEntropy(responses, members.length, scale), energyRmse, forceRmse, values };
}

async function propertiesOf(evaluates: Evaluates, unit: Structure): Promise<Float64Array> {
  const { a, C11, C12, C44, structure } = await cubicProperties(evaluates, unit);
  const { value: vacancy = Number.NaN } = await vacancyEnergy(evaluates, structure, [2, 2, 2]);
  const { value: surface = Number.NaN } = await surfaceEnergy(evaluates, structure, '100', 7);
  return Float64Array.of(a, vacancy, surface * JOULE_PER_SQUARE_METRE, C11, C12, C44);
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
