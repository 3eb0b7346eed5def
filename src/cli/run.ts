import type { CommandModule } from 'yargs';
import { requireKind } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { resolvedYaml } from '../config/resolve.ts';
import { runSchema } from '../config/schema.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { checkRun } from '../run/check.ts';
import { createRunDirectory } from '../run/directory.ts';
import { carryOut } from './carryOut.ts';

interface Options {
  readonly config: string;
  readonly directory: string | undefined;
  readonly fresh: boolean;
}

export const runCommand: CommandModule<object, Options> = {
  command: 'run <config>',
  describe: 'Run molecular dynamics that learns on the fly',
  builder: (yargs) =>
    yargs
      .positional('config', { type: 'string', demandOption: true, describe: 'the config file' })
      .option('directory', { alias: 'd', type: 'string', describe: 'instead of output.directory' })
      .option('fresh', {
        type: 'boolean',
        default: false,
        describe: 'delete an earlier run in that directory',
      })
      .example(
        '$0 run examples/02-copper-melting/run.yaml',
        'heat copper through melting, learning on the way',
      ),
  async handler({ config: path, directory, fresh }) {
    requireKind(path, 'run');
    const { config, source } = readConfig(runSchema, path);
    checkRun(config);
    const run = createRunDirectory(directory ?? config.output.directory, fresh);
    writeFileAtomic(run.path('config.resolved.yaml'), resolvedYaml(runSchema, source));
    await carryOut(run, config);
  },
};
