import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { CommandModule } from 'yargs';
import { launchFile } from '../campaign/launch.ts';
import { prepareCampaign } from '../campaign/prepare.ts';
import { campaignSchema } from '../campaign/schema.ts';
import { configOf, parseYaml } from '../config/load.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { carryOutCampaign } from './campaign.ts';
import type { StartOptions } from './startOptions.ts';
import { startOptions } from './startOptions.ts';

interface LaunchOptions extends StartOptions {
  readonly structure: readonly string[];
  readonly temperature: readonly number[];
  readonly seeds: number | undefined;
  readonly parallel: number | undefined;
  readonly share: boolean;
}

export const launchCommand: CommandModule<object, LaunchOptions> = {
  command: 'launch <config>',
  describe: 'Run a config with many structures, temperatures and seeds at once; again, to go on',
  builder: (yargs) =>
    startOptions(yargs)
      .option('structure', {
        type: 'string',
        array: true,
        default: [],
        describe: 'files, each with repeats behind a colon if it has some: cell.cif:3x3x3',
      })
      .option('temperature', { type: 'number', array: true, default: [], describe: 'in K' })
      .option('seeds', { type: 'number', describe: 'how many, counted up from the seed of the config' })
      .option('parallel', { type: 'number', describe: 'members at a time; one for each core if absent' })
      .option('share', {
        type: 'boolean',
        default: true,
        describe: 'members learn each other’s labels; --no-share leaves each to itself',
      })
      .example(
        '$0 launch examples/02-copper-melting/run.yaml --temperature 300 600 900 --seeds 4',
        'twelve runs in launch/, written down in launch/campaign.yaml',
      ) as never,
  async handler({ config, directory, fresh, structure, temperature, ...options }) {
    const root = resolve(directory ?? 'launch');
    const file = launchFile({ config, structures: structure, temperatures: temperature, ...options }, root);
    const text = stringify(file, { lineWidth: 110 });
    const place = join(root, 'campaign.yaml');
    const { config: read } = configOf(campaignSchema, parseYaml(text, place), root);
    mkdirSync(root, { recursive: true });
    const campaign = prepareCampaign(read, root, fresh);
    writeFileAtomic(place, text);
    await carryOutCampaign(root, campaign);
  },
};
