import type { Argv } from 'yargs';

/** What every command that starts a run in a directory is told. */
export interface StartOptions {
  readonly config: string;
  readonly directory: string | undefined;
  readonly fresh: boolean;
}

export function startOptions(yargs: Argv): Argv<StartOptions> {
  return yargs
    .positional('config', { type: 'string', demandOption: true, describe: 'the config file' })
    .option('directory', { alias: 'd', type: 'string', describe: 'instead of output.directory' })
    .option('fresh', {
      type: 'boolean',
      default: false,
      describe: 'delete an earlier run in that directory',
    });
}
