import { kindOfConfig } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { type MdConfig, mdSchema, type RunConfig, runSchema } from '../config/schema.ts';
import { pathsIn } from './directory.ts';

/** The config that a run directory was made from. */
export function storedRunConfig(root: string): RunConfig {
  return readConfig(runSchema, pathsIn(root)('config.resolved.yaml')).config;
}

export function storedMdConfig(root: string): MdConfig {
  return readConfig(mdSchema, pathsIn(root)('config.resolved.yaml')).config;
}

/** Whether it is molecular dynamics with a given potential, in which nothing is learned. */
export function isPlainMd(root: string): boolean {
  return kindOfConfig(pathsIn(root)('config.resolved.yaml')) === 'md';
}

export function storedConfig(root: string): RunConfig | MdConfig {
  return isPlainMd(root) ? storedMdConfig(root) : storedRunConfig(root);
}
