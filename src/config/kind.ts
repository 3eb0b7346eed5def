import { UserError } from '../core/errors.ts';
import { readYaml } from './load.ts';
import { isRecord } from './walk.ts';

/** The command that a config is written for. */
export type ConfigKind = 'run' | 'md' | 'fit';

const SIGNS: Readonly<Record<ConfigKind, string>> = {
  run: '`md`, `label` or `start` and no `potential`',
  md: 'a `potential`',
  fit: 'a `model` and no `md`',
};

/** Told by its sections. Throws a UserError where it cannot be read. */
export function kindOfConfig(path: string): ConfigKind {
  const { input } = readYaml(path);
  const has = (section: string) => isRecord(input) && section in input;
  if (has('potential')) return 'md';
  return has('model') && !['md', 'label', 'start'].some(has) ? 'fit' : 'run';
}

/** Throws a UserError where a config is written for another command. */
export function requireKind(path: string, wanted: ConfigKind): void {
  const kind = kindOfConfig(path);
  if (kind !== wanted)
    throw new UserError(
      `${path}: holds ${SIGNS[kind]}, must be a config for '${wanted}'; use 'serendip ${kind}'`,
    );
}
