import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { tableText } from '../report/dataTable.ts';
import { percent } from '../report/format.ts';
import { CALIBRATION_FILE, writeCalibrations } from '../run/calibrationFile.ts';
import { readDataset } from '../run/datasetFile.ts';
import { loadModel } from '../run/modelFolder.ts';
import {
  type Calibration,
  calibrate,
  errorPairs,
  forceErrorAt,
  joined,
  LEVEL,
} from '../uncertainty/calibration.ts';
import { measures } from '../uncertainty/registry.ts';

interface Options {
  readonly model: string;
  readonly data: string;
}

/** What `grade` and `eval` tell in eV/Å. */
const MEASURES = ['extrapolationGrade', 'committeeForce'];

export const calibrateCommand: CommandModule<object, Options> = {
  command: 'calibrate',
  describe: 'Learn from labels held out what grades are in eV/Å, and keep it with the model',
  builder: (yargs) =>
    yargs
      .option('model', { type: 'string', demandOption: true, describe: 'a model folder' })
      .option('data', {
        type: 'string',
        demandOption: true,
        describe: 'extended XYZ with labels that the model was not taught',
      })
      .example(
        '$0 calibrate --model model --data held-out.xyz',
        'then `grade` and `eval` state force errors',
      ),
  handler({ model, data }) {
    const taught = loadModel(model);
    const frames = readDataset(data);
    const rows: (string | number)[][] = [];
    const made: Calibration[] = [];
    for (const kind of MEASURES) {
      if (kind === 'committeeForce' && taught.potential.members < 2) continue;
      const measure = measures.create({ kind })(taught);
      const pairs = frames.map((frame) => errorPairs(taught.potential, measure, frame));
      const calibration = calibrate(kind, pairs);
      if (!calibration)
        throw new UserError(
          `${data}: ${frames.length} frames are too few to calibrate on; give at least two with 16 atoms each`,
        );
      made.push(calibration);
      rows.push([kind, calibration.pairs, ...spread(calibration, pairs)]);
    }
    writeFileAtomic(join(model, CALIBRATION_FILE), writeCalibrations(made));
    const numeric = (text: string, unit?: string) => ({ text, numeric: true, ...(unit && { unit }) });
    const heads = [
      { text: 'measure' },
      numeric('atoms'),
      numeric('mean error', 'eV/Å'),
      numeric(`mean ${percent(LEVEL)} bound`, 'eV/Å'),
    ];
    process.stdout.write(
      `${tableText({ caption: `written: ${join(model, CALIBRATION_FILE)}`, heads, rows })}\n`,
    );
  },
};

function spread(calibration: Calibration, pairs: Parameters<typeof joined>[0]): [number, number] {
  const { grades, errors } = joined(pairs);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return [mean(errors), mean(grades.map((g) => forceErrorAt(calibration, g).bound))];
}
