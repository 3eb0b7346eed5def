import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { kindOfConfig } from '../config/kind.ts';
import { openRunDirectory, requireRun } from '../run/directory.ts';
import { storedMdConfig, storedRunConfig } from '../run/stored.ts';
import { carryOut } from './carryOut.ts';

interface Options {
  readonly directory: string;
}

export const resumeCommand: CommandModule<object, Options> = {
  command: 'resume <directory>',
  describe: 'Go on with a run that was interrupted or killed',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', demandOption: true, describe: 'the run directory' })
      .example('$0 resume run', 'go on from the last checkpoint in run/'),
  async handler({ directory }) {
    requireRun(directory);
    const plain = kindOfConfig(join(directory, 'config.resolved.yaml')) === 'md';
    const config = plain ? storedMdConfig(directory) : storedRunConfig(directory);
    await carryOut(openRunDirectory(directory), config);
  },
};
