import type { CommandModule } from 'yargs';
import { parseSource } from '../config/load.ts';
import { UserError } from '../core/errors.ts';
import { readXyz } from '../io/extxyz.ts';
import { writeXyz } from '../io/writeXyz.ts';
import { loadModel } from '../run/modelFolder.ts';
import { chooseStructures } from '../select/choose.ts';
import { strategies } from '../select/registry.ts';
import { optionSource } from './options.ts';

interface Options {
  readonly model: string;
  readonly pool: string;
  readonly labelled: string | undefined;
  readonly count: number;
  readonly strategy: string;
  readonly set: readonly string[];
  readonly seed: number;
  readonly out: string;
}

export const selectCommand: CommandModule<object, Options> = {
  command: 'select',
  describe: 'Choose from a pool the structures that are most worth a label',
  builder: (yargs) =>
    yargs
      .option('model', {
        type: 'string',
        demandOption: true,
        describe: 'a model folder: what is known so far',
      })
      .option('pool', {
        type: 'string',
        demandOption: true,
        describe: 'extended XYZ; labels are not looked at',
      })
      .option('labelled', {
        type: 'string',
        describe: 'extended XYZ of what is labelled, for distances to it',
      })
      .option('count', { alias: 'n', type: 'number', demandOption: true, describe: 'how many' })
      .option('strategy', {
        choices: strategies.entries.map((e) => e.kind),
        default: 'dOptimal',
        describe: strategies.entries.map((e) => `${e.kind}: ${e.schema.description}`).join('\n'),
      })
      .option('set', {
        type: 'string',
        array: true,
        default: [],
        describe: 'options of the strategy: name=value',
      })
      .option('seed', { type: 'number', default: 1, describe: 'of what is left to chance' })
      .option('out', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        describe: 'extended XYZ, most wanted first',
      })
      .example(
        '$0 select --model model --pool pool.xyz -n 20 -o next.xyz',
        'what to send to the reference next',
      ),
  handler({ model, pool, labelled, count, strategy: kind, set, seed, out }) {
    if (!Number.isInteger(count) || count < 1)
      throw new UserError(`--count: got ${count}, must be a whole number from 1`);
    const strategy = strategies.create(parseSource(strategies.schema, optionSource(kind, set)));
    const frames = readXyz(pool);
    const known = labelled === undefined ? [] : readXyz(labelled).map((f) => f.structure);
    const chosen = chooseStructures(
      frames.map((f) => f.structure),
      known,
      loadModel(model),
      { strategy, count, seed, progress: told },
    );
    writeXyz(
      out,
      chosen.map((k) => ({ ...frames[k], info: { ...frames[k].info, pool_frame: String(k + 1) } })),
    );
    process.stdout.write(`${chosen.length} of ${frames.length} structures by ${kind}: ${out}\n`);
  },
};

/** A line that is overwritten, where somebody looks. */
function told(done: number, of: number): void {
  if (process.stderr.isTTY && (done % 20 === 0 || done === of))
    process.stderr.write(`\r${done} of ${of} structures seen${done === of ? '\n' : ''}`);
}
