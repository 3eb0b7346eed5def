import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { CommandModule } from 'yargs';
import { scaffold } from '../config/scaffold.ts';
import { UserError } from '../core/errors.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { readStructureFile } from '../io/readStructureFile.ts';

interface Options {
  readonly structure: string;
  readonly out: string;
}

export const initCommand: CommandModule<object, Options> = {
  command: 'init <structure>',
  describe: 'Write a config to start from for a structure file',
  builder: (yargs) =>
    yargs
      .positional('structure', {
        type: 'string',
        demandOption: true,
        describe: 'XYZ, POSCAR, LAMMPS data or CIF',
      })
      .option('out', { alias: 'o', type: 'string', default: 'run.yaml', describe: 'where to write it' })
      .example('$0 init POSCAR', 'write run.yaml for the structure in POSCAR'),
  handler({ structure, out }) {
    if (existsSync(out)) throw new UserError(`init: '${out}' is there already; name another file with --out`);
    const text = scaffold(readStructureFile(structure), relative(dirname(out), structure));
    writeFileAtomic(out, text);
    process.stdout.write(
      `wrote ${out}; say there who labels, then 'serendip doctor ${out}' and 'serendip run ${out}'\n`,
    );
  },
};
