import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { readCampaign } from '../campaign/prepare.ts';
import { openRunDirectory, pathsIn, requireRun } from '../run/directory.ts';
import { keptRequest } from '../run/elastic/request.ts';
import { storedConfig, storedRunConfig } from '../run/stored.ts';
import { carryOutCampaign } from './campaign.ts';
import { carryOut } from './carryOut.ts';
import { carryOutElastic } from './elasticRun.ts';

interface Options {
  readonly directory: string;
}

export const resumeCommand: CommandModule<object, Options> = {
  command: 'resume <directory>',
  describe: 'Go on with a run, elastic learning or a campaign that was interrupted or killed',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', demandOption: true, describe: 'of the run or the campaign' })
      .example('$0 resume run', 'go on from the last checkpoint in run/'),
  async handler({ directory }) {
    const campaign = readCampaign(directory);
    if (campaign) return carryOutCampaign(resolve(directory), campaign);
    requireRun(directory);
    const request = keptRequest(pathsIn(directory));
    if (request) return carryOutElastic(openRunDirectory(directory), storedRunConfig(directory), request);
    await carryOut(openRunDirectory(directory), storedConfig(directory));
  },
};
