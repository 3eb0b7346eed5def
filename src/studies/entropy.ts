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
import { rattled } from '../run/startingData.ts';
import { chooseStructures } from '../select/choose.ts';
import { strategies } from '../select/registry.ts';
import { vectorEntropy } from '../uncertainty/vectorEntropy.ts';
import { type Cycle, entropyFindings } from './entropyFindings.ts';
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

/** J/m² of 1 eV/Å². */
const JOULE_PER_SQUARE_METRE = GPA / 10;

export const entropyGuided = entry<Study, typeof schema>({
  kind: 'entropy',
  schema,
  create: (options) => ({
    run: (context) => study(context.short ? { ...options, cycles: 1, candidates: 10 } : options, context),
  }),
});

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
  return entropyFindings(reference, guided, byLot);
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
