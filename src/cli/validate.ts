import type { CommandModule } from 'yargs';
import { readConfig } from '../config/load.ts';
import { jsonSchema, resolvedYaml } from '../config/resolve.ts';
import { mdSchema, runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { estimateRun } from '../run/estimate.ts';
import { isPlainMd } from '../run/stored.ts';
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
    if (isPlainMd(path)) {
      process.stdout.write(resolvedYaml(mdSchema, readConfig(mdSchema, path).source));
      return;
    }
    const { config, source } = readConfig(runSchema, path);
    const e = await estimateRun(config);
    process.stdout.write(resolvedYaml(runSchema, source));
    process.stdout.write(
      [
        `# ${e.atoms} atoms, ${e.functions} functions × ${e.members} members`,
        `# memory: about ${(e.bytes / 2 ** 20).toFixed(0)} MiB`,
        `# molecular dynamics: about ${duration(e.seconds)} on this machine (${e.stepsPerSecond.toPrecision(3)} steps/s measured), pauses not counted`,
        `# labels: at most ${e.labels} by '${e.calculator}', ${e.startLabels} of them before the first step`,
        '',
      ].join('\n'),
    );
  },
};
