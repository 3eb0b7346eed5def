import type { CommandModule } from 'yargs';
import { type StartOptions, startOptions } from './startOptions.ts';
import { startRun } from './startRun.ts';

export const mdCommand: CommandModule<object, StartOptions> = {
  command: 'md <config>',
  describe: 'Run plain molecular dynamics with a given potential',
  builder: (yargs) =>
    startOptions(yargs).example('$0 md examples/01-argon/md.yaml', 'liquid argon at constant energy'),
  async handler(options) {
    await startRun('md', options);
  },
};
