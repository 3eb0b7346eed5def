import type { CommandModule } from 'yargs';
import { requireKind } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { resolvedYaml } from '../config/resolve.ts';
import { runSchema } from '../config/schema.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { checkRun } from '../run/check.ts';
import { createRunDirectory } from '../run/directory.ts';
import { carryOut } from './carryOut.ts';
import { type StartOptions, startOptions } from './startOptions.ts';

export const runCommand: CommandModule<object, StartOptions> = {
  command: 'run <config>',
  describe: 'Run molecular dynamics that learns on the fly',
  builder: (yargs) =>
    startOptions(yargs).example(
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
