import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { kindOfConfig } from '../config/kind.ts';
import { configOf, readYaml, type Source } from '../config/load.ts';
import { resolvedYaml } from '../config/resolve.ts';
import { mdSchema, runSchema } from '../config/schema.ts';
import { isRecord } from '../config/walk.ts';
import { UserError } from '../core/errors.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { checkMd, checkRun } from '../run/check.ts';
import { createRunDirectory, isInUse, isRunDirectory } from '../run/directory.ts';
import { describeMember, type Member, membersOf, placesOf, withValues } from './members.ts';
import type { CampaignConfig } from './schema.ts';

/** What `campaign.json` holds. */
export interface Campaign {
  readonly title: string;
  readonly vary: CampaignConfig['vary'];
  readonly share: boolean;
  /** Members at a time. */
  readonly parallel: number;
  readonly members: readonly Member[];
}

export function readCampaign(root: string): Campaign | undefined {
  const path = join(root, 'campaign.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** The run directory of a member. */
export function memberRoot(root: string, { name }: Pick<Member, 'name'>): string {
  return join(root, 'runs', name);
}

/**
 * Makes the directories of all members, or finds those that were made before. Every member is checked before anything is written.
 * Throws a UserError where another campaign lies there, unless `fresh` clears it; labels stay.
 */
export function prepareCampaign(config: CampaignConfig, root: string, fresh: boolean): Campaign {
  const { title, vary, share } = config;
  const campaign: Campaign = { title, vary, share, parallel: atATime(config), members: membersOf(vary) };
  const old = readCampaign(root);
  if (old && !fresh) {
    if (JSON.stringify([old.vary, old.share]) !== JSON.stringify([vary, share]))
      throw new UserError(
        `campaign: '${root}' holds another one ('${old.title}'), must be the same to go on; name another directory, or --fresh starts over`,
      );
    return { ...old, parallel: campaign.parallel };
  }
  const calculators = Object.keys(vary)
    .flatMap(placesOf)
    .find((place) => /^label(\.calculator|$)/.test(place));
  if (share && calculators)
    throw new UserError(
      `vary.${calculators}: got calculators that differ, must be the same for members that learn each other's labels; write share: false`,
    );
  const yaml = campaign.members.map((member) => memberYaml(config, member, root));
  for (const [k, member] of campaign.members.entries()) {
    const place = memberRoot(root, member);
    if (isRunDirectory(place) && isInUse(place))
      throw new UserError(`campaign: ${place} is in use; wait for it or stop it first`);
    mkdirSync(place, { recursive: true });
    const made = createRunDirectory(place, fresh);
    writeFileAtomic(made.path('config.resolved.yaml'), yaml[k]);
    made.release();
  }
  writeFileAtomic(join(root, 'campaign.json'), `${JSON.stringify(campaign, null, 1)}\n`);
  return campaign;
}

function memberYaml(campaign: CampaignConfig, member: Member, root: string): string {
  const { config: path, share, vary } = campaign;
  const written = readYaml(path);
  const input = withValues(written.input, member);
  const isRun = kindOfConfig(path) === 'run';
  const places = isRun ? sharedPlaces(input, root, share) : {};
  const made: Source = {
    ...written,
    name: `${path}, ${describeMember(member, vary)}`,
    input: { ...(input as object), ...places, ...ownThreads(input, campaign) },
  };
  const folder = dirname(resolve(path));
  if (isRun) {
    const { config, source } = configOf(runSchema, made, folder);
    checkRun(config);
    return resolvedYaml(runSchema, source);
  }
  const { config, source } = configOf(mdSchema, made, folder);
  checkMd(config);
  return resolvedYaml(mdSchema, source);
}

/** One label cache for all, and each other's data sets. */
function sharedPlaces(input: unknown, root: string, share: boolean): object {
  const { label } = input as { label?: unknown };
  const labels = isRecord(label) ? { label: { directory: resolve(root, 'labels'), ...label } } : {};
  return share ? { ...labels, share: resolve(root, 'runs') } : labels;
}

/** The cores are dealt out; results do not depend on how. */
function ownThreads(input: unknown, campaign: CampaignConfig): object {
  const { backend = 'wasm' } = input as { backend?: unknown };
  const threads = Math.max(1, Math.floor(availableParallelism() / atATime(campaign)));
  return backend === 'wasm' ? { backend: { kind: 'wasm', threads } } : {};
}

function atATime({ parallel, vary }: CampaignConfig): number {
  return Math.min(parallel ?? availableParallelism(), membersOf(vary).length);
}
