import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import type { LearnablePotential } from '../../potentials/learnable.ts';
import { crystal } from '../core/prototypes.ts';
import { entry } from '../core/registry.ts';
import type { Structure } from '../core/structure.ts';
import { trainSchema } from '../learn/schema.ts';
import { createTrainer } from '../learn/trainer.ts';
import { cubicProperties } from '../properties/cubicProperties.ts';
import { type Evaluates, memberPotentials, plainly } from '../properties/evaluates.ts';
import { idealStrength, type TensilePoint, tensileCurve } from '../properties/tensile.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, FULL_WIDTH } from '../report/figure.ts';
import { chooseStructures } from '../select/choose.ts';
import { byLot } from '../select/random.ts';
import { strategies } from '../select/registry.ts';
import { MADE_POOLS, madeFrames } from './pools.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    pool: z.int().min(20).default(100).describe('structures to choose from'),
    batch: z.int().min(1).default(6).describe('labels of a round'),
    rounds: z.int().min(1).default(4).describe('rounds, the first by lot'),
    seeds: z.int().min(1).default(3).describe('repetitions with other structures to begin with'),
    step: z.number().positive().default(0.015).describe('of the strain in the sweep'),
  })
  .describe(
    'information matching the indirect way: iron matched to its energy, pressure and elastic constants, then pulled to its ideal strength',
  );
type Options = z.output<typeof schema>;

/** Intermediate properties first, then the one that nothing was matched to. */
const PROPERTIES = [
  { name: 'a₀', unit: 'Å' },
  { name: 'C11', unit: 'GPa' },
  { name: 'C12', unit: 'GPa' },
  { name: 'C44', unit: 'GPa' },
  { name: 'ideal strength [001]', unit: 'GPa' },
] as const;

/** Strain to which iron is pulled; its strength is reached long before. */
const FARTHEST = 0.21;

export const strength = entry<Study, typeof schema>({
  kind: 'strength',
  schema,
  create: (options) => ({
    run: (context) =>
      study(context.short ? { ...options, pool: 30, rounds: 2, seeds: 1, step: 0.03 } : options, context),
  }),
});

/** What a potential says of the crystal. */
interface Said {
  readonly values: Float64Array;
  readonly curve: readonly TensilePoint[];
}

/** The mean potential first, then every member. */
type Predicted = readonly Said[];

const CHOICES = ['informationMatching', 'random'] as const;

async function study(o: Options, context: StudyContext): Promise<StudyOutput> {
  const made = MADE_POOLS[2]();
  const frames = madeFrames(made, o.pool, 1);
  const unit = crystal('bcc', ['Fe'], 2.866);
  const reference = await said(plainly(made.reference), unit, o);
  const found: Record<string, Predicted[]> = {};
  for (const kind of CHOICES) {
    found[kind] = [];
    for (let seed = 1; seed <= o.seeds; seed++) {
      context.signal.throwIfAborted();
      found[kind].push(await predicted(kind, seed, frames, unit, o));
      context.progress(`${kind}, start ${seed}: ${found[kind][seed - 1][0].values.at(-1)!.toFixed(2)} GPa`);
    }
  }
  const labels = o.batch * o.rounds;
  const strengths = found.informationMatching.map((p) => p[0].values.at(-1)!);
  return {
    title: 'From elastic constants to strength',
    story:
      `Of ${o.pool} structures of iron, ${labels} were labelled: those that settle energy, pressure and elastic constants of the crystal. ` +
      `The ideal strength along [001], which nothing was matched to, came out at ${strengths.map((s) => s.toFixed(2)).join(', ')} GPa; ` +
      `the reference has ${reference.values.at(-1)!.toFixed(2)} GPa.`,
    tables: [propertyTable(reference, found)],
    figures: [curveFigure(reference, found)],
    numbers: { reference, found },
  };
}

async function predicted(
  kind: (typeof CHOICES)[number],
  seed: number,
  frames: ReturnType<typeof madeFrames>,
  unit: Structure,
  o: Options,
): Promise<Predicted> {
  const request = { elements: ['Fe'], cutoff: '6 Å', nradmax: [12, 4, 2], lmax: [0, 3, 1] };
  const trainer = createTrainer(trainSchema.parse({}), createAce(aceRequestSchema.parse(request)));
  const strategy = strategies.create(strategies.schema.parse({ kind, ...(kind === 'random' ? {} : WISH) }));
  try {
    const left = new Set(frames.keys());
    const labelled: Structure[] = [];
    let next = byLot(frames.length, o.batch, seed, 1);
    for (let round = 1; ; round++) {
      for (const k of next) left.delete(k);
      labelled.push(...next.map((k) => frames[k].structure));
      const ensemble = trainer.learn(next.map((k) => frames[k]));
      if (round === o.rounds) return await ensembleSaid(ensemble.potential, unit, o);
      const waiting = [...left];
      const pool = waiting.map((k) => frames[k].structure);
      const choice = { strategy, count: o.batch, seed: 100 * seed + round };
      next = chooseStructures(pool, labelled, ensemble, choice).map((k) => waiting[k]);
    }
  } finally {
    trainer.dispose();
  }
}

/** What matching is told to want. */
const WISH = {
  crystals: [{ prototype: 'bcc', element: 'Fe', a: '2.866 Å' }],
  energy: '2 meV/atom',
  stress: '0.2 GPa',
  elastic: '2 GPa',
};

async function ensembleSaid(ensemble: LearnablePotential, unit: Structure, o: Options): Promise<Predicted> {
  const { e0, mean } = ensemble.parameters;
  const driving = ensemble.withParameters({ e0, mean, members: [] });
  const all: Said[] = [];
  for (const potential of [driving, ...memberPotentials(ensemble)])
    all.push(await said(plainly(potential), unit, o));
  return all;
}

async function said(evaluates: Evaluates, unit: Structure, { step }: Options): Promise<Said> {
  const { a, C11, C12, C44, structure } = await cubicProperties(evaluates, unit);
  const strains = Array.from({ length: Math.round(FARTHEST / step) }, (_, k) => step * (k + 1));
  const curve = await tensileCurve(evaluates, structure, 2, strains);
  return { values: Float64Array.of(a, C11, C12, C44, idealStrength(curve)), curve };
}

/** Over repetitions: the mean potential's values, and the members' standard deviation about it; both leave out what is not a number. */
function summary(predictions: readonly Predicted[], q: number) {
  const finite = (values: readonly number[]) => values.filter(Number.isFinite);
  const average = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const means = finite(predictions.map((p) => p[0].values[q]));
  const deviations = predictions.flatMap((p) =>
    finite(p.slice(1).map((m) => m.values[q])).map((x) => (x - p[0].values[q]) ** 2),
  );
  return { mean: average(means), sigma: Math.sqrt(average(finite(deviations))) };
}

function propertyTable(reference: Said, found: Readonly<Record<string, readonly Predicted[]>>): DataTable {
  return {
    caption:
      'The properties that were matched, and the strength that was not: mean over repetitions, and the spread of the members.',
    heads: [
      { text: 'property' },
      { text: 'reference', numeric: true },
      { text: 'matched', numeric: true },
      { text: 'by lot', numeric: true },
    ],
    rows: PROPERTIES.map(({ name, unit }, q) => [
      `${name} (${unit})`,
      reference.values[q].toPrecision(4),
      ...CHOICES.map((kind) => {
        const { mean, sigma } = summary(found[kind], q);
        return `${mean.toPrecision(4)} ± ${sigma.toPrecision(2)}`;
      }),
    ]),
  };
}

function curveFigure(reference: Said, found: Readonly<Record<string, readonly Predicted[]>>): Figure {
  const values = [
    ...reference.curve.map((p) => ({ ...p, by: 'reference', line: 'reference' })),
    ...CHOICES.flatMap((kind) =>
      found[kind].flatMap((p, k) =>
        p[0].curve.map((point) => ({
          ...point,
          by: kind === 'random' ? 'by lot' : 'matched',
          line: `${kind} ${k}`,
        })),
      ),
    ),
  ];
  return {
    id: 'tension',
    title: 'Iron pulled along [001]',
    caption: 'Stress against engineering strain, sides free, at rest; a line each repetition.',
    spec: {
      width: FULL_WIDTH,
      height: 240,
      data: { values },
      mark: { type: 'line', point: true, strokeWidth: 1.4 },
      encoding: {
        x: { field: 'strain', type: 'quantitative', axis: { title: 'strain' } },
        y: { field: 'stress', type: 'quantitative', axis: { title: 'stress (GPa)' } },
        color: { field: 'by', type: 'nominal', sort: null, legend: { title: null } },
        detail: { field: 'line' },
      },
    } as TopLevelSpec,
  };
}
