import { join } from 'node:path';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { UserError } from '../core/errors.ts';
import { STREAM, uniforms } from '../core/philox.ts';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import { activeSetsOf } from '../learn/activeSetsOf.ts';
import { createAlgebra } from '../learn/algebra.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { type TrainOptions, trainSchema } from '../learn/schema.ts';
import { createTrainer, type Training } from '../learn/trainer.ts';
import { readDataset } from '../run/datasetFile.ts';
import { atomScores } from '../uncertainty/atomScores.ts';
import { areaUnderCurve, flagRate, recallOfWorst } from '../uncertainty/detection.ts';
import { READINGS, type Reading } from '../uncertainty/localGrade.ts';
import { measures } from '../uncertainty/registry.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';
import { ALARM, findings, type Scored, type Split } from './tungstenFindings.ts';

const schema = z
  .strictObject({
    functions: z.int().min(20).default(180).describe('functions of the expansion'),
    clusters: z.int().min(1).default(8).describe('clusters before small ones are merged'),
    splits: z
      .array(z.int().min(1))
      .default([1, 2, 4, 8, 16])
      .describe('numbers of clusters that are compared'),
    restarts: z.int().min(1).default(1).describe('choices that a local grade is the mean of'),
    seed: z.int().nonnegative().default(1).describe('seed of clusters, members and chance'),
    train: z.int().min(20).default(1800).describe('frames taught; as many at most are held in'),
    atoms: z.int().min(100).default(6000).describe('atoms of each test set at most, whole frames'),
  })
  .describe(
    'global against local grades against a committee: which finds the worst forces, which the new kinds',
  );
type Options = z.output<typeof schema>;

/** eV/Å; frames with larger forces are no part of what the fit is asked for. */
const LARGEST_FORCE = 5;
const FILES = {
  training: 'PRM2020.xyz',
  elastic: 'elastic.xyz',
  nonElastic: 'non-elastic.xyz',
  defect: 'period-defect.xyz',
};
const MEASURES = {
  'γ global': { kind: 'extrapolationGrade' },
  'γ local, min': { kind: 'localGrade', reading: 'min' },
  'γ local, nearest': { kind: 'localGrade', reading: 'nearest' },
  'subspace residual': { kind: 'subspaceResidual' },
  'committee σ_F': { kind: 'committeeForce' },
};
const CHANCE = 'chance';

export const tungsten = entry<Study, typeof schema>({
  kind: 'tungsten',
  schema,
  create: (options) => ({ run: (context) => study(context.short ? shortened(options) : options, context) }),
});

function shortened(o: Options): Options {
  return { ...o, functions: 60, clusters: 4, splits: [1, 4], train: 150, atoms: 400 };
}

async function study(o: Options, { data, progress, signal }: StudyContext): Promise<StudyOutput> {
  if (data === undefined)
    throw new UserError(
      `study tungsten: got no data, must be the folder of ${Object.values(FILES).join(', ')}; give --data`,
    );
  const read = (name: string) => readDataset(join(data, name));
  const usable = read(FILES.training).filter((f) => largestForce(f) < LARGEST_FORCE);
  const taught = evenly(
    usable.filter((_, k) => k % 2 === 0),
    o.train,
  );
  const heldIn = upTo(
    evenly(
      usable.filter((_, k) => k % 2 === 1),
      o.train,
    ),
    o.atoms,
  );
  const began = performance.now();
  const training = teach(taught, o);
  progress(`taught ${taught.length} frames in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const asked = measuresOf(training, o.seed);
  const tests = [
    { name: 'held in', frames: heldIn },
    { name: 'elastic', frames: upTo(read(FILES.elastic), o.atoms) },
    { name: 'non-elastic', frames: upTo(read(FILES.nonElastic), o.atoms) },
    { name: 'period-defect', frames: upTo(read(FILES.defect), o.atoms) },
  ];
  const sets: Scored[] = [];
  for (const { name, frames } of tests) {
    signal.throwIfAborted();
    sets.push({ name, frames: frames.length, ...atomScores(training.potential, asked, frames) });
    progress(`${name}: ${sets.at(-1)!.errors.length} atoms`);
  }
  const splits: Split[] = [];
  for (const clusters of o.splits) {
    signal.throwIfAborted();
    splits.push(split(clusters, training, taught, tests, o));
    progress(`clusters ${clusters}, after merging ${splits.at(-1)!.left}`);
  }
  return findings(sets, splits, training);
}

function split(
  clusters: number,
  { potential }: Training,
  taught: readonly LabelledFrame[],
  [heldIn, ...others]: readonly { readonly frames: readonly LabelledFrame[] }[],
  o: Options,
): Split {
  const algebra = createAlgebra('wasm', potential.functionCount + 1);
  const options = { ...optionsOf(o).activeSet, clusters };
  const sets = activeSetsOf(potential, taught, options, [], algebra);
  algebra.dispose();
  const context = { potential, ...sets };
  const asked = Object.fromEntries(
    READINGS.map((reading) => [
      reading,
      measures.create({ kind: 'localGrade', reading } as { kind: string })(context),
    ]),
  );
  const known = atomScores(potential, asked, heldIn.frames);
  const novel = atomScores(potential, asked, others.at(-1)!.frames);
  const by = <T>(measure: (reading: Reading) => T) => READINGS.map(measure);
  return {
    clusters,
    left: sets.localSets![0].sets.length,
    recall: by((r) => recallOfWorst(known.scores[r], known.errors)),
    area: by((r) => areaUnderCurve(known.scores[r], novel.scores[r])),
    flagged: by((r) => flagRate(known.scores[r], ALARM)),
  };
}

function largestForce({ label }: LabelledFrame): number {
  return label.forces.reduce((most, f) => Math.max(most, Math.abs(f)), 0);
}

/** At most `count`, in even steps. */
function evenly<T>(all: readonly T[], count: number): T[] {
  const most = Math.min(count, all.length);
  return Array.from({ length: most }, (_, k) => all[Math.floor((k * all.length) / most)]);
}

/** Frames in even steps, so many that they hold about `atoms`. */
function upTo(frames: readonly LabelledFrame[], atoms: number): LabelledFrame[] {
  const all = frames.reduce((sum, f) => sum + atomCount(f.structure), 0);
  return evenly(frames, Math.max(1, Math.floor(Math.min(1, atoms / all) * frames.length)));
}

function optionsOf({ clusters, restarts, seed }: Options): TrainOptions {
  return trainSchema.parse({ activeSet: { clusters, restarts, seed }, ensemble: { seed } });
}

function teach(frames: readonly LabelledFrame[], o: Options): Training {
  const model = createAce(
    aceRequestSchema.parse({ elements: ['W'], cutoff: '5 Å', functionsPerElement: o.functions }),
  );
  const trainer = createTrainer(optionsOf(o), model);
  try {
    return trainer.learn(frames);
  } finally {
    trainer.dispose();
  }
}

function measuresOf(training: Training, seed: number): Record<string, Uncertainty> {
  const four = new Float64Array(4);
  let drawn = 0;
  const chance: Uncertainty = {
    kind: CHANCE,
    unit: '',
    needs: [],
    grade: (_, s) =>
      Float64Array.from({ length: atomCount(s) }, () => uniforms(seed, STREAM.select, 0, drawn++, four)[0]),
  };
  const made = Object.entries(MEASURES).map(([name, options]) => [name, measures.create(options)(training)]);
  return { ...Object.fromEntries(made), [CHANCE]: chance };
}
