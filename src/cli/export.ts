import type { CommandModule } from 'yargs';
import { readStructureFile } from '../io/readStructureFile.ts';
import { exportModel } from '../run/exportModel.ts';

interface Options {
  readonly model: string;
  readonly out: string;
  readonly structure: string | undefined;
}

export const exportCommand: CommandModule<object, Options> = {
  command: 'export <model>',
  describe: 'Write a model for LAMMPS, with an input script that says what to expect',
  builder: (yargs) =>
    yargs
      .positional('model', { type: 'string', demandOption: true, describe: 'a model folder' })
      .option('out', { alias: 'o', type: 'string', demandOption: true, describe: 'folder of the files' })
      .option('structure', {
        type: 'string',
        describe: 'extended XYZ, POSCAR, LAMMPS data or CIF to start from',
      })
      .example('$0 export run/models/0007 --structure melt.xyz -o lammps', 'go on in LAMMPS'),
  handler({ model, out, structure }) {
    const s = structure === undefined ? undefined : readStructureFile(structure);
    process.stdout.write(`${out}: ${exportModel(model, out, s).join(', ')}\n`);
  },
};
