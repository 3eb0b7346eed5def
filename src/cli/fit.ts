import type { CommandModule } from 'yargs';
import { isNonlinear } from '../../potentials/ace/nonlinearAce.ts';
import { kindOfConfig } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { type FitConfig, fitSchema, type RunConfig, runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { type GroupErrors, groupErrors } from '../learn/groupErrors.ts';
import type { TrainOptions } from '../learn/schema.ts';
import { type DataTable, tableText } from '../report/dataTable.ts';
import { readDataset } from '../run/datasetFile.ts';
import { fitModel, fitTrain } from '../run/fitRecipe.ts';
import { storeModel } from '../run/modelFolder.ts';
import type { Training } from '../run/parts.ts';
import { ROOT_FUNCTIONS, withSquareRoot } from '../run/squareRoot.ts';
import { startingModel, trainerOf } from '../run/startingModel.ts';

interface Options {
  readonly config: string | undefined;
  readonly data: string;
  readonly test: string | undefined;
  readonly 'vasp-stress': string | undefined;
  readonly 'optimise-radial': boolean;
  readonly nonlinear: boolean;
  readonly out: string;
}

export const fitCommand: CommandModule<object, Options> = {
  command: 'fit [config]',
  describe: 'Teach an ensemble a data set',
  builder: (yargs) =>
    yargs
      .positional('config', {
        type: 'string',
        describe:
          'a config with `model` and `train`; that of a run will do; left out, everything is chosen from the data',
      })
      .option('data', { type: 'string', demandOption: true, describe: 'labelled extended XYZ' })
      .option('test', { type: 'string', describe: 'labelled extended XYZ that is not learned' })
      .option('vasp-stress', {
        type: 'string',
        describe: 'key of the stress as VASP prints it: kB, XX YY ZZ XY YZ ZX, pressure positive',
      })
      .option('optimise-radial', {
        type: 'boolean',
        default: false,
        describe: 'choose family and stretch of the radial functions by evidence',
      })
      .option('nonlinear', {
        type: 'boolean',
        default: false,
        describe: `then a second density of ${ROOT_FUNCTIONS} functions under a square root, if frames held out gain by it`,
      })
      .option('out', { alias: 'o', type: 'string', default: 'model', describe: 'folder of the model' })
      .example('$0 fit --data train.xyz --test test.xyz', 'choose all from the data, fit, print the errors')
      .example('$0 fit fit.yaml --data train.xyz -o model', 'a model of your own'),
  handler({
    config: path,
    data,
    test,
    'vasp-stress': vaspStress,
    'optimise-radial': optimiseRadial,
    nonlinear,
    out,
  }) {
    const config = configOf(path);
    const frames = readDataset(data, { vaspStress });
    const unseen = test === undefined ? undefined : readDataset(test, { vaspStress });
    const tell = (line: string) => process.stderr.write(`${line}\n`);
    const train = fitTrain(config.train, frames);
    const chosen = fitModel(config.model, frames, train, { optimiseRadial });
    const model = startingModel(chosen);
    const { members } = train.ensemble;
    tell(
      `fit: ${model.functionCount} functions of ${model.elements.join(', ')}, cutoff ${model.cutoff} Å, ${members} members, ${frames.length} frames`,
    );
    const linear = trainerOf(train, model, chosen).learn(frames);
    const training = nonlinear ? besideRoot(linear, frames, train, tell) : linear;
    if (!training.checks.passed)
      throw new UserError(`fit: ${training.checks.reasons.join('; ')}; nothing was written`, 4);
    storeModel(out, training);
    tell(`fit: λ = ${training.regularisation.toExponential(1)}, ${training.rows} rows; now the errors`);
    const { potential } = training;
    const tables = [
      errorTable('Errors on what was learned', groupErrors(potential, frames)),
      ...(unseen ? [errorTable('Errors on the test set', groupErrors(potential, unseen))] : []),
    ];
    process.stdout.write(`${tables.map(tableText).join('\n\n')}\n\nmodel: ${out}\n`);
  },
};

function besideRoot(
  linear: Training,
  frames: readonly LabelledFrame[],
  train: TrainOptions,
  tell: (line: string) => void,
): Training {
  if (isNonlinear(linear.potential))
    throw new UserError(
      'fit: got --nonlinear for a model.file that is not linear in its coefficients, must be one or the other; leave --nonlinear out',
    );
  const { training, heldOut } = withSquareRoot(linear, frames, train);
  const gain = `mean square residual of the frames held out ${heldOut.both.toPrecision(3)}, linear ${heldOut.linear.toPrecision(3)}`;
  tell(
    `fit: ${training === linear ? 'the second density does not help and is left out' : 'nonlinear'}; ${gain}`,
  );
  return training;
}

function configOf(path: string | undefined): FitConfig | RunConfig {
  if (path === undefined) return fitSchema.parse({ version: 1, title: 'fit' });
  return readConfig(kindOfConfig(path) === 'fit' ? fitSchema : runSchema, path).config;
}

function errorTable(caption: string, errors: readonly GroupErrors[]): DataTable {
  const column = (text: string, unit: string) => ({ text, unit, numeric: true });
  return {
    caption,
    heads: [
      { text: 'group' },
      { text: 'frames', numeric: true },
      column('energy MAE', 'meV/atom'),
      column('energy RMSE', 'meV/atom'),
      column('force MAE', 'eV/Å'),
      column('force RMSE', 'eV/Å'),
      column('largest', 'eV/Å'),
    ],
    rows: errors.map((e) => [
      e.group,
      String(e.frames),
      (1000 * e.energyMae).toFixed(2),
      (1000 * e.energyRmse).toFixed(2),
      e.forceMae.toFixed(4),
      e.forceRmse.toFixed(4),
      e.forceMax.toFixed(3),
    ]),
  };
}
