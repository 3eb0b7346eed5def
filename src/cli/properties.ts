import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CommandModule } from 'yargs';
import { potentials } from '../../potentials/registry.ts';
import { backends } from '../backend/registry.ts';
import { calculators } from '../calculators/registry.ts';
import { parseSource, readConfig } from '../config/load.ts';
import { UserError } from '../core/errors.ts';
import type { Potential } from '../core/potential.ts';
import { buildPrototype, PROTOTYPE_NAMES } from '../core/prototypes.ts';
import type { Structure } from '../core/structure.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { readStructureFile } from '../io/readStructureFile.ts';
import { type Evaluates, plainly } from '../properties/evaluates.ts';
import { PROPERTIES } from '../properties/suite.ts';
import { tableText } from '../report/dataTable.ts';
import { renderStudy } from '../report/studyPage.ts';
import { loadPotential } from '../run/loadPotential.ts';
import { evaluatesBy } from '../run/properties/evaluatesBy.ts';
import { executeProperties } from '../run/properties/executeProperties.ts';
import { type PropertiesConfig, propertiesSchema } from '../run/properties/propertiesConfig.ts';
import { propertyFindings } from '../run/properties/propertyFindings.ts';
import { propertyNumbers } from '../run/properties/propertyNumbers.ts';
import { builtInPotential, type CrystalOptions, crystalFrom, formula } from './crystalOptions.ts';
import { interruptible } from './options.ts';

interface Options extends CrystalOptions {
  readonly potential: string | undefined;
  readonly reference: string | undefined;
  readonly config: string | undefined;
  readonly only: readonly string[] | undefined;
  readonly backend: string;
  readonly out: string;
}

const KINDS = PROPERTIES.map((p) => p.kind);

export const propertiesCommand: CommandModule<object, Options> = {
  command: 'properties [structure]',
  describe: 'Measure what a crystal is known by, with error bars, beside a reference and the literature',
  builder: (yargs) =>
    yargs
      .positional('structure', {
        type: 'string',
        describe: 'extended XYZ, POSCAR, LAMMPS data or CIF: one cell',
      })
      .option('prototype', { choices: PROTOTYPE_NAMES, describe: 'a crystal by name instead of a file' })
      .option('elements', {
        alias: 'element',
        type: 'string',
        array: true,
        describe: 'in the order of the formula',
      })
      .option('a', { type: 'string', describe: "lattice parameter to start from: '3.6 Å'" })
      .option('c', { type: 'string', describe: 'that along c' })
      .option('u', { type: 'number', describe: 'internal coordinate of rutile' })
      .option('potential', {
        alias: 'model',
        type: 'string',
        describe: 'a model folder, .yaml, .yace, or the options of a built-in one: {kind: stillingerWeber}',
      })
      .option('reference', {
        type: 'string',
        describe:
          'to be set beside: options of a built-in potential, or of a calculator such as {kind: command, …}',
      })
      .option('config', {
        type: 'string',
        describe: 'a file with structure, model or potential, reference, only, points, literature values',
      })
      .option('only', { type: 'string', array: true, choices: KINDS, describe: 'these alone' })
      .option('backend', {
        choices: backends.entries.map((e) => e.kind),
        default: 'wasm',
        describe: 'what evaluates',
      })
      .option('out', {
        alias: 'o',
        type: 'string',
        default: 'properties',
        describe: 'folder of properties.json and report.html',
      })
      .example(
        "$0 properties --prototype fcc --element Cu --a '3.6 Å' --model run/models/0007",
        'of an ensemble',
      )
      .example(
        '$0 properties --config properties.yaml --model run/models/0007',
        'beside what the config names',
      ),
  async handler(options) {
    const config = options.config
      ? readConfig(propertiesSchema, options.config).config
      : propertiesSchema.parse({});
    const crystal = crystalOf(options, config);
    const signal = interruptible();
    const portraits = await executeProperties({
      potential: potentialOf(options, config),
      crystal,
      options: config,
      only: options.only ?? config.only,
      backend: backends.create({ kind: options.backend }),
      reference: referenceOf(options, config, crystal, signal),
      progress: (line) => process.stderr.write(`${line}\n`),
      signal,
    });
    const { literature } = config;
    const numbers = propertyNumbers({ title: formula(crystal), ...portraits, literature });
    const found = propertyFindings(numbers);
    mkdirSync(options.out, { recursive: true });
    const command = ['serendip', ...process.argv.slice(2)].join(' ');
    writeFileAtomic(join(options.out, 'report.html'), await renderStudy(found, command, 'Properties'));
    writeFileAtomic(join(options.out, 'properties.json'), `${JSON.stringify(numbers, null, 2)}\n`);
    process.stdout.write(
      `${[found.title, ...found.tables.map(tableText), found.story].join('\n\n')}\n\nreport: ${join(options.out, 'report.html')}\n`,
    );
  },
};

/** The command line's crystal, else the config's. */
function crystalOf(o: Options, { structure }: PropertiesConfig): Structure {
  if (o.structure !== undefined || o.prototype !== undefined || structure === undefined)
    return crystalFrom(o, 'properties');
  return 'file' in structure ? readStructureFile(structure.file) : buildPrototype(structure);
}

function potentialOf(o: Options, { model, potential }: PropertiesConfig): Potential {
  const named = o.potential ?? model;
  if (named !== undefined)
    return named.trimStart().startsWith('{')
      ? builtInPotential('--potential', named)
      : loadPotential(named).potential;
  if (potential !== undefined) return potentials.create(potential);
  throw new UserError('properties: got no potential; name one with --potential, or in the config');
}

function referenceOf(
  { reference, out }: Options,
  config: PropertiesConfig,
  { elements }: Structure,
  signal: AbortSignal,
): Evaluates | undefined {
  const name = '--reference';
  const options =
    reference === undefined
      ? config.reference
      : parseSource(propertiesSchema.shape.reference, { name, input: parse(reference), line: () => 1 });
  if (options === undefined) return undefined;
  if (!calculators.entries.some((e) => e.kind === options.kind)) return plainly(potentials.create(options));
  const calculator = calculators.create(options)({ elements, folder: config.base ?? '.' });
  return evaluatesBy(calculator, join(out, 'reference'), signal);
}
