import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { CommandModule } from 'yargs';
import { type BenchResult, bench } from '../bench/bench.ts';
import { type Scaling, scaling } from '../bench/scaling.ts';
import { benchTable, scalingTable } from '../bench/table.ts';
import { lammpsRate } from '../bench/yardstick.ts';
import type { Potential } from '../core/potential.ts';
import { PROTOTYPE_NAMES, type PrototypeName } from '../core/prototypes.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { loadPotential } from '../run/loadPotential.ts';

interface Options {
  readonly potentials: readonly string[];
  readonly prototype: PrototypeName;
  readonly elements: readonly string[] | undefined;
  readonly a: number;
  readonly repeat: number | undefined;
  readonly atoms: readonly number[] | undefined;
  readonly threads: readonly number[];
  readonly steps: number;
  readonly repeats: number;
  readonly yardstick: string | undefined;
  readonly 'yardstick-folder': string;
  readonly json: string | undefined;
}

export const benchCommand: CommandModule<object, Options> = {
  command: 'bench <potentials..>',
  describe: 'Measure how fast potentials run on the wasm backend, and where the time goes',
  builder: (yargs) =>
    yargs
      .positional('potentials', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'model folders, .yaml or .yace',
      })
      .option('prototype', { choices: PROTOTYPE_NAMES, default: 'fcc' as PrototypeName, describe: 'crystal' })
      .option('elements', {
        type: 'string',
        array: true,
        describe: "of the crystal; default the potential's",
      })
      .option('a', { type: 'number', demandOption: true, describe: 'lattice constant, Å' })
      .option('repeat', { type: 'number', describe: 'cells along each axis (default 5)' })
      .option('atoms', {
        type: 'number',
        array: true,
        conflicts: ['repeat', 'yardstick'],
        describe: 'compare throughput and memory at these sizes, on the most threads',
      })
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
      .example('$0 bench Cu.yaml --a 3.6353 --threads 1 2', 'copper on one and two threads')
      .example(
        '$0 bench small large --a 3.6 --atoms 1e2 1e3 1e4 1e5 1e6',
        'two models of different size by number of atoms',
      ),
  async handler({ potentials, atoms, json, ...o }) {
    const measured: Record<string, BenchResult | readonly Scaling[]> = {};
    const columns: (readonly [string, readonly Scaling[]])[] = [];
    for (const path of potentials) {
      const { potential } = loadPotential(path);
      if (atoms) {
        const found = await sizes(potential, atoms, o);
        measured[path] = found;
        columns.push([`${basename(path)}, ${potential.projectionWidth} functions`, found]);
      } else {
        const found = await single(potential, o);
        measured[path] = found;
        process.stdout.write(`${benchTable(path, found)}\n`);
      }
    }
    if (atoms) process.stdout.write(`${scalingTable(columns)}\n`);
    if (json !== undefined) writeFileAtomic(json, `${JSON.stringify(measured, null, 2)}\n`);
  },
};

type Measurement = Omit<Options, 'potentials' | 'atoms' | 'json'>;

function single(
  potential: Potential,
  { yardstick, threads, steps, repeats, ...o }: Measurement,
): Promise<BenchResult> {
  const { prototype, a, repeat } = o;
  return bench({
    potential,
    workload: { prototype, elements: o.elements ?? potential.elements, a, repeat: repeat ?? 5 },
    threads: [...new Set(threads)],
    steps,
    repeats,
    intervals: [1, 10, 100],
    ...(yardstick && { yardstick: () => lammpsRate(yardstick, o['yardstick-folder']) }),
  });
}

function sizes(potential: Potential, atoms: readonly number[], o: Measurement): Promise<Scaling[]> {
  const { prototype, a, repeats } = o;
  const elements = o.elements ?? potential.elements;
  return scaling(potential, { prototype, elements, a }, atoms, Math.max(...o.threads), repeats);
}
