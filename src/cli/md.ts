import type { CommandModule } from 'yargs';
import { requireKind } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { resolvedYaml } from '../config/resolve.ts';
import { mdSchema } from '../config/schema.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { checkMd } from '../run/check.ts';
import { createRunDirectory } from '../run/directory.ts';
import { carryOut } from './carryOut.ts';
import { type StartOptions, startOptions } from './startOptions.ts';

export const mdCommand: CommandModule<object, StartOptions> = {
  command: 'md <config>',
  describe: 'Run plain molecular dynamics with a given potential',
  builder: (yargs) =>
    startOptions(yargs).example('$0 md examples/01-argon/md.yaml', 'liquid argon at constant energy'),
  async handler({ config: path, directory, fresh }) {
    requireKind(path, 'md');
    const { config, source } = readConfig(mdSchema, path);
    checkMd(config);
    const run = createRunDirectory(directory ?? config.output.directory, fresh);
    writeFileAtomic(run.path('config.resolved.yaml'), resolvedYaml(mdSchema, source));
    await carryOut(run, config);
  },
};
