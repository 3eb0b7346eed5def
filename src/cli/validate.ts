import type { CommandModule } from 'yargs';
import { type ConfigKind, kindOfConfig } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { jsonSchema, resolvedYaml } from '../config/resolve.ts';
import { fitSchema, mdSchema, runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { checkMd, checkRun } from '../run/check.ts';
import { estimateRun } from '../run/estimate.ts';
import { duration } from './progressLine.ts';

interface Options {
  readonly config: string | undefined;
  readonly schema: boolean;
}

export const validateCommand: CommandModule<object, Options> = {
  command: 'validate [config]',
  describe: 'Check a config, print it with every default, and estimate memory, time and labels',
  builder: (yargs) =>
    yargs
      .positional('config', { type: 'string', describe: 'the config file' })
      .option('schema', {
        type: 'boolean',
        default: false,
        describe: 'print the JSON Schema for editors instead',
      })
      .example('$0 validate run.yaml', 'what will be run')
      .example('$0 validate --schema > serendip.schema.json', 'completion and checks in an editor'),
  async handler({ config: path, schema }) {
    if (schema) {
      process.stdout.write(`${JSON.stringify(jsonSchema(runSchema), null, 2)}\n`);
      return;
    }
    if (path === undefined) throw new UserError('validate: name a config file, or ask for --schema');
    process.stdout.write(await VALIDATORS[kindOfConfig(path)](path));
  },
};

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** What is printed of a config that holds: the config with every default, and what it will cost. */
const VALIDATORS: Readonly<Record<ConfigKind, (path: string) => string | Promise<string>>> = {
  fit: (path) => resolvedYaml(fitSchema, readConfig(fitSchema, path).source),
  md(path) {
    const { config, source } = readConfig(mdSchema, path);
    checkMd(config);
    return resolvedYaml(mdSchema, source);
  },
  async run(path) {
    const { config, source } = readConfig(runSchema, path);
    checkRun(config);
    const e = await estimateRun(config);
    return [
      resolvedYaml(runSchema, source).trimEnd(),
      `# ${e.atoms} atoms, ${e.functions} functions × ${e.members} members`,
      `# memory: about ${mib(e.bytes)}`,
      ...(e.deviceBytes === undefined ? [] : [`# memory of the device: about ${mib(e.deviceBytes)}`]),
      `# molecular dynamics: about ${duration(e.seconds)} on this machine (${e.stepsPerSecond.toPrecision(3)} steps/s measured), pauses not counted`,
      `# labels: at most ${e.labels} by '${e.calculator}', ${e.startLabels} of them before the first step`,
      '',
    ].join('\n');
  },
};
