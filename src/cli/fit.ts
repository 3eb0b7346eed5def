import type { CommandModule } from 'yargs';
import { kindOfConfig } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { fitSchema, runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { ErrorSummary } from '../learn/errors.ts';
import { errorsOn } from '../learn/errors.ts';
import { readDataset } from '../run/datasetFile.ts';
import { storeModel } from '../run/modelFolder.ts';
import { startingModel, trainerOf } from '../run/startingModel.ts';

interface Options {
  readonly config: string;
  readonly data: string;
  readonly test: string | undefined;
  readonly out: string;
}

export const fitCommand: CommandModule<object, Options> = {
  command: 'fit <config>',
  describe: 'Teach an ensemble a data set',
  builder: (yargs) =>
    yargs
      .positional('config', {
        type: 'string',
        demandOption: true,
        describe: 'a config with `model` and `train`; that of a run will do',
      })
      .option('data', { type: 'string', demandOption: true, describe: 'labelled extended XYZ' })
      .option('test', { type: 'string', describe: 'labelled extended XYZ that is not learned' })
      .option('out', { alias: 'o', type: 'string', default: 'model', describe: 'folder of the model' })
      .example('$0 fit fit.yaml --data train.xyz --test test.xyz -o model', 'fit, and print the errors'),
  handler({ config: path, data, test, out }) {
    const { config } = readConfig(kindOfConfig(path) === 'fit' ? fitSchema : runSchema, path);
    const model = startingModel(config.model);
    const trainer = trainerOf(config.train, model, config.model);
    const training = trainer.learn(readDataset(data));
    if (!training.checks.passed)
      throw new UserError(`fit: ${training.checks.reasons.join('; ')}; nothing was written`, 4);
    storeModel(out, training);
    const { functionCount, members } = training.potential;
    process.stdout.write(
      [
        `${functionCount} functions × ${members} members on ${training.frames} frames, ${training.rows} rows`,
        'set       meV/atom      eV/Å   max eV/Å',
        row('training', training.errors),
        ...(test === undefined ? [] : [row('test', errorsOn(training.potential, readDataset(test)))]),
        `model: ${out}`,
        '',
      ].join('\n'),
    );
  },
};

function row(name: string, { energyRmse, forceRmse, forceMax }: ErrorSummary): string {
  const cell = (value: number, digits: number, width: number) => value.toFixed(digits).padStart(width);
  return `${name.padEnd(8)}${cell(1000 * energyRmse, 2, 10)}${cell(forceRmse, 4, 10)}${cell(forceMax, 3, 11)}`;
}
