import type { CommandModule } from 'yargs';
import { openRunDirectory } from '../run/directory.ts';
import { isPlainMd, storedMdConfig, storedRunConfig } from '../run/stored.ts';
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
    const run = openRunDirectory(directory);
    const plain = isPlainMd(run.path('config.resolved.yaml'));
    await carryOut(run, plain ? storedMdConfig(directory) : storedRunConfig(directory));
  },
};
