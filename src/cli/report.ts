import type { CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import { writeReport } from '../report/writeReport.ts';
import { pathsIn, requireRun } from '../run/directory.ts';
import { rewriteElasticReport } from '../run/elastic/concludeElastic.ts';
import { keptRequest } from '../run/elastic/request.ts';

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
    const report = keptRequest(pathsIn(directory))
      ? await elasticReport(directory)
      : await writeReport(directory);
    process.stdout.write(`report: ${report}\n`);
  },
};

async function elasticReport(directory: string): Promise<string> {
  const report = await rewriteElasticReport(directory, `serendip report ${directory}`);
  if (report === undefined)
    throw new UserError(
      `report: '${directory}' learns elastic constants and has not ended; 'serendip resume ${directory}' goes on`,
    );
  return report;
}
