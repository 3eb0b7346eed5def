import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { UserError } from '../core/errors.ts';
import { entry } from '../core/registry.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { ensembleSchema, trainSchema } from '../learn/schema.ts';
import { createTrainer, type Training } from '../learn/trainer.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, HALF_WIDTH } from '../report/figure.ts';
import { percent } from '../report/format.ts';
import { rankCorrelation } from '../report/statistics.ts';
import { COLOUR, SERIES } from '../report/theme.ts';
import { readDataset } from '../run/datasetFile.ts';
import {
  type Calibration,
  calibrate,
  type ErrorPairs,
  errorPairs,
  forceErrorAt,
  joined,
  LEVEL,
} from '../uncertainty/calibration.ts';
import { likeliestScale, negativeLogLikelihood, normalCoverage } from '../uncertainty/normalErrors.ts';
import { measures } from '../uncertainty/registry.ts';
import { MADE_POOLS, madeFrames } from './pools.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    element: z.string().default('Si').describe('whose ELEMENT.training.xyz and ELEMENT.test.xyz are read'),
    functions: z.int().min(10).max(1000).default(120).describe('of the expansion'),
    members: z.int().min(2).max(64).default(8).describe('of every ensemble'),
    seed: z.int().nonnegative().default(1).describe('of the members'),
    folds: z.int().min(1).max(5).default(5).describe('repetitions with other frames held out'),
  })
  .describe('what spreads of ensembles are worth in eV/Å: calibration, coverage on known and on novel kinds');
type Options = z.output<typeof schema>;

type Kind = z.output<typeof ensembleSchema>['kind'];
const KINDS: readonly Kind[] = ensembleSchema.shape.kind.unwrap().options;
const GRADE = 'γ';

export const ensembles = entry<Study, typeof schema>({
  kind: 'ensembles',
  schema,
  create: (options) => ({
    run: (context) =>
      study(context.short ? { ...options, functions: 20, members: 4, folds: 1 } : options, context),
  }),
});

/** What a measure says of frames to calibrate on, of the same kind, and of others. */
interface Trial {
  readonly calibration: readonly ErrorPairs[];
  readonly same: ErrorPairs;
}

interface Row {
  readonly name: string;
  readonly trials: readonly Trial[];
  /** Share of the errors within the bound by group that was left out. */
  readonly novel: Readonly<Record<string, number>>;
}

async function study(o: Options, context: StudyContext): Promise<StudyOutput> {
  const frames = framesOf(o, context);
  const groups = [...new Set(frames.map((f) => f.group))].filter(
    (g) => frames.filter((f) => f.group === g).length < 0.8 * frames.length,
  );
  const leftOut = context.short ? groups.slice(0, 2) : groups;
  const names = [...KINDS, GRADE];
  const trials = Object.fromEntries(names.map((name) => [name, [] as Trial[]]));
  const novel = Object.fromEntries(names.map((name) => [name, {} as Record<string, number>]));
  for (const kind of KINDS) {
    for (let fold = 0; fold < o.folds; fold++) {
      context.signal.throwIfAborted();
      const { taught, calibration, rest } = split(frames, fold);
      const found = judged(kind, taught, { calibration, rest }, o);
      for (const [name, { calibration: pairs, rest: same }] of Object.entries(found))
        trials[name].push({ calibration: pairs, same: joined(same) });
      context.progress(`${kind}, fold ${fold + 1} of ${o.folds}`);
    }
    for (const group of leftOut) {
      context.signal.throwIfAborted();
      const { taught, calibration } = split(
        frames.filter((f) => f.group !== group),
        0,
      );
      const rest = frames.filter((f) => f.group === group);
      const found = judged(kind, taught, { calibration, rest }, o);
      for (const [name, pairs] of Object.entries(found))
        novel[name][group] = covered(calibrated(pairs.calibration), joined(pairs.rest));
      context.progress(`${kind}, without ${group}`);
    }
  }
  const rows = names.map((name): Row => ({ name, trials: trials[name], novel: novel[name] }));
  return findings(rows, leftOut, frames.length, o);
}

function framesOf({ element }: Options, { data, short }: StudyContext): LabelledFrame[] {
  if (data === undefined) return madeFrames(MADE_POOLS[1](), short ? 50 : 400, 1);
  const files = ['training', 'test'].map((part) => join(data, `${element}.${part}.xyz`));
  const missing = files.find((file) => !existsSync(file));
  if (missing)
    throw new UserError(
      `study ensembles: ${missing} is missing; give --data a folder that has it, or leave it out`,
    );
  const all = files.flatMap((file) => readDataset(file));
  return short ? all.filter((_, k) => k % 4 === 0) : all;
}

/** Of five frames in a row three are taught, one calibrates, one tests: the parts are of the same kinds. */
function split(frames: readonly LabelledFrame[], fold: number) {
  const part = (k: number) => frames.filter((_, f) => (f + fold) % 5 === k);
  return { taught: frames.filter((_, f) => (f + fold) % 5 > 1), calibration: part(0), rest: part(1) };
}

/** Pairs of the ensemble's σ_F and, for one kind of ensemble, of γ, which all of them share. */
function judged<Set extends string>(
  kind: Kind,
  taught: readonly LabelledFrame[],
  sets: Readonly<Record<Set, readonly LabelledFrame[]>>,
  o: Options,
): Record<string, Record<Set, ErrorPairs[]>> {
  const training = teach(kind, taught, o);
  const asked: Record<string, string> = { [kind]: 'committeeForce' };
  if (kind === KINDS[0]) asked[GRADE] = 'extrapolationGrade';
  const pairsBy = (measure: string) => {
    const made = measures.create({ kind: measure })(training);
    const pairs = Object.entries<readonly LabelledFrame[]>(sets).map(([set, frames]) => [
      set,
      frames.map((f) => errorPairs(training.potential, made, f)),
    ]);
    return Object.fromEntries(pairs) as Record<Set, ErrorPairs[]>;
  };
  return Object.fromEntries(Object.entries(asked).map(([name, measure]) => [name, pairsBy(measure)]));
}

function teach(
  kind: Kind,
  frames: readonly LabelledFrame[],
  { functions, members, seed }: Options,
): Training {
  const elements = [...new Set(frames.flatMap((f) => f.structure.elements))];
  const model = createAce(
    aceRequestSchema.parse({ elements, cutoff: '5 Å', functionsPerElement: functions }),
  );
  const trainer = createTrainer(trainSchema.parse({ ensemble: { kind, members, seed } }), model);
  try {
    return trainer.learn(frames);
  } finally {
    trainer.dispose();
  }
}

function calibrated(pairs: readonly ErrorPairs[], level = LEVEL): Calibration {
  const made = calibrate('force error', pairs, level);
  if (!made) throw new UserError('study ensembles: too few atoms to calibrate on; give more frames');
  return made;
}

function covered(calibration: Calibration, { grades, errors }: ErrorPairs): number {
  return errors.filter((e, k) => e <= forceErrorAt(calibration, grades[k]).bound).length / errors.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Mean over folds of what held-out calibration makes of a measure. */
function summary({ trials }: Row) {
  const over = (of: (t: Trial, scale: number, made: Calibration) => number) =>
    mean(trials.map((t) => of(t, likeliestScale(joined(t.calibration)), calibrated(t.calibration))));
  const bounds = (t: Trial, made: Calibration) => t.same.grades.map((g) => forceErrorAt(made, g));
  return {
    scale: over((_, scale) => scale),
    stated: over((t) => normalCoverage(t.same, LEVEL)),
    scaled: over((t, scale) => normalCoverage(t.same, LEVEL, scale)),
    conformal: over((t, _, made) => covered(made, t.same)),
    bound: over((t, _, made) => mean(bounds(t, made).map((b) => b.bound))),
    margin: over((t, _, made) => mean(bounds(t, made).map((b) => b.bound - b.expected))),
    nll: over((t) => negativeLogLikelihood(t.same)),
    nllScaled: over((t, scale) => negativeLogLikelihood(t.same, scale)),
    rank: over((t) => rankCorrelation(t.same.grades, t.same.errors)),
    error: over((t) => mean(t.same.errors)),
  };
}

function findings(rows: readonly Row[], groups: readonly string[], frames: number, o: Options): StudyOutput {
  const found = rows.map(summary);
  const numeric = (text: string, unit?: string) => ({ text, numeric: true, ...(unit && { unit }) });
  const isSigma = ({ name }: Row) => name !== GRADE;
  const sigmaOnly = (k: number, text: string | number) => (isSigma(rows[k]) ? text : '–');
  const same: DataTable = {
    caption: `${percent(LEVEL)} bounds of the force error of an atom, on frames held out of the same kinds`,
    heads: [
      { text: 'measure' },
      numeric('σ is too small by'),
      ...['as stated', 'scaled', 'conformal'].map((text) => numeric(`covered, ${text}`)),
      numeric('mean bound', 'eV/Å'),
      numeric('margin', 'eV/Å'),
      numeric('−ln p, stated'),
      numeric('−ln p, scaled'),
      numeric('rank correlation'),
    ],
    rows: found.map((f, k) => [
      isSigma(rows[k]) ? `σ, ${rows[k].name}` : rows[k].name,
      ...[f.scale, percent(f.stated), percent(f.scaled)].map((x) => sigmaOnly(k, x)),
      percent(f.conformal),
      f.bound,
      f.margin,
      ...[f.nll, f.nllScaled].map((x) => sigmaOnly(k, x)),
      f.rank,
    ]),
  };
  const novel: DataTable = {
    caption:
      'Covered by the conformal bounds on a kind of configuration that was neither taught nor calibrated on',
    heads: [{ text: 'measure' }, numeric('same kinds'), ...groups.map((g) => numeric(g))],
    rows: rows.map((r, k) => [
      isSigma(r) ? `σ, ${r.name}` : r.name,
      percent(found[k].conformal),
      ...groups.map((g) => percent(r.novel[g])),
    ]),
  };
  return {
    title: 'What is the spread of an ensemble worth in eV/Å?',
    story: `Expansions of ${o.functions} functions with ${o.members} members, taught three fifths of ${frames} frames; a fifth calibrates, a fifth tests; mean over ${o.folds} such splits. The mean force error of an atom is ${(1e3 * found[0].error).toFixed(0)} meV/Å. A conformal bound holds what it states on atoms like those it was calibrated on, and on no others.`,
    tables: [same, novel],
    figures: [reliability(rows), sharpness(rows)],
    numbers: {
      options: o,
      frames,
      same: rows.map((r, k) => ({ name: r.name, ...found[k], novel: r.novel })),
    },
  };
}

/** Share of errors within bounds that state a share: on the diagonal what is said holds. */
function reliability(rows: readonly Row[]): Figure {
  const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
  const curve = (r: Row, how: string, of: (t: Trial, level: number) => number) =>
    levels.map((stated) => ({
      measure: r.name,
      how,
      stated,
      held: mean(r.trials.map((t) => of(t, stated))),
    }));
  const values = rows.flatMap((r) => [
    ...(r.name === GRADE ? [] : curve(r, 'as stated', (t, p) => normalCoverage(t.same, p))),
    ...(r.name === GRADE
      ? []
      : curve(r, 'scaled', (t, p) => normalCoverage(t.same, p, likeliestScale(joined(t.calibration))))),
    ...curve(r, 'conformal', (t, p) => covered(calibrated(t.calibration, p), t.same)),
  ]);
  const share = (field: string, title: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, 1] },
    axis: { title, format: '.0%', tickCount: 5 },
  });
  const spec = {
    facet: { column: { field: 'how', type: 'nominal', sort: null, title: null } },
    spec: {
      width: 240,
      height: 240,
      layer: [
        {
          data: { values: [0, 1].map((at) => ({ stated: at, held: at })) },
          mark: { type: 'line', strokeDash: [1.5, 3], strokeWidth: 1.4, color: COLOUR.quiet },
          encoding: { x: share('stated', 'stated'), y: share('held', 'held') },
        },
        {
          mark: { type: 'line', strokeWidth: 2, point: true },
          encoding: {
            x: share('stated', 'stated'),
            y: share('held', 'held'),
            color: {
              field: 'measure',
              type: 'nominal',
              sort: null,
              scale: { domain: rows.map((r) => r.name), range: SERIES.slice(0, rows.length) },
              legend: { title: null },
            },
          },
        },
      ],
    },
    data: { values },
  };
  return {
    id: 'reliability',
    title: 'Reliability',
    caption:
      'Share of the force errors on held-out frames of the same kinds that lies within bounds stated to hold a share; σ as stated, σ times one factor, and conformal bounds by grade.',
    spec: spec as unknown as TopLevelSpec,
  };
}

function sharpness(rows: readonly Row[]): Figure {
  const values = rows.flatMap((r) =>
    r.trials.flatMap((t) => {
      const made = calibrated(t.calibration);
      const bounds = t.same.grades.map((g) => forceErrorAt(made, g).bound).sort((a, b) => a - b);
      return [0.1, 0.25, 0.5, 0.75, 0.9].map((share) => ({
        measure: r.name,
        share: `${100 * share} % of the atoms`,
        bound: bounds[Math.floor(share * bounds.length)],
      }));
    }),
  );
  const spec = {
    width: HALF_WIDTH,
    height: 30 * rows.length,
    data: { values },
    mark: { type: 'tick', thickness: 3 },
    encoding: {
      x: {
        field: 'bound',
        type: 'quantitative',
        scale: { type: 'log', nice: false },
        axis: { title: '90 % bound of the force error (eV/Å)', format: '.2~g' },
      },
      y: { field: 'measure', type: 'nominal', sort: null, title: null },
      color: { field: 'share', type: 'nominal', sort: null, legend: { title: 'not above for' } },
    },
  };
  return {
    id: 'sharpness',
    title: 'Sharpness',
    caption:
      'Conformal bounds on the held-out frames. The wider the row, the more the measure tells atoms apart; the farther left, the less it asks for.',
    spec: spec as unknown as TopLevelSpec,
  };
}
