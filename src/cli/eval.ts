import type { CommandModule } from 'yargs';
import { readXyz } from '../io/extxyz.ts';
import { writeXyz } from '../io/writeXyz.ts';
import { loadPotential } from '../run/loadPotential.ts';
import { predict } from '../run/predict.ts';

interface Options {
  readonly potential: string;
  readonly 'active-set': string | undefined;
  readonly structures: string;
  readonly out: string;
  readonly prefix: string;
}

export const evalCommand: CommandModule<object, Options> = {
  command: 'eval',
  describe: 'Evaluate a potential on structures',
  builder: (yargs) =>
    yargs
      .option('potential', { type: 'string', demandOption: true, describe: 'a model folder, .yaml or .yace' })
      .option('active-set', { type: 'string', describe: '.asi file; a model folder brings its own' })
      .option('structures', { type: 'string', demandOption: true, describe: 'extended XYZ' })
      .option('out', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        describe: 'extended XYZ with predictions',
      })
      .option('prefix', { type: 'string', default: 'ace_', describe: 'of the predicted keys and columns' })
      .example(
        '$0 eval --potential run/models/0007 --structures test.xyz --out predicted.xyz',
        'predict a test set',
      ),
  handler({ potential, 'active-set': activeSet, structures, out, prefix }) {
    const model = loadPotential(potential, activeSet);
    const frames = readXyz(structures).map((frame) => predict(model, frame, prefix));
    writeXyz(out, frames);
    process.stdout.write(`${frames.length} frames: ${out}\n`);
  },
};
