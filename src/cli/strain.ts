import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { CommandModule } from 'yargs';
import { kindOfConfig } from '../config/kind.ts';
import { readYaml } from '../config/load.ts';
import { UserError } from '../core/errors.ts';
import { tableText } from '../report/dataTable.ts';
import { readStrain } from '../report/read/strain.ts';
import { structureTable, yieldTable } from '../report/strainTables.ts';
import { type StartOptions, startOptions } from './startOptions.ts';
import { startRun } from './startRun.ts';

export const strainCommand: CommandModule<object, StartOptions> = {
  command: 'strain <config>',
  describe: 'Pull, shear or press a crystal to failure, learning on the way or with a given potential',
  builder: (yargs) =>
    startOptions(yargs).example(
      '$0 strain examples/06-copper-tension/run.yaml',
      'pull copper until it yields, learning on the way; stress-strain curve in strain.csv and the report',
    ),
  async handler(options) {
    const { input } = readYaml(options.config);
    const kind = (input as { md?: { integrator?: { kind?: unknown } } } | null)?.md?.integrator?.kind;
    if (kind !== 'deform')
      throw new UserError(
        `${options.config}: md.integrator.kind: got ${kind === undefined ? 'nothing' : `'${kind}'`}, must be 'deform' to strain the cell; use 'serendip run' or 'md' for other runs`,
      );
    const { path } = await startRun(kindOfConfig(options.config) === 'md' ? 'md' : 'run', options);
    const found = readStrain(path, parse(readFileSync(path('config.resolved.yaml'), 'utf8')));
    if (!found) return;
    const tables = [yieldTable(found), structureTable(found)].filter((t) => t !== undefined);
    process.stdout.write(`\n${tables.map(tableText).join('\n\n')}\n`);
  },
};
