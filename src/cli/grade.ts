import type { CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import { readXyz } from '../io/extxyz.ts';
import { writeXyz } from '../io/writeXyz.ts';
import { loadModel } from '../run/modelFolder.ts';
import { gradeFrame } from '../run/predict.ts';
import { localGrade, READINGS } from '../uncertainty/localGrade.ts';
import type { MeasureContext } from '../uncertainty/measure.ts';
import { measures } from '../uncertainty/registry.ts';
import type { Uncertainty } from '../uncertainty/uncertainty.ts';

interface Options {
  readonly model: string;
  readonly structures: string;
  readonly out: string | undefined;
}

export const gradeCommand: CommandModule<object, Options> = {
  command: 'grade',
  describe: 'Grade every atom of structures by every measure of uncertainty',
  builder: (yargs) =>
    yargs
      .option('model', { type: 'string', demandOption: true, describe: 'a model folder' })
      .option('structures', { type: 'string', demandOption: true, describe: 'extended XYZ' })
      .option('out', { alias: 'o', type: 'string', describe: 'extended XYZ with one column a measure' })
      .example(
        '$0 grade --model run/models/0007 --structures pool.xyz -o graded.xyz',
        'what is new in a pool?',
      ),
  handler({ model, structures, out }) {
    const taught = loadModel(model);
    const all = REQUESTS.flatMap((request) => measureOf(request, taught));
    const frames = readXyz(structures).map((frame) => gradeFrame(taught.potential, all, frame));
    process.stdout.write(`frame  ${all.map((m) => m.kind.padStart(20)).join('')}\n`);
    for (const [k, { columns }] of frames.entries())
      process.stdout.write(
        `${String(k + 1).padEnd(7)}${all.map((m) => largest(columns[m.kind]).padStart(20)).join('')}\n`,
      );
    if (out !== undefined) writeXyz(out, frames);
  },
};

/** Every measure, the local grade in both readings. */
const REQUESTS = measures.entries.flatMap(({ kind }) =>
  kind === localGrade.kind
    ? READINGS.map((reading) => ({ name: `${kind}_${reading}`, options: { kind, reading } }))
    : [{ name: kind, options: { kind } }],
);

/** None where the model lacks what the measure needs, which is said. */
function measureOf({ name, options }: (typeof REQUESTS)[number], taught: MeasureContext): Uncertainty[] {
  try {
    return [{ ...measures.create(options)(taught), kind: name }];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`left out: ${error.message}\n`);
    return [];
  }
}

function largest(grades: Float64Array): string {
  return grades.reduce((most, g) => Math.max(most, g), 0).toPrecision(4);
}
