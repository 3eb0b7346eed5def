import type { CommandModule } from 'yargs';
import { memberRoot, readCampaign } from '../campaign/prepare.ts';
import { campaignTable } from '../report/campaign.ts';
import { tableText } from '../report/dataTable.ts';
import { type RunStatus, runStatus } from '../run/status.ts';
import { duration } from './progressLine.ts';

interface Options {
  readonly directory: string;
  readonly json: boolean;
}

export const statusCommand: CommandModule<object, Options> = {
  command: 'status <directory>',
  describe: 'Say how far a run or a campaign is',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', demandOption: true, describe: 'of the run or the campaign' })
      .option('json', { type: 'boolean', default: false, describe: 'for programs' })
      .example('$0 status run --json', 'how far run/ has come, as JSON'),
  handler({ directory, json }) {
    const campaign = readCampaign(directory);
    if (campaign) {
      const members = campaign.members.map((m) => ({ ...m, ...runStatus(memberRoot(directory, m)) }));
      const text = json ? JSON.stringify({ ...campaign, members }) : tableText(campaignTable(directory));
      process.stdout.write(`${text}\n`);
      return;
    }
    const status = runStatus(directory);
    if (json) {
      process.stdout.write(`${JSON.stringify(status)}\n`);
      return;
    }
    if (status.kind === 'elastic') return void process.stdout.write(`${elasticText(status)}\n`);
    const { title, state, step, steps, pauses, labels, labelBudget, generation, forceRmse, seconds } = status;
    const spent = Object.entries(seconds).map(([activity, s]) => `${activity} ${duration(s)}`);
    process.stdout.write(
      [
        `${title}: ${state}`,
        `step ${step} of ${steps}, ${pauses} pauses, ${labels} of ${labelBudget} labels, generation ${generation}`,
        ...(forceRmse === null ? [] : [`training force error ${forceRmse.toFixed(3)} eV/Å`]),
        ...(spent.length > 0 ? [`wall time: ${spent.join(', ')}`] : []),
        '',
      ].join('\n'),
    );
  },
};

/** Where elastic constants are learned. */
function elasticText({
  title,
  state,
  labels,
  labelBudget,
  generation,
  forceRmse,
  elastic,
}: RunStatus): string {
  const constants = elastic?.constants.map(
    (name, k) => `${name} ${elastic.values[k].toFixed(1)} ± ${elastic.bars[k]?.toFixed(1) ?? '–'}`,
  );
  return [
    `${title}: elastic constants, ${state}`,
    `${elastic?.round ?? 0} rounds, ${labels} of ${labelBudget} labels, generation ${generation}`,
    ...(forceRmse === null ? [] : [`training force error ${forceRmse.toFixed(3)} eV/Å`]),
    ...(constants ? [`${constants.join('  ')} GPa`] : []),
  ].join('\n');
}
