import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';
import { bench } from '../bench/bench.ts';
import { benchTable } from '../bench/table.ts';
import { lammpsRate } from '../bench/yardstick.ts';
import { PROTOTYPE_NAMES, type PrototypeName } from '../core/prototypes.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { loadPotential } from '../run/loadPotential.ts';

interface Options {
  readonly potential: string;
  readonly prototype: PrototypeName;
  readonly elements: readonly string[] | undefined;
  readonly a: number;
  readonly repeat: number;
  readonly threads: readonly number[];
  readonly steps: number;
  readonly repeats: number;
  readonly yardstick: string | undefined;
  readonly 'yardstick-folder': string;
  readonly json: string | undefined;
}

export const benchCommand: CommandModule<object, Options> = {
  command: 'bench <potential>',
  describe: 'Measure how fast a potential runs on the wasm backend, and where the time goes',
  builder: (yargs) =>
    yargs
      .positional('potential', {
        type: 'string',
        demandOption: true,
        describe: 'a model folder, .yaml or .yace',
      })
      .option('prototype', { choices: PROTOTYPE_NAMES, default: 'fcc' as PrototypeName, describe: 'crystal' })
      .option('elements', {
        type: 'string',
        array: true,
        describe: "of the crystal; default the potential's",
      })
      .option('a', { type: 'number', demandOption: true, describe: 'lattice constant, Å' })
      .option('repeat', { type: 'number', default: 5, describe: 'cells along each axis' })
      .option('threads', {
        type: 'number',
        array: true,
        default: [1, availableParallelism()],
        describe: 'numbers of threads to measure',
      })
      .option('steps', { type: 'number', default: 20, describe: 'of one measurement' })
      .option('repeats', { type: 'number', default: 3, describe: 'measurements to take the median of' })
      .option('yardstick', { type: 'string', describe: 'a LAMMPS input to time in turn, on one core' })
      .option('yardstick-folder', { type: 'string', default: '.', describe: 'where to run it' })
      .option('json', { type: 'string', describe: 'write the numbers to this file' })
      .example('$0 bench Cu.yaml --a 3.6353 --threads 1 2', 'copper on one and two threads'),
  async handler({ potential: path, yardstick, json, threads, steps, repeats, ...o }) {
    const { potential } = loadPotential(path);
    const { prototype, a, repeat } = o;
    const result = await bench({
      potential,
      workload: { prototype, elements: o.elements ?? potential.elements, a, repeat },
      threads: [...new Set(threads)],
      steps,
      repeats,
      intervals: [1, 10, 100],
      ...(yardstick && { yardstick: () => lammpsRate(yardstick, o['yardstick-folder']) }),
    });
    process.stdout.write(`${benchTable(path, result)}\n`);
    if (json !== undefined) writeFileAtomic(json, `${JSON.stringify(result, null, 2)}\n`);
  },
};
