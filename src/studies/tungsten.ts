import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { UserError } from '../core/errors.ts';
import { STREAM, uniforms } from '../core/philox.ts';
import { entry } from '../core/registry.ts';
import { atomCount } from '../core/structure.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { trainSchema } from '../learn/schema.ts';
import { createTrainer, type Training } from '../learn/trainer.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, FULL_WIDTH } from '../report/figure.ts';
import { percent } from '../report/format.ts';
import { quantile, rootMeanSquare } from '../report/statistics.ts';
import { COLOUR } from '../report/theme.ts';
import { readDataset } from '../run/datasetFile.ts';
import { type AtomScores, atomScores } from '../uncertainty/atomScores.ts';
import { areaUnderCurve, flagRate, recallOfWorst } from '../uncertainty/detection.ts';
import { measures } from '../uncertainty/registry.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    functions: z.int().min(20).default(180).describe('functions of the expansion'),
    clusters: z.int().min(1).default(8).describe('clusters before small ones are merged'),
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
/** What the level of novelty flags of the frames held in. */
const FALSE_ALARMS = 0.01;

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
  return { ...o, functions: 60, clusters: 4, train: 150, atoms: 400 };
}

/** The scores of one set of frames. */
interface Scored extends AtomScores {
  readonly name: string;
  readonly frames: number;
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
  const sets: Scored[] = [];
  for (const [name, frames] of [
    ['held in', heldIn],
    ['elastic', upTo(read(FILES.elastic), o.atoms)],
    ['non-elastic', upTo(read(FILES.nonElastic), o.atoms)],
    ['period-defect', upTo(read(FILES.defect), o.atoms)],
  ] as const) {
    signal.throwIfAborted();
    sets.push({ name, frames: frames.length, ...atomScores(training.potential, asked, frames) });
    progress(`${name}: ${sets.at(-1)!.errors.length} atoms`);
  }
  return findings(sets, training);
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

function teach(frames: readonly LabelledFrame[], o: Options): Training {
  const model = createAce(
    aceRequestSchema.parse({ elements: ['W'], cutoff: '5 Å', functionsPerElement: o.functions }),
  );
  const options = trainSchema.parse({
    activeSet: { clusters: o.clusters, restarts: o.restarts, seed: o.seed },
    ensemble: { seed: o.seed },
  });
  const trainer = createTrainer(options, model);
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

function findings(sets: readonly Scored[], training: Training): StudyOutput {
  const [heldIn, ...others] = sets;
  const names = Object.keys(heldIn.scores);
  const told = sets.filter((s) => Math.max(...s.errors) > 1e-3);
  const recall = names.map((name) => told.map((s) => recallOfWorst(s.scores[name], s.errors)));
  const area = names.map((name) => others.map((s) => areaUnderCurve(heldIn.scores[name], s.scores[name])));
  const level = names.map((name) => quantile(Array.from(heldIn.scores[name]), 1 - FALSE_ALARMS));
  const flagged = names.map((name, k) => others.map((s) => flagRate(s.scores[name], level[k])));
  const above = names.map((name) => [1, 2, 5].map((g) => flagRate(heldIn.scores[name], g)));
  const clusters = training.localSets![0].sets.map((set) => set.environments);
  const tables: DataTable[] = [
    {
      caption: 'Sets',
      heads: [{ text: 'set' }, ...['frames', 'atoms', 'force error, rms'].map(numeric)],
      rows: sets.map((s) => [s.name, s.frames, s.errors.length, rootMeanSquare(Array.from(s.errors))]),
    },
    {
      caption: 'Share of the worst 10 % of the force errors among the 10 % of highest score',
      heads: [{ text: 'measure' }, ...told.map((s) => numeric(s.name))],
      rows: names.map((name, k) => [name, ...recall[k].map(percent)]),
    },
    {
      caption: 'Novelty: chance that an atom of the set scores above one held in',
      heads: [{ text: 'measure' }, ...others.map((s) => numeric(s.name))],
      rows: names.map((name, k) => [name, ...area[k]]),
    },
    {
      caption: `Share flagged at the level that flags ${percent(FALSE_ALARMS)} of the atoms held in`,
      heads: [{ text: 'measure' }, numeric('level'), ...others.map((s) => numeric(s.name))],
      rows: names.map((name, k) => [name, level[k], ...flagged[k].map(percent)]),
    },
    {
      caption: 'Flag rate held in: share of the atoms held in with a grade above 1, 2 and 5',
      heads: [{ text: 'measure' }, ...[1, 2, 5].map((g) => numeric(`> ${g}`))],
      rows: names.slice(0, 3).map((name, k) => [name, ...above[k].map(percent)]),
    },
  ];
  const story = `A linear expansion of ${training.potential.functionCount} functions, taught ${training.frames} tungsten frames (${training.environments} environments); clusters of ${clusters.join(', ')} environments after merging.`;
  return {
    title: 'Which uncertainty finds the worst forces, and the new kinds?',
    story,
    tables,
    figures: [bars(names, told, recall)],
    numbers: { clusters, names, sets: sets.map((s) => s.name), recall, area, level, flagged, above },
  };
}

const numeric = (text: string) => ({ text, numeric: true });

function bars(
  names: readonly string[],
  sets: readonly Scored[],
  recall: readonly (readonly number[])[],
): Figure {
  const values = names.flatMap((measure, k) =>
    sets.map((s, q) => ({ measure, set: s.name, share: 100 * recall[k][q] })),
  );
  const spec = {
    width: FULL_WIDTH / 4,
    height: 150,
    data: { values },
    mark: { type: 'bar', color: COLOUR.blue },
    encoding: {
      column: { field: 'set', type: 'nominal', sort: null, title: null },
      y: { field: 'measure', type: 'nominal', sort: null, title: null },
      x: { field: 'share', type: 'quantitative', title: 'worst errors found (%)' },
    },
  };
  return {
    id: 'recall',
    title: 'Finding the worst force errors',
    caption:
      'Share of the worst 10 % of the force errors that is among the 10 % of the atoms of highest score.',
    spec: spec as unknown as TopLevelSpec,
  };
}
