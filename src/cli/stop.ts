import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { memberRoot, readCampaign } from '../campaign/prepare.ts';
import { UserError } from '../core/errors.ts';
import { ownerOf, requireRun } from '../run/directory.ts';

interface Options {
  readonly directory: string;
  readonly patience: number;
}

export const stopCommand: CommandModule<object, Options> = {
  command: 'stop <directory>',
  describe: 'Ask a run or a campaign to write its checkpoint and end',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', demandOption: true, describe: 'of the run or the campaign' })
      .option('patience', { type: 'number', default: 120, describe: 'seconds to wait for it' })
      .example('$0 stop launch', 'let every member of launch/ end where it can go on'),
  async handler({ directory, patience }) {
    const campaign = readCampaign(directory);
    if (!campaign) requireRun(directory);
    // Who carries a campaign out tells its members; those that it has left behind are told as well.
    const places = [directory, ...(campaign?.members ?? []).map((m) => memberRoot(directory, m))];
    const running = () => places.flatMap((place) => ownerOf(place) ?? []);
    const asked = [...new Set(running())];
    if (asked.length === 0) {
      process.stdout.write(`nothing runs in ${directory}\n`);
      return;
    }
    for (const pid of asked) process.kill(pid, 'SIGTERM');
    for (const began = performance.now(); running().length > 0; await pause(50))
      if (performance.now() - began > 1000 * patience)
        throw new UserError(
          `stop: process ${running().join(', ')} has not ended within ${patience} s, must come to its next step or the end of a label; wait on with --patience, or kill it: 'serendip resume ${directory}' goes on all the same`,
          4,
        );
    process.stdout.write(`stopped; 'serendip resume ${join(directory)}' goes on from the last checkpoint\n`);
  },
};
