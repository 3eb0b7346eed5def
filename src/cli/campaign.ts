import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { executeCampaign } from '../campaign/execute.ts';
import { describeMember } from '../campaign/members.ts';
import { type Campaign, memberRoot, prepareCampaign } from '../campaign/prepare.ts';
import { campaignSchema } from '../campaign/schema.ts';
import { readConfig } from '../config/load.ts';
import { UserError } from '../core/errors.ts';
import { writeCampaignReport } from '../report/campaign.ts';
import { tableText } from '../report/dataTable.ts';
import { openFolderOfRuns } from '../run/directory.ts';
import { runStatus } from '../run/status.ts';
import { createMembersPrinter } from './membersPrinter.ts';
import { INTERRUPTED, interruptible } from './options.ts';
import { type StartOptions, startOptions } from './startOptions.ts';

export const campaignCommand: CommandModule<object, StartOptions> = {
  command: 'campaign <config>',
  describe: 'Run one config with many values at once, all members learning from each other; again, to go on',
  builder: (yargs) =>
    startOptions(yargs).example(
      '$0 campaign examples/06-copper-tension/temperatures.yaml',
      'pull copper at three temperatures with one shared data set, and compare',
    ),
  async handler({ config: path, directory, fresh }) {
    const { config } = readConfig(campaignSchema, path);
    const root = resolve(directory ?? config.directory);
    mkdirSync(root, { recursive: true });
    await carryOutCampaign(root, prepareCampaign(config, root, fresh));
  },
};

/** Runs what is not finished, shows it, and compares all. */
export async function carryOutCampaign(root: string, campaign: Campaign): Promise<void> {
  const finished = campaign.members.filter((m) => runStatus(memberRoot(root, m)).state === 'finished');
  const signal = interruptible();
  const folder = openFolderOfRuns(root);
  const printer = createMembersPrinter(campaign, finished.length, process.stdout);
  const outcomes = await executeCampaign(root, campaign, printer.show, signal).finally(() => {
    printer.close();
    folder.release();
  });
  const { report, table } = await writeCampaignReport(root);
  process.stdout.write(`\n${tableText(table)}\n\nreport: ${report}\n`);
  const failed = outcomes.flatMap(({ member, failure }) =>
    failure ? [`${member.name} (${describeMember(member, campaign.vary)}): ${failure}`] : [],
  );
  if (failed.length > 0)
    throw new UserError(
      `${failed.join('\n')}\nthe others are kept; mend it, and 'serendip resume ${root}' goes on`,
      4,
    );
  if (outcomes.some((o) => !o.finished))
    throw new UserError(
      `interrupted; 'serendip resume ${root}' goes on from the last checkpoints`,
      INTERRUPTED,
    );
}
