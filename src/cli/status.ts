import { setTimeout as pause } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import { memberRoot, readCampaign } from '../campaign/prepare.ts';
import { campaignTable } from '../report/campaign.ts';
import { tableText } from '../report/dataTable.ts';
import { isInUse } from '../run/directory.ts';
import { type RunStatus, runStatus } from '../run/status.ts';
import { duration } from './progressLine.ts';

interface Options {
  readonly directory: string;
  readonly json: boolean;
  readonly watch: boolean;
}

/** ms between two looks. */
const INTERVAL = 2000;

export const statusCommand: CommandModule<object, Options> = {
  command: 'status <directory>',
  describe: 'Say how far a run or a campaign is',
  builder: (yargs) =>
    yargs
      .positional('directory', { type: 'string', demandOption: true, describe: 'of the run or the campaign' })
      .option('json', { type: 'boolean', default: false, describe: 'for programs' })
      .option('watch', {
        type: 'boolean',
        default: false,
        describe: 'again and again until nothing runs there',
      })
      .example('$0 status run --json', 'how far run/ has come, as JSON')
      .example('$0 status launch --watch', 'all members of launch/, as they go'),
  async handler({ directory, json, watch }) {
    for (let shown = ''; ; await pause(INTERVAL)) {
      const { text, isRunning } = look(directory, json);
      if (process.stdout.isTTY && watch && !json) process.stdout.write('\u001b[H\u001b[2J');
      if (text !== shown) process.stdout.write(`${text}\n`);
      shown = text;
      if (!watch || !isRunning) return;
    }
  },
};

function look(directory: string, json: boolean): { readonly text: string; readonly isRunning: boolean } {
  const campaign = readCampaign(directory);
  if (!campaign) {
    const status = runStatus(directory);
    return { text: json ? JSON.stringify(status) : described(status), isRunning: status.state === 'running' };
  }
  const members = campaign.members.map((m) => ({ ...m, ...runStatus(memberRoot(directory, m)) }));
  return {
    text: json ? JSON.stringify({ ...campaign, members }) : tableText(campaignTable(directory)),
    isRunning: isInUse(directory) || members.some(({ state }) => state === 'running'),
  };
}

function described(status: RunStatus): string {
  if (status.kind === 'elastic') return elasticText(status);
  const { title, state, step, reached, steps, pauses, labels, labelBudget, generation, forceRmse, seconds } =
    status;
  const spent = Object.entries(seconds).map(([activity, s]) => `${activity} ${duration(s)}`);
  const kept = reached === step ? '' : ` (${step} kept)`;
  return [
    `${title}: ${state}`,
    `step ${reached}${kept} of ${steps}, ${pauses} pauses, ${labels} of ${labelBudget} labels, generation ${generation}`,
    ...(forceRmse === null ? [] : [`training force error ${forceRmse.toFixed(3)} eV/Å`]),
    ...(spent.length > 0 ? [`wall time: ${spent.join(', ')}`] : []),
  ].join('\n');
}

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
