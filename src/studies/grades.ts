import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import { PROJECTION_KINDS } from '../../potentials/ace/projections.ts';
import { UserError } from '../core/errors.ts';
import type { Potential } from '../core/potential.ts';
import { entry } from '../core/registry.ts';
import { activeSetsOf } from '../learn/activeSetsOf.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { trainSchema } from '../learn/schema.ts';
import { createTrainer } from '../learn/trainer.ts';
import { logAxis } from '../report/axes.ts';
import type { DataTable } from '../report/dataTable.ts';
import { type Figure, HALF_WIDTH } from '../report/figure.ts';
import { milli, number } from '../report/format.ts';
import { thinIndices } from '../report/sampling.ts';
import { quantile, rankCorrelation } from '../report/statistics.ts';
import { COLOUR } from '../report/theme.ts';
import { readDataset } from '../run/datasetFile.ts';
import { loadPotential } from '../run/loadPotential.ts';
import { atomScores } from '../uncertainty/atomScores.ts';
import { measures } from '../uncertainty/registry.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    published: z
      .string()
      .default('../reference/ace/Cu-I')
      .describe('a published copper potential, .yaml and .asi; from the data folder'),
    functions: z.int().min(20).default(120).describe('functions of our own expansion'),
    clusters: z.int().min(1).default(4).describe('clusters of its local grades'),
    every: z.int().min(1).default(1).describe('frames graded: one in so many'),
  })
  .describe('grade against true force error on copper: a published potential and our own fit');
type Options = z.output<typeof schema>;

/** What the published potential was fitted to, and a wider set of the same calculations. */
const FILES = ['Cu_df1.xyz', 'Cu_df2_1k.xyz'] as const;
/** eV/Å; beyond, frames are no part of what our fit is asked for. */
const LARGEST_FORCE = 3;
/** eV/Å; a force below is zero by symmetry. */
const NO_FORCE = 1e-4;
const BANDS = [0, 1, 2, 5, 10, 100, 1e4, 1e6, Number.POSITIVE_INFINITY];
/** Dots of a panel. */
const DOTS = 700;

export const grades = entry<Study, typeof schema>({
  kind: 'grades',
  schema,
  create: (options) => ({ run: (context) => study(context.short ? shortened(options) : options, context) }),
});

function shortened(o: Options): Options {
  return { ...o, functions: 40, clusters: 2, every: 12 };
}

/** Grade and force error, eV/Å, of every atom whose force symmetry does not hold at zero. */
interface Series {
  readonly name: string;
  readonly grade: readonly number[];
  readonly error: readonly number[];
}

async function study(o: Options, { data, progress, signal }: StudyContext): Promise<StudyOutput> {
  if (data === undefined)
    throw new UserError(
      `study grades: got no data, must be the folder of ${FILES.join(' and ')}; give --data`,
    );
  const [narrow, wide] = FILES.map((name) => readDataset(join(data, name)));
  const graded = [...narrow, ...wide].filter((_, k) => k % o.every === 0);
  const found: Series[] = [];
  const path = join(data, o.published);
  if (existsSync(`${path}.yaml`)) found.push(...published(path, narrow, graded));
  else progress(`${path}.yaml is not there: left out`);
  signal.throwIfAborted();
  const usable = wide.filter((f) => f.label.forces.every((x) => Math.abs(x) < LARGEST_FORCE));
  const taught = new Set(usable.filter((_, k) => k % (2 * o.every) === 0));
  found.push(
    ...own(
      [...taught],
      wide.filter((f, k) => !taught.has(f) && k % o.every === 0),
      o,
    ),
  );
  progress(`our own fit to ${taught.size} frames`);
  return findings(found, taught.size);
}

/** A potential with its own active set, and with those made here of the frames it was fitted to, of linear and of full projections. */
function published(
  path: string,
  fitted: readonly LabelledFrame[],
  graded: readonly LabelledFrame[],
): Series[] {
  const { potential, grade } = loadPotential(`${path}.yaml`, { activeSet: `${path}.asi` });
  const options = trainSchema.parse({}).activeSet;
  const made = PROJECTION_KINDS.flatMap((kind) => {
    const projecting = nonlinearAce(potential.model, kind);
    const context = { potential: projecting, ...activeSetsOf(projecting, fitted, options) };
    const grade = measures.create({ kind: 'extrapolationGrade' })(context);
    return seriesOf(projecting, { [`published, ${kind} set`]: grade }, graded);
  });
  return [...seriesOf(potential, { 'published, its own set': grade! }, graded), ...made];
}

/** Taught some frames, graded on the others. */
function own(taught: readonly LabelledFrame[], others: readonly LabelledFrame[], o: Options): Series[] {
  const request = { elements: ['Cu'], cutoff: '6 Å', functionsPerElement: o.functions };
  const options = trainSchema.parse({ activeSet: { clusters: o.clusters } });
  const trainer = createTrainer(options, createAce(aceRequestSchema.parse(request)));
  try {
    const training = trainer.learn(taught);
    const made = (options: { kind: string; reading?: string }) => measures.create(options)(training);
    return seriesOf(
      training.potential,
      {
        'own fit, global': made({ kind: 'extrapolationGrade' }),
        'own fit, local min': made({ kind: 'localGrade', reading: 'min' }),
        'own fit, local nearest': made({ kind: 'localGrade', reading: 'nearest' }),
        'own fit, σ_F (eV/Å)': made({ kind: 'committeeForce' }),
      },
      others,
    );
  } finally {
    trainer.dispose();
  }
}

function seriesOf(
  potential: Potential,
  asked: Readonly<Record<string, Uncertainty>>,
  frames: readonly LabelledFrame[],
): Series[] {
  const { errors, scores } = atomScores(potential, asked, frames);
  const moved = Array.from(errors.keys()).filter((k) => errors[k] > NO_FORCE);
  return Object.entries(scores).map(([name, values]) => ({
    name,
    grade: moved.map((k) => values[k]),
    error: moved.map((k) => errors[k]),
  }));
}

/** Median and 90th percentile of the error of atoms with a grade in each band. */
function bands({ grade, error }: Series) {
  return BANDS.slice(1).map((to, b) => {
    const own = error.filter((_, k) => grade[k] > BANDS[b] && grade[k] <= to);
    return { from: BANDS[b], to, count: own.length, median: quantile(own, 0.5), high: quantile(own, 0.9) };
  });
}

function findings(all: readonly Series[], taught: number): StudyOutput {
  const rho = all.map((s) => rankCorrelation(s.grade, s.error));
  const banded = all.map(bands);
  const gradesOnly = all.map((_, k) => k).filter((k) => !all[k].name.includes('σ'));
  const tables: DataTable[] = [
    {
      caption: "Spearman's rank correlation of grade and force error, atom by atom",
      heads: [{ text: 'grade' }, { text: 'atoms', numeric: true }, { text: 'ρ', numeric: true }],
      rows: all.map((s, k) => [s.name, s.grade.length, rho[k]]),
    },
    {
      caption: 'Median force error (meV/Å) by band of the grade, and atoms in the band',
      heads: [{ text: 'band' }, ...gradesOnly.map((k) => ({ text: all[k].name, numeric: true }))],
      rows: banded[0].map(({ from, to }, b) => [
        Number.isFinite(to) ? `${number(from)} – ${number(to)}` : `> ${number(from)}`,
        ...gradesOnly.map((k) => `${milli(banded[k][b].median)} (${banded[k][b].count})`),
      ]),
    },
  ];
  return {
    title: 'Does the grade know the force error?',
    story: `Copper. The published potential was fitted to ${FILES[0]} and is graded on both sets, by its own active set and by those made here of the frames it was fitted to; our own linear fit was taught ${taught} frames of ${FILES[1]} and is graded on all others. Atoms whose force error is below ${NO_FORCE} eV/Å, most of them held at zero by symmetry, are left out.`,
    tables,
    figures: all.map((s, k) => panel(s, rho[k], banded[k], k)),
    numbers: { rho, bands: Object.fromEntries(all.map((s, k) => [s.name, banded[k]])) },
  };
}

function panel(s: Series, rho: number, band: ReturnType<typeof bands>, index: number): Figure {
  const usable = s.grade.map((_, k) => k).filter((k) => s.grade[k] > 0 && Number.isFinite(s.grade[k]));
  const dots = thinIndices(usable.length, DOTS).map((k) => ({
    grade: s.grade[usable[k]],
    error: 1e3 * s.error[usable[k]],
  }));
  const medians = band
    .filter((b) => b.count > 4)
    .map((b) => {
      const own = s.grade.filter((g) => g > b.from && g <= b.to && Number.isFinite(g));
      return { grade: quantile(own, 0.5), error: 1e3 * b.median };
    });
  const x = logAxis(dots.map((d) => d.grade));
  const y = logAxis(dots.map((d) => d.error));
  const axis = (field: string, of: typeof x, title: string) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', domain: of.domain, nice: false, clamp: true },
    axis: { title, values: of.ticks, format: '.4~g' },
  });
  const spec = {
    width: HALF_WIDTH,
    height: 260,
    encoding: { x: axis('grade', x, s.name), y: axis('error', y, 'force error (meV/Å)') },
    layer: [
      { data: { values: dots }, mark: { type: 'point', size: 12, opacity: 0.35, color: COLOUR.blue } },
      {
        data: { values: medians },
        mark: { type: 'line', point: true, strokeWidth: 2.4, color: COLOUR.vermilion },
      },
    ],
  };
  return {
    id: `grade-${index}`,
    half: true,
    title: s.name,
    caption: `Spearman ρ = ${number(rho, 2)}; ${dots.length} of ${s.grade.length} atoms drawn. Line: medians of the bands.`,
    spec: spec as unknown as TopLevelSpec,
  };
}
