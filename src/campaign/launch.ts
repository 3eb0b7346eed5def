/** A campaign of structures × temperatures × seeds, told in a few words, as the file it stands for. */
import { relative, resolve } from 'node:path';
import { integrators } from '../../integrators/registry.ts';
import { targetTemperature } from '../../integrators/substeps.ts';
import { kindOfConfig } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { type MdConfig, mdSchema, type RunConfig, runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { CampaignConfig } from './schema.ts';

export interface Launch {
  /** A config file of a run or of plain molecular dynamics. */
  readonly config: string;
  /** Structure files, each with its own repeats behind a colon where it has some: `cell.cif:3x3x3`. */
  readonly structures: readonly string[];
  /** K. */
  readonly temperatures: readonly number[];
  /** How many; they count up from the config's own. */
  readonly seeds: number | undefined;
  readonly parallel: number | undefined;
  readonly share: boolean;
}

/** Throws a UserError where nothing varies or the config cannot be read. */
export function launchFile(
  { config: path, structures, temperatures, seeds, parallel, share }: Launch,
  root: string,
): Omit<CampaignConfig, 'base' | 'directory'> {
  const config = readMembersConfig(path);
  const vary = {
    ...(structures.length > 0 && { structure: structures.map(structureOf) }),
    ...temperaturesOf(config, temperatures),
    ...(seeds !== undefined && {
      'md.integrator.seed': Array.from({ length: seeds }, (_, k) => integratorOf(config).seed + k),
    }),
  };
  if (Object.keys(vary).length === 0)
    throw new UserError(
      `launch: got nothing that varies, must be told several structures, temperatures or seeds; add --seeds 4, or use 'serendip ${'potential' in config ? 'md' : 'run'}'`,
    );
  return {
    version: 1,
    title: config.title,
    config: relative(resolve(root), resolve(path)),
    vary,
    share,
    ...(parallel !== undefined && { parallel }),
  };
}

function readMembersConfig(path: string): RunConfig | MdConfig {
  return kindOfConfig(path) === 'md' ? readConfig(mdSchema, path).config : readConfig(runSchema, path).config;
}

function integratorOf({ md }: RunConfig | MdConfig) {
  return integrators.create(md.integrator);
}

function structureOf(text: string): { readonly file: string; readonly repeat?: number[] } {
  const [, file, ...repeat] = /^(.+):(\d+)x(\d+)x(\d+)$/.exec(text) ?? [];
  return file ? { file: resolve(file), repeat: repeat.map(Number) } : { file: resolve(text) };
}

/** The velocities at the start keep their share of the integrator's temperature, as in the config. */
function temperaturesOf(
  config: RunConfig | MdConfig,
  temperatures: readonly number[],
): CampaignConfig['vary'] {
  if (temperatures.length === 0) return {};
  const target = targetTemperature(integratorOf(config), 0);
  if (target === undefined) return { 'md.startTemperature': temperatures.map(kelvin) };
  const share = config.md.startTemperature / target;
  return {
    'md.integrator.temperature, md.startTemperature': temperatures.map((T) => [kelvin(T), kelvin(share * T)]),
  };
}

function kelvin(T: number): string {
  return `${Number(T.toPrecision(10))} K`;
}
