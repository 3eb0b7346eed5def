import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { executeCampaign } from '../campaign/execute.ts';
import { describeMember, type Member } from '../campaign/members.ts';
import { type Campaign, prepareCampaign } from '../campaign/prepare.ts';
import { campaignSchema } from '../campaign/schema.ts';
import { readConfig } from '../config/load.ts';
import { UserError } from '../core/errors.ts';
import { writeCampaignReport } from '../report/campaign.ts';
import { tableText } from '../report/dataTable.ts';
import type { RunItem } from '../run/items.ts';
import { INTERRUPTED, interruptible } from './options.ts';
import { eventText } from './progressLine.ts';
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
  const signal = interruptible();
  const show = printer(campaign);
  const outcomes = await executeCampaign(root, campaign, show, signal);
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

/** ms between two lines on how far all members are. */
const INTERVAL = 5000;

/** A line for every event, and now and then one on all members at work. */
function printer({ vary }: Campaign): (member: Member, item: RunItem) => void {
  const working = new Map<string, string>();
  let last = performance.now();
  const line = (text: string) => process.stdout.write(`${text}\n`);
  return (member, item) => {
    if (item.type === 'started') line(`${member.name}: ${describeMember(member, vary)}`);
    if (item.type === 'finished') working.delete(member.name);
    if (item.type !== 'progress') {
      const text = SAID.includes(item.type) ? eventText(item) : undefined;
      if (text) line(`${member.name}: ${text.trim()}`);
      return;
    }
    working.set(member.name, `${member.name} step ${item.step}/${item.steps}, ${item.labels} labels`);
    if (performance.now() - last < INTERVAL) return;
    last = performance.now();
    line([...working.values()].join(' · '));
  };
}

const SAID: readonly RunItem['type'][] = [
  'started',
  'paused',
  'shared',
  'quarantined',
  'yielded',
  'validated',
  'finished',
];
