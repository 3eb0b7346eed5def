import { requireKind } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { resolvedYaml } from '../config/resolve.ts';
import { mdSchema, runSchema } from '../config/schema.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { checkMd, checkRun } from '../run/check.ts';
import { createRunDirectory, type RunDirectory } from '../run/directory.ts';
import { carryOut } from './carryOut.ts';
import type { StartOptions } from './startOptions.ts';

/** Makes a directory for what a config asks for and carries it out. */
export async function startRun(
  kind: 'run' | 'md',
  { config: path, directory, fresh }: StartOptions,
): Promise<RunDirectory> {
  requireKind(path, kind);
  const made = (root: string, yaml: string) => {
    const run = createRunDirectory(directory ?? root, fresh);
    writeFileAtomic(run.path('config.resolved.yaml'), yaml);
    return run;
  };
  if (kind === 'run') {
    const { config, source } = readConfig(runSchema, path);
    checkRun(config);
    const run = made(config.output.directory, resolvedYaml(runSchema, source));
    await carryOut(run, config);
    return run;
  }
  const { config, source } = readConfig(mdSchema, path);
  checkMd(config);
  const run = made(config.output.directory, resolvedYaml(mdSchema, source));
  await carryOut(run, config);
  return run;
}
