import type { CommandModule } from 'yargs';
import { readXyz } from '../io/extxyz.ts';
import { writeXyz } from '../io/writeXyz.ts';
import { forceErrorText } from '../run/forceErrorText.ts';
import { loadModel, type StoredModel } from '../run/modelFolder.ts';
import { gradeFrame } from '../run/predict.ts';
import { localGrade, READINGS } from '../uncertainty/localGrade.ts';
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
    const all = measuresOf(taught);
    const frames = readXyz(structures).map((frame) => gradeFrame(taught.potential, all, frame));
    process.stdout.write(`frame  ${all.map((m) => m.kind.padStart(20)).join('')}\n`);
    for (const [k, { columns }] of frames.entries())
      process.stdout.write(
        `${String(k + 1).padEnd(7)}${all.map((m) => largest(columns[m.kind]).padStart(20)).join('')}\n`,
      );
    process.stdout.write(errorLines(taught, frames));
    if (out !== undefined) writeXyz(out, frames);
  },
};

/** Every measure; the local grade in both readings, where the model has local active sets. */
function measuresOf(taught: StoredModel): Uncertainty[] {
  return measures.entries.flatMap(({ kind }) => {
    if (kind !== localGrade.kind) return [measures.create({ kind })(taught)];
    const readings = taught.localSets ? READINGS : [];
    return readings.map((reading) => ({
      ...measures.create({ kind, reading } as { kind: string })(taught),
      kind: `${kind}_${reading}`,
    }));
  });
}

function largest(grades: Float64Array): string {
  return grades.reduce((most, g) => Math.max(most, g), 0).toPrecision(4);
}

/** Of the worst atom of each frame, where the model knows what grades are in eV/Å. */
function errorLines(
  { calibrations = [] }: StoredModel,
  frames: readonly { readonly columns: Readonly<Record<string, Float64Array>> }[],
): string {
  return calibrations
    .filter(({ measure }) => frames[0]?.columns[measure])
    .flatMap((made) =>
      frames.map(({ columns }, k) => {
        const worst = columns[made.measure].reduce((most, g) => Math.max(most, g), 0);
        return `frame ${k + 1}, worst atom by ${made.measure}: ${forceErrorText(made, worst)}\n`;
      }),
    )
    .join('');
}
