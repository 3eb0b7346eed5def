import type { CommandModule } from 'yargs';
import { backends } from '../backend/registry.ts';
import { UserError } from '../core/errors.ts';
import { readXyz } from '../io/extxyz.ts';
import { writeXyz, type XyzOutput } from '../io/writeXyz.ts';
import { loadPotential } from '../run/loadPotential.ts';
import { predict } from '../run/predict.ts';

interface Options {
  readonly potential: string;
  readonly 'active-set': string | undefined;
  readonly structures: string;
  readonly out: string;
  readonly prefix: string;
  readonly digits: number;
  readonly backend: string;
  readonly tabulated: boolean;
}

export const evalCommand: CommandModule<object, Options> = {
  command: 'eval',
  describe: 'Evaluate a potential on structures: energies, forces, stress, virial, grades',
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
      .option('digits', {
        type: 'number',
        default: 17,
        describe: 'significant digits; 17 reads back bitwise',
      })
      .option('backend', {
        choices: backends.entries.map((e) => e.kind),
        default: 'plain',
        describe: 'what evaluates',
      })
      .option('tabulated', {
        type: 'boolean',
        default: false,
        describe: "radial functions from the field's interpolation tables, as LAMMPS does",
      })
      .example(
        '$0 eval --potential run/models/0007 --structures test.xyz --out predicted.xyz',
        'predict a test set',
      )
      .example(
        '$0 eval --potential Cu.yaml --active-set Cu.asi --structures md.xyz --out graded.xyz',
        'a published potential, with grades',
      ),
  async handler({ potential: path, 'active-set': activeSet, structures, out, tabulated, ...style }) {
    checkStyle(style);
    const { potential, grade, calibration } = loadPotential(path, {
      tabulated,
      ...(activeSet && { activeSet }),
    });
    const backend = backends.create({ kind: style.backend });
    if (!backend.evaluator)
      throw new UserError(
        `--backend: got ${backend.kind}, which only steps and does not evaluate single structures; use plain`,
      );
    const evaluator = await backend.evaluator(potential);
    const frames: XyzOutput[] = [];
    try {
      for (const frame of readXyz(structures))
        frames.push(
          await predict(evaluator, grade, frame, frames.length + 1, {
            ...style,
            ...(calibration && { calibration }),
          }),
        );
    } finally {
      evaluator.dispose();
    }
    writeXyz(out, frames);
    process.stdout.write(`${frames.length} frames: ${out}\n`);
  },
};

function checkStyle({ prefix, digits }: { readonly prefix: string; readonly digits: number }): void {
  if (!Number.isInteger(digits) || digits < 1 || digits > 17)
    throw new UserError(`--digits: got ${digits}, must be a whole number from 1 to 17`);
  if (!/^[\w.+-]*$/.test(prefix))
    throw new UserError(
      `--prefix: got '${prefix}', must hold only letters, digits and _ . + -; choose another`,
    );
}
