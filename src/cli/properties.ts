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
import { buildPrototype } from '../core/prototypes.ts';
import type { Structure } from '../core/structure.ts';
import { writeFileAtomic } from '../io/durable.ts';
import { readStructureFile } from '../io/readStructureFile.ts';
import { type Evaluates, plainly } from '../properties/evaluates.ts';
import { PROPERTIES } from '../properties/suite.ts';
import { tableText } from '../report/dataTable.ts';
import { readTrajectory } from '../report/read/trajectory.ts';
import { type Findings, renderStudy } from '../report/studyPage.ts';
import { loadPotential } from '../run/loadPotential.ts';
import { evaluatesBy } from '../run/properties/evaluatesBy.ts';
import { executeProperties } from '../run/properties/executeProperties.ts';
import { type PropertiesConfig, propertiesSchema } from '../run/properties/propertiesConfig.ts';
import { propertyFindings } from '../run/properties/propertyFindings.ts';
import { propertyNumbers } from '../run/properties/propertyNumbers.ts';
import { trajectoryFindings } from '../run/properties/trajectoryFindings.ts';
import { trajectoryNumbers } from '../run/properties/trajectoryNumbers.ts';
import { builtInPotential, CRYSTAL, type CrystalOptions, crystalFrom, formula } from './crystalOptions.ts';
import { interruptible } from './options.ts';

interface Options extends CrystalOptions {
  readonly potential: string | undefined;
  readonly reference: string | undefined;
  readonly config: string | undefined;
  readonly only: readonly string[] | undefined;
  readonly trajectory: string | undefined;
  readonly backend: string;
  readonly out: string;
}

const KINDS = PROPERTIES.map((p) => p.kind);

export const propertiesCommand: CommandModule<object, Options> = {
  command: 'properties [structure]',
  describe:
    'Measure what a crystal is known by, with the scatter of the members (no error bar: name a --reference to see what it holds), beside a reference and the literature',
  builder: (yargs) =>
    yargs
      .positional('structure', {
        type: 'string',
        describe: 'extended XYZ, POSCAR, LAMMPS data or CIF: one cell',
      })
      .options(CRYSTAL)
      .option('reference', {
        type: 'string',
        describe:
          'to be set beside: options of a built-in potential, or of a calculator such as {kind: command, …}',
      })
      .option('config', {
        type: 'string',
        describe: 'a file with structure, model or potential, reference, only, points, literature values',
      })
      .option('trajectory', {
        type: 'string',
        describe: "a run's trajectory.xyz: pair distribution, displacement and diffusion from it",
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
    const found = [await atRest(options, config), await inMotion(options.trajectory)].filter(
      (f) => f !== undefined,
    );
    mkdirSync(options.out, { recursive: true });
    const page: Findings = {
      title: found[0].title,
      story: found.map((f) => f.story).join(' '),
      tables: found.flatMap((f) => f.tables),
      figures: found.flatMap((f) => f.figures),
    };
    const numbers = Object.assign({}, ...found.map((f) => f.numbers));
    const command = ['serendip', ...process.argv.slice(2)].join(' ');
    writeFileAtomic(join(options.out, 'report.html'), await renderStudy(page, command, 'Properties'));
    writeFileAtomic(join(options.out, 'properties.json'), `${JSON.stringify(numbers, null, 2)}\n`);
    process.stdout.write(
      `${[page.title, ...page.tables.map(tableText), page.story].join('\n\n')}\n\nreport: ${join(options.out, 'report.html')}\n`,
    );
  },
};

interface Chapter extends Findings {
  readonly numbers: object;
}

/** Of the crystal; undefined where a trajectory is all that was given. */
async function atRest(o: Options, config: PropertiesConfig): Promise<Chapter | undefined> {
  const given = [o.potential, config.model, config.potential];
  if (o.trajectory !== undefined && given.every((x) => x === undefined)) return undefined;
  const crystal = crystalOf(o, config);
  const signal = interruptible();
  const portraits = await executeProperties({
    potential: potentialOf(o, config),
    crystal,
    options: config,
    only: o.only ?? config.only,
    backend: backends.create({ kind: o.backend }),
    reference: referenceOf(o, config, crystal, signal),
    progress: (line) => process.stderr.write(`${line}\n`),
    signal,
  });
  const { literature } = config;
  const numbers = propertyNumbers({ title: formula(crystal), ...portraits, literature });
  return { ...propertyFindings(numbers), numbers };
}

async function inMotion(file: string | undefined): Promise<Chapter | undefined> {
  if (file === undefined) return undefined;
  const notes: string[] = [];
  const trajectory = await readTrajectory(file, notes);
  if (!trajectory)
    throw new UserError(
      `--trajectory: '${file}' ${notes[0] ?? 'holds no frame'}; name the trajectory.xyz of a run`,
    );
  const numbers = trajectoryNumbers(trajectory, file);
  const title = formula(trajectory.frames[0].structure);
  return {
    title,
    story: notes.join(' '),
    ...trajectoryFindings(numbers, trajectory),
    numbers: { title, trajectory: numbers },
  };
}

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
      : parseSource(propertiesSchema.shape.reference, { name, input: parse(reference) });
  if (options === undefined) return undefined;
  if (!calculators.entries.some((e) => e.kind === options.kind)) return plainly(potentials.create(options));
  const calculator = calculators.create(options)({ elements, folder: config.base ?? '.' });
  return evaluatesBy(calculator, join(out, 'reference'), signal);
}
