import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import type { z } from 'zod';
import { potentials } from '../../potentials/registry.ts';
import { backends } from '../backend/registry.ts';
import { requireKind } from '../config/kind.ts';
import { parseSource, readConfig } from '../config/load.ts';
import { resolvedYaml } from '../config/resolve.ts';
import { type RunConfig, runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import type { Potential } from '../core/potential.ts';
import { positive } from '../core/quantity.ts';
import type { Structure } from '../core/structure.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { elasticBars } from '../properties/elasticBars.ts';
import { crystalElastic, type EnsembleElastic } from '../properties/ensembleElastic.ts';
import { plainly } from '../properties/evaluates.ts';
import { primitiveCell } from '../properties/primitive.ts';
import { symmetryOf } from '../properties/symmetry.ts';
import { thermalElastic } from '../properties/thermalElastic.ts';
import { tableText } from '../report/dataTable.ts';
import { renderStudy } from '../report/studyPage.ts';
import { createRunDirectory } from '../run/directory.ts';
import { elasticFindings } from '../run/elastic/elasticFindings.ts';
import { type ElasticSource, elasticNumbers } from '../run/elastic/elasticNumbers.ts';
import { crystalOf, executeElastic } from '../run/elastic/executeElastic.ts';
import { type ElasticRound, LARGEST_STRAIN, TOLERANCE } from '../run/elastic/learnElastic.ts';
import { potentialElastic } from '../run/elastic/potentialElastic.ts';
import type { RunItem } from '../run/items.ts';
import { loadPotential } from '../run/loadPotential.ts';
import { builtInPotential, CRYSTAL, type CrystalOptions, crystalFrom, formula } from './crystalOptions.ts';
import { interruptible } from './options.ts';
import { createPrinter } from './progressLine.ts';

interface Options extends CrystalOptions {
  readonly potential: string | undefined;
  readonly config: string | undefined;
  readonly reference: string | undefined;
  readonly until: string | undefined;
  readonly temperature: string | undefined;
  readonly time: string;
  readonly strain: number;
  readonly tolerance: number;
  readonly fresh: boolean;
  readonly out: string;
}

export const elasticCommand: CommandModule<object, Options> = {
  command: 'elastic [structure]',
  describe: 'Measure elastic constants, or learn them on the fly',
  builder: (yargs) =>
    yargs
      .positional('structure', { type: 'string', describe: 'extended XYZ, POSCAR, LAMMPS data or CIF' })
      .options(CRYSTAL)
      .option('config', {
        type: 'string',
        describe: 'of a run: its crystal is learned on the fly, labelled by its calculator',
      })
      .option('reference', {
        type: 'string',
        describe:
          'options of a built-in potential to be set beside; with --config its own where it is built in',
      })
      .option('until', {
        type: 'string',
        describe: "learn until 'entropy<2' (of the constants, units of 1 GPa)",
      })
      .option('temperature', {
        type: 'string',
        describe: "also the isothermal constants there, by molecular dynamics of strained cells: '300 K'",
      })
      .option('time', {
        type: 'string',
        default: '10 ps',
        describe: 'sampled for each strain at --temperature',
      })
      .option('strain', {
        type: 'number',
        default: LARGEST_STRAIN,
        describe: 'largest strain of labelled crystals',
      })
      .option('tolerance', {
        type: 'number',
        default: TOLERANCE,
        describe: 'learn until labels move the constants by less, relative to the bulk modulus',
      })
      .option('fresh', {
        type: 'boolean',
        default: false,
        describe: 'delete an earlier run in --out; labels stay',
      })
      .option('out', {
        alias: 'o',
        type: 'string',
        default: 'elastic',
        describe: 'folder of elastic.json and report.html',
      })
      .example(
        "$0 elastic --prototype fcc --element Cu --a '3.6 Å' --model run/models/0007",
        'of an ensemble',
      )
      .example('$0 elastic --config run.yaml -o elastic', 'learned on the fly, with error bars'),
  async handler(options) {
    const source = options.config ? await learned(options.config, options) : await measured(options);
    const numbers = elasticNumbers(source);
    const found = elasticFindings(numbers);
    mkdirSync(options.out, { recursive: true });
    const command = ['serendip', ...process.argv.slice(2)].join(' ');
    writeFileAtomic(join(options.out, 'report.html'), await renderStudy(found, command, 'Elastic constants'));
    writeFileAtomic(join(options.out, 'elastic.json'), `${JSON.stringify(numbers, null, 2)}\n`);
    process.stdout.write(
      `${[found.title, ...found.tables.map(tableText), found.story].join('\n\n')}\n\nreport: ${join(options.out, 'report.html')}\n`,
    );
  },
};

/** By a given potential. */
async function measured(o: Options): Promise<ElasticSource> {
  if (o.until !== undefined)
    throw new UserError(
      `--until: got '${o.until}' without a calculator to learn from; name a run's config with --config`,
    );
  if (o.potential === undefined)
    throw new UserError(
      'elastic: got no potential; name one with --potential, or a config to learn by with --config',
    );
  const cell = crystalFrom(o, 'elastic');
  const crystal = primitiveCell(cell, symmetryOf(cell));
  const potential = o.potential.trimStart().startsWith('{')
    ? builtInPotential('--potential', o.potential)
    : loadPotential(o.potential).potential;
  const found = await potentialElastic(potential, crystal);
  return {
    title: formula(crystal),
    found,
    thermal: await warmed(potential, found, o),
    reference:
      o.reference === undefined ? undefined : await by(builtInPotential('--reference', o.reference), crystal),
  };
}

/** On the fly, as a config says. */
async function learned(path: string, o: Options): Promise<ElasticSource> {
  for (const name of ['structure', 'prototype', 'potential'] as const)
    if (o[name] !== undefined)
      throw new UserError(
        `${name}: got '${o[name]}' beside --config, which names its own; leave one of them out`,
      );
  requireKind(path, 'run');
  const { config, source } = readConfig(runSchema, path);
  const run = createRunDirectory(o.out, o.fresh);
  writeFileAtomic(run.path('config.resolved.yaml'), resolvedYaml(runSchema, source));
  const printer = createPrinter(process.stdout);
  const show = (item: RunItem | ElasticRound) => {
    if (item.type === 'elastic') process.stdout.write(`${roundLine(item)}\n`);
    else printer.show(item);
  };
  try {
    const goal = { strain: o.strain, tolerance: o.tolerance, entropy: entropyBound(o.until) };
    const { found, rounds, labels, training } = await executeElastic(
      run,
      config,
      goal,
      show,
      interruptible(),
    );
    const error = rounds.findLast((r) => r.error)?.error;
    return {
      title: formula(crystalOf(config)),
      found,
      bars: elasticBars(found.members, found.constants, error),
      rounds,
      labels,
      reference: await referenceOf(config, o.reference),
      thermal: await warmed(training.potential, found, o),
    };
  } finally {
    printer.close();
    run.release();
  }
}

/** At the temperature asked for, if any. */
async function warmed(potential: Potential, { mean, symmetry }: EnsembleElastic, o: Options) {
  if (o.temperature === undefined) return undefined;
  const given = <T>(schema: z.ZodType<T>, name: string, input: string) =>
    parseSource(schema, { name, input, line: () => 1 });
  const options = {
    temperature: given(positive('temperature'), '--temperature', o.temperature),
    time: given(positive('time'), '--time', o.time),
  };
  const backend = backends.create({ kind: 'wasm' });
  const { structure } = mean.relaxation;
  return thermalElastic(backend, potential, structure, symmetry, options, interruptible());
}

async function referenceOf(config: RunConfig, given: string | undefined) {
  if (given !== undefined) return by(builtInPotential('--reference', given), crystalOf(config));
  const { calculator } = config.label;
  if (!('potential' in calculator)) return undefined;
  return by(potentials.create(calculator.potential as { kind: string }), crystalOf(config));
}

function by(potential: Potential, crystal: Structure) {
  return crystalElastic(plainly(potential), crystal, symmetryOf(crystal));
}

function roundLine({ round, labels, found, bars, entropy, maxGrade }: ElasticRound): string {
  const values = found.constants.map(
    ({ name, place }, k) => `${name} ${found.mean.relaxed.C[place].toFixed(1)} ± ${bars.bar[k].toFixed(1)}`,
  );
  return `round ${round}  labels ${labels}  γ ${maxGrade.toPrecision(3)}  entropy ${entropy.toFixed(2)}  ${values.join('  ')} GPa`;
}

function entropyBound(until: string | undefined): number | undefined {
  if (until === undefined) return undefined;
  const match = /^\s*entropy\s*<\s*(-?\d+(?:\.\d+)?)\s*$/.exec(until);
  if (!match) throw new UserError(`--until: got '${until}', must be a bound such as 'entropy<2'`);
  return Number(match[1]);
}
