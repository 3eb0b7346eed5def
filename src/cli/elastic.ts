import type { CommandModule } from 'yargs';
import { requireKind } from '../config/kind.ts';
import { readConfig } from '../config/load.ts';
import { resolvedYaml } from '../config/resolve.ts';
import { runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { positive } from '../core/quantity.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { primitiveCell } from '../properties/primitive.ts';
import { symmetryOf } from '../properties/symmetry.ts';
import { createRunDirectory } from '../run/directory.ts';
import type { ElasticSource } from '../run/elastic/elasticNumbers.ts';
import { LARGEST_STRAIN, TOLERANCE } from '../run/elastic/learnElastic.ts';
import { potentialElastic } from '../run/elastic/potentialElastic.ts';
import { type ElasticRequest, keepRequest } from '../run/elastic/request.ts';
import { loadPotential } from '../run/loadPotential.ts';
import { builtInPotential, CRYSTAL, type CrystalOptions, crystalFrom, formula } from './crystalOptions.ts';
import { by, carryOutElastic, conclude, warmed } from './elasticRun.ts';
import { given, interruptible } from './options.ts';

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
        describe: 'delete an earlier run of another kind in --out; labels stay',
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
      .example(
        '$0 elastic --config run.yaml -o elastic',
        "learned on the fly, with error bars; killed, 'serendip resume elastic' or the same again goes on",
      ),
  async handler(options) {
    if (options.config) return learned(options.config, options);
    await conclude(options.out, await measured(options));
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
    thermal: await warmed(potential, found, thermalOf(o), interruptible()),
    reference:
      o.reference === undefined ? undefined : await by(builtInPotential('--reference', o.reference), crystal),
  };
}

/** On the fly, as a config says. */
async function learned(path: string, o: Options): Promise<void> {
  for (const name of ['structure', 'prototype', 'potential'] as const)
    if (o[name] !== undefined)
      throw new UserError(
        `${name}: got '${o[name]}' beside --config, which names its own; leave one of them out`,
      );
  const request = requestOf(o);
  requireKind(path, 'run');
  const { config, source } = readConfig(runSchema, path);
  const run = createRunDirectory(o.out, o.fresh);
  // The config last: where it is, all is there to go on with.
  keepRequest(run.path, request);
  writeFileAtomic(run.path('config.resolved.yaml'), resolvedYaml(runSchema, source));
  await carryOutElastic(run, config, request);
}

function requestOf(o: Options): ElasticRequest {
  const thermal = thermalOf(o);
  const entropy = entropyBound(o.until);
  if (o.reference !== undefined) builtInPotential('--reference', o.reference);
  return {
    strain: o.strain,
    tolerance: o.tolerance,
    ...(entropy !== undefined && { entropy }),
    ...(thermal && { thermal }),
    ...(o.reference !== undefined && { reference: o.reference }),
  };
}

function thermalOf(o: Options): ElasticRequest['thermal'] {
  if (o.temperature === undefined) return undefined;
  return {
    temperature: given(positive('temperature'), '--temperature', o.temperature),
    time: given(positive('time'), '--time', o.time),
  };
}

function entropyBound(until: string | undefined): number | undefined {
  if (until === undefined) return undefined;
  const match = /^\s*entropy\s*<\s*(-?\d+(?:\.\d+)?)\s*$/.exec(until);
  if (!match) throw new UserError(`--until: got '${until}', must be a bound such as 'entropy<2'`);
  return Number(match[1]);
}
