import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LearnableAce } from '../../potentials/ace/ace.ts';
import { type FitModelRequest, fitSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { entry } from '../core/registry.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { type GroupErrors, groupErrors } from '../learn/groupErrors.ts';
import type { TrainOptions } from '../learn/schema.ts';
import type { Training } from '../learn/trainer.ts';
import type { Head } from '../report/html.ts';
import { readDataset } from '../run/datasetFile.ts';
import { fitModel, fitTrain } from '../run/fitRecipe.ts';
import { ROOT_FUNCTIONS, withSquareRoot } from '../run/squareRoot.ts';
import { startingModel, trainerOf } from '../run/startingModel.ts';
import type { Study, StudyContext, StudyOutput } from './study.ts';

const schema = z
  .strictObject({
    elements: z.array(z.string()).optional().describe('those whose files are there'),
    functions: z.int().min(20).default(1000).describe('of the linear fit'),
    embedded: z
      .int()
      .min(0)
      .default(ROOT_FUNCTIONS)
      .describe('functions in the second density, under a square root, of the nonlinear fit; 0 for none'),
    cutoff: z.string().optional().describe('of every fit; left out, that of greatest evidence'),
    vaspStress: z.string().default('virial_stress_kB_raw').describe('key of the stress'),
  })
  .describe('test errors on the published benchmark of Zuo and others (2020), against GAP and MTP');
type Options = z.output<typeof schema>;

/** Test errors of J. Phys. Chem. A 124, 731 (2020) on the same splits: meV/atom, eV/Å. */
const PUBLISHED: Readonly<
  Record<string, readonly (readonly [name: string, energy: number, force: number])[]>
> = {
  Li: [
    ['GAP', 0.49, 0.01],
    ['MTP', 0.49, 0.01],
  ],
  Mo: [
    ['GAP', 2.24, 0.09],
    ['MTP', 2.83, 0.09],
  ],
  Si: [
    ['GAP', 2.91, 0.07],
    ['MTP', 2.21, 0.06],
  ],
};

interface Fit {
  readonly element: string;
  readonly name: string;
  /** Coefficients that were taught. */
  readonly functions: number;
  readonly cutoff: number;
  readonly seconds: number;
  /** Of all threads, for a nonlinear fit with the linear one it starts from: what the fit costs whatever else the machine does. */
  readonly cpuSeconds: number;
  readonly learned: GroupErrors;
  readonly test: readonly GroupErrors[];
}

async function study(o: Options, context: StudyContext): Promise<StudyOutput> {
  const { data } = context;
  if (data === undefined)
    throw new UserError('study accuracy: --data must name the folder of the benchmark; add --data mlearn');
  const found = readdirSync(data).flatMap((name) => /^(\w+)\.training\.xyz$/.exec(name)?.[1] ?? []);
  const elements = o.elements ?? (context.short ? found.slice(0, 1) : found);
  const fits = elements.flatMap((element) => {
    context.signal.throwIfAborted();
    return fitsOf(element, data, o, context);
  });
  return findings(fits);
}

function fitsOf(element: string, data: string, o: Options, { short, progress }: StudyContext): Fit[] {
  const [training, test] = ['training', 'test'].map((part) => {
    const file = join(data, `${element}.${part}.xyz`);
    if (!existsSync(file))
      throw new UserError(`study accuracy: ${file} is missing; leave ${element} out, or give its folder`);
    const frames = readDataset(file, { vaspStress: o.vaspStress });
    return short ? frames.filter((_, k) => k % 12 === 0) : frames;
  });
  const functions = short ? 40 : o.functions;
  const train = fitTrain(TRAIN, training);
  const request = fitSchema.shape.model.parse({
    ladder: functions,
    ...(o.cutoff !== undefined && { cutoff: o.cutoff }),
  });
  const judged = (name: string, { potential }: Training<LearnableAce>, begun: Begun, note = ''): Fit => {
    const { seconds, cpuSeconds } = since(begun);
    const [learned] = groupErrors(potential, training);
    const all = groupErrors(potential, test);
    progress(
      `${element}, ${name}: ${meV(all[0].energyMae)} meV/atom, ${all[0].forceMae.toFixed(4)} eV/Å after ${seconds.toFixed(0)} s${note}`,
    );
    const functions = potential.parameters.mean.filter((c) => c !== 0).length;
    return { element, name, functions, cutoff: potential.cutoff, seconds, cpuSeconds, learned, test: all };
  };
  const begun = begin();
  const taught = linearFit(request, training, train);
  const linear = judged('linear', taught, begun);
  const embedded = short ? Math.min(12, o.embedded) : o.embedded;
  if (embedded === 0) return [linear];
  const beside = withSquareRoot(taught, training, train, embedded);
  const { linear: alone, both } = beside.heldOut;
  const name = beside.training === taught ? 'nonlinear, no better than linear' : 'nonlinear';
  const note = `; mean square on frames held out ${(both / alone).toFixed(3)} of the linear one`;
  return [linear, judged(name, beside.training, begun, note)];
}

type Begun = readonly [wall: number, cpu: NodeJS.CpuUsage];

const begin = (): Begun => [performance.now(), process.cpuUsage()];

function since([wall, cpu]: Begun): Pick<Fit, 'seconds' | 'cpuSeconds'> {
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - wall) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** One member: errors are those of the fit to all frames, however many there are. */
const TRAIN = fitSchema.shape.train.parse({ ensemble: { kind: 'posterior', members: 1 } });

function linearFit(
  request: FitModelRequest,
  frames: readonly LabelledFrame[],
  train: TrainOptions,
): Training<LearnableAce> {
  const chosen = fitModel(request, frames, train);
  const trainer = trainerOf(train, startingModel(chosen), chosen);
  try {
    return trainer.learn(frames);
  } finally {
    trainer.dispose();
  }
}

const meV = (x: number) => (1000 * x).toFixed(2);
const column = (text: string, unit?: string): Head => ({ text, numeric: true, ...(unit && { unit }) });

function findings(fits: readonly Fit[]): StudyOutput {
  const rows = fits.flatMap((f, k) => [
    [
      f.element,
      `ACE, ${f.name}`,
      String(f.functions),
      f.cutoff.toFixed(2),
      meV(f.learned.energyMae),
      f.learned.forceMae.toFixed(4),
      meV(f.test[0].energyMae),
      f.test[0].forceMae.toFixed(4),
      f.seconds.toFixed(0),
      f.cpuSeconds.toFixed(0),
    ],
    ...(fits[k + 1]?.element === f.element ? [] : (PUBLISHED[f.element] ?? [])).map(
      ([name, energy, force]) => [
        f.element,
        `${name}, published`,
        ...['', '', '', ''],
        energy.toFixed(2),
        String(force),
        ...['', ''],
      ],
    ),
  ]);
  const groups = fits.flatMap((f) =>
    f.test
      .slice(1)
      .map((g) => [f.element, f.name, g.group, String(g.frames), meV(g.energyMae), g.forceMae.toFixed(4)]),
  );
  return {
    title: 'Accuracy on a published benchmark',
    story:
      'Every element is fitted to its official training set and judged by its official test set. The cutoff is that of greatest evidence, and nothing is set by element; mean absolute errors.',
    tables: [
      {
        caption: 'Mean absolute errors',
        heads: [
          { text: 'element' },
          { text: 'potential' },
          column('coefficients'),
          column('cutoff', 'Å'),
          column('training energy', 'meV/atom'),
          column('force', 'eV/Å'),
          column('test energy', 'meV/atom'),
          column('force', 'eV/Å'),
          column('fit', 's'),
          column('of all cores', 's'),
        ],
        rows,
      },
      {
        caption: 'Test errors by kind of configuration',
        heads: [
          { text: 'element' },
          { text: 'fit' },
          { text: 'group' },
          column('frames'),
          column('energy', 'meV/atom'),
          column('force', 'eV/Å'),
        ],
        rows: groups,
      },
    ],
    figures: [],
    numbers: { fits },
  };
}

export const accuracy = entry<Study, typeof schema>({
  kind: 'accuracy',
  schema,
  create: (o) => ({ run: (context) => study(o, context) }),
});
