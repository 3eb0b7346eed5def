import type { CommandModule } from 'yargs';
import { type StartOptions, startOptions } from './startOptions.ts';
import { startRun } from './startRun.ts';

export const runCommand: CommandModule<object, StartOptions> = {
  command: 'run <config>',
  describe: 'Run molecular dynamics that learns on the fly',
  builder: (yargs) =>
    startOptions(yargs).example(
      '$0 run examples/02-copper-melting/run.yaml',
      'heat copper through melting, learning on the way',
    ),
  async handler(options) {
    await startRun('run', options);
  },
};
