import type { CommandModule } from 'yargs';
import { writeReport } from '../report/writeReport.ts';
import { requireRun } from '../run/directory.ts';

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
    requireRun(directory);
    process.stdout.write(`report: ${await writeReport(directory)}\n`);
  },
};
