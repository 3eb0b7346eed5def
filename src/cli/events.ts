import { existsSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { potentials } from '../../potentials/registry.ts';
import { UserError } from '../core/errors.ts';
import type { Potential } from '../core/potential.ts';
import { positive } from '../core/quantity.ts';
import { eventClasses } from '../events/classes.ts';
import type { EventRecord, PathRecord } from '../events/record.ts';
import { readXyz } from '../io/extxyz.ts';
import { isXyzName, writeStructureFile } from '../io/writeStructureFile.ts';
import { writeXyz } from '../io/writeXyz.ts';
import { tableText } from '../report/dataTable.ts';
import { classTable, eventTable } from '../report/eventTables.ts';
import { integratorOf } from '../run/assemble.ts';
import { numbered, openRunDirectory, pathsIn, requireRun } from '../run/directory.ts';
import { loadModel } from '../run/modelFolder.ts';
import { keepRecord, readEvents } from '../run/rareEvents/eventFolder.ts';
import { type HarmonicRate, harmonicRates } from '../run/rareEvents/harmonicRate.ts';
import { verifyStored } from '../run/rareEvents/verifyStored.ts';
import { runStatus } from '../run/status.ts';
import { isPlainMd, storedConfig, storedMdConfig, storedRunConfig } from '../run/stored.ts';
import { given, interruptible } from './options.ts';
import { barrierText } from './progressLine.ts';

interface Place {
  readonly directory: string;
}

interface One extends Place {
  readonly event: number;
}

const DIRECTORY = { type: 'string', default: 'run', describe: 'the run directory' } as const;
const EVENT = { type: 'number', demandOption: true, describe: 'number of the event, from 1' } as const;

const list: CommandModule<object, Place & { readonly json: boolean }> = {
  command: 'list [directory]',
  describe: 'Every event of a run, and their classes with counts and rates',
  builder: (yargs) =>
    yargs
      .positional('directory', DIRECTORY)
      .option('json', { type: 'boolean', default: false, describe: 'for programs' }),
  handler({ directory, json }) {
    const records = recordsIn(directory);
    const text = json
      ? JSON.stringify(records)
      : records.length === 0
        ? `${directory}: no events`
        : [eventTable(records), classTable(eventClasses(records, timeOf(directory)))]
            .map(tableText)
            .join('\n\n');
    process.stdout.write(`${text}\n`);
  },
};

const show: CommandModule<object, One> = {
  command: 'show <event> [directory]',
  describe: 'All that is known of one event',
  builder: (yargs) => yargs.positional('event', EVENT).positional('directory', DIRECTORY),
  handler({ event, directory }) {
    const record = recordOf(directory, event);
    const files = pathsIn(directory)('events', numbered(event));
    process.stdout.write(`${[...described(record), `files: ${files}`].join('\n')}\n`);
  },
};

const exported: CommandModule<object, One & { readonly out: string; readonly stage: string }> = {
  command: 'export <event> [directory]',
  describe: 'Write the structures of one event',
  builder: (yargs) =>
    yargs
      .positional('event', EVENT)
      .positional('directory', DIRECTORY)
      .option('out', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        describe: '.xyz, .cif, .data (LAMMPS) or POSCAR, told by name',
      })
      .option('stage', {
        choices: ['path', 'initial', 'saddle', 'final'] as const,
        default: 'path',
        describe: 'path: all images, ends included, as extended XYZ',
      })
      .example('$0 events export 2 run -o hop.xyz', 'the images of the path of event 2')
      .example(
        '$0 events export 2 run --stage saddle -o POSCAR',
        'its saddle, for a calculation of your own',
      ),
  handler({ event, directory, out, stage }) {
    const { path, pathFailure } = recordOf(directory, event);
    const file = pathsIn(directory)('events', numbered(event), `${stage}.xyz`);
    if (!existsSync(file))
      throw new UserError(
        `events export: event ${event} has no ${stage}${path ? '' : ` (${pathFailure ?? 'no path was found'})`}; take --stage initial or final, or another event`,
      );
    const frames = readXyz(file);
    if (isXyzName(out)) writeXyz(out, frames);
    else if (frames.length === 1) writeStructureFile(out, frames[0].structure);
    else
      throw new UserError(
        `--out: got '${out}' for ${frames.length} images, must end in .xyz; name one --stage`,
      );
    process.stdout.write(`${out}: ${frames.length} structure${frames.length === 1 ? '' : 's'}\n`);
  },
};

const verify: CommandModule<object, One> = {
  command: 'verify <event> [directory]',
  describe: 'Ask the reference at both ends and the saddle of an event, and keep what it says',
  builder: (yargs) =>
    yargs
      .positional('event', EVENT)
      .positional('directory', DIRECTORY)
      .example('$0 events verify 2 run', 'three labels, those paid for before from the cache'),
  async handler({ event, directory }) {
    const record = recordOf(directory, event);
    if (isPlainMd(directory))
      throw new UserError(
        `events verify: '${directory}' was driven by a given potential and has no reference; export the path, or use 'serendip run'`,
      );
    const run = openRunDirectory(directory);
    try {
      const { generation } = runStatus(directory);
      const config = storedRunConfig(directory);
      const verified = await verifyStored(run, config, record, generation, interruptible());
      keepRecord(run, verified);
      process.stdout.write(`${described(verified).join('\n')}\n`);
    } finally {
      run.release();
    }
  },
};

const rate: CommandModule<object, One & { readonly temperature: string | undefined }> = {
  command: 'rate <event> [directory]',
  describe:
    'How often it happens by harmonic transition-state theory, from the normal modes at rest and at the saddle',
  builder: (yargs) =>
    yargs
      .positional('event', EVENT)
      .positional('directory', DIRECTORY)
      .option('temperature', {
        alias: 'T',
        type: 'string',
        describe: 'with its unit; that at which it was found if absent',
      })
      .example('$0 events rate 2 run -T "300 K"', 'each way over the saddle, to compare with counts'),
  async handler({ event, directory, temperature }) {
    const record = recordOf(directory, event);
    const T =
      temperature === undefined
        ? record.temperature
        : given(positive('temperature'), '--temperature', temperature);
    const found = await harmonicRates(directory, record, potentialIn(directory), T);
    const line = (way: string, { barrier, attempt, rate: k }: HarmonicRate) =>
      `${way}: barrier ${barrierText(barrier)}, attempt frequency ${attempt.toFixed(2)} THz, at ${T.toFixed(0)} K ${k.toExponential(2)} /s`;
    process.stdout.write(
      `event ${event}, class ${record.class}: ${record.title}\n${line('forward', found.forward)}\n${line('back', found.backward)}\n` +
        `for each way of its kind, from the vibrations of ${found.atoms} atoms; motion that is not harmonic is left out\n`,
    );
  },
};

export const eventsCommand: CommandModule = {
  command: 'events <action>',
  describe: 'List, show, export, verify or rate the rare events that a run has found',
  builder: (yargs) =>
    yargs
      .command([list, show, exported, verify, rate] as unknown as CommandModule[])
      .demandCommand(1)
      .example('$0 events list run', 'what happened in run/')
      .example('$0 events show 2 run', 'its second event: atoms, barrier, verdict'),
  handler() {},
};

function recordsIn(directory: string): EventRecord[] {
  requireRun(directory);
  return readEvents(pathsIn(directory)('events'));
}

function recordOf(directory: string, event: number): EventRecord {
  const records = recordsIn(directory);
  const record = records.find((r) => r.event === event);
  if (record) return record;
  throw new UserError(
    records.length === 0
      ? `events: '${directory}' has found none; was there a section \`events:\` in its config?`
      : `events: got event ${event}, must be a number from 1 to ${records.length}`,
  );
}

/** What drives it: the given potential, or the latest generation. */
function potentialIn(directory: string): Potential {
  if (isPlainMd(directory)) return potentials.create(storedMdConfig(directory).potential);
  return loadModel(pathsIn(directory)('models', numbered(runStatus(directory).generation))).potential;
}

/** fs that were simulated. */
function timeOf(directory: string): number {
  return runStatus(directory).step * integratorOf(storedConfig(directory)).timestep;
}

function described(e: EventRecord): string[] {
  const kinds = (counts: EventRecord['localBefore']) =>
    Object.entries(counts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ') || 'none';
  const ps = (fs: number) => (fs / 1000).toFixed(3);
  const [before, after] = [kinds(e.localBefore), kinds(e.localAfter)];
  return [
    `event ${e.event}, class ${e.class}: ${e.title}`,
    `between steps ${e.between.join(' and ')} (${ps(e.time[0])} to ${ps(e.time[1])} ps) at ${e.temperature.toFixed(0)} K`,
    ...e.moved
      .slice(0, SHOWN)
      .map((atom, k) => `  atom ${atom} (${e.elements[k]}) moved ${e.displacements[k].toFixed(2)} Å`),
    ...(e.moved.length > SHOWN ? [`  and ${e.moved.length - SHOWN} more`] : []),
    `local structure, neighbours included: ${before === after ? `${before}, before and after` : `${before}, then ${after}`}`,
    `${e.verdict}: ${e.reason}; ${e.labels} labels, generation ${e.generation}`,
    ...(e.path ? pathLines(e.path) : [`no path: ${e.pathFailure}`]),
  ];
}

const SHOWN = 10;

function pathLines(path: PathRecord): string[] {
  const { distances, energies, grades, spreads, reference, saddle, curvatures } = path;
  const cell = (x: number | undefined, digits: number) =>
    (x === undefined || !Number.isFinite(x) ? '–' : x.toFixed(digits)).padStart(10);
  const heads = ['along, Å', 'E, eV', 'grade', 'σ_F, eV/Å', 'ref., eV', 'F, eV/Å'];
  return [
    `barrier ${barrierText(path.forward)}, back ${barrierText(path.backward)}; least curvatures at the saddle ${curvatures.map((c) => c.toFixed(2)).join(', ')} eV/Å²`,
    `image${heads.map((head) => head.padStart(10)).join('')}`,
    ...energies.map((energy, k) => {
      const asked = reference.find((r) => r.image === k);
      const cells = [cell(distances[k], 3), cell(energy, 4), cell(grades[k], 2), cell(spreads[k], 3)];
      const said = [cell(asked?.energy, 4), cell(asked?.force, 3)];
      return `${String(k).padStart(5)}${[...cells, ...said].join('')}${k === saddle ? '  saddle' : ''}`;
    }),
  ];
}
