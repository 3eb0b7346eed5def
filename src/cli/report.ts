import type { CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import { writeReport } from '../report/writeReport.ts';
import { isRunDirectory } from '../run/directory.ts';

interface Options {
  readonly directory: string;
}

export const reportCommand: CommandModule<object, Options> = {
  command: 'report <directory>',
  describe: 'Write the HTML report of a run, finished or not',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', demandOption: true, describe: 'the run directory' })
      .example('$0 report run', 'write run/report.html'),
  async handler({ directory }) {
    if (!isRunDirectory(directory))
      throw new UserError(
        `report: '${directory}' holds no run (no config.resolved.yaml); name the run directory`,
      );
    process.stdout.write(`report: ${await writeReport(directory)}\n`);
  },
};
