import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { backends } from '../backend/registry.ts';
import { describeProbe, probeGpu } from '../backend/webgpu/probe.ts';
import { readConfig } from '../config/load.ts';
import { runSchema } from '../config/schema.ts';
import { UserError } from '../core/errors.ts';
import { atomCount } from '../core/structure.ts';
import { labelsOf, structureOf } from '../run/assemble.ts';
import { pathsIn } from '../run/directory.ts';
import { interruptible } from './options.ts';

interface Options {
  readonly config: string | undefined;
}

const GIB = 2 ** 30;

export const doctorCommand: CommandModule<object, Options> = {
  command: 'doctor [config]',
  describe: 'Look over the machine; with a config, obtain one real label',
  builder: (yargs) =>
    yargs
      .positional('config', {
        type: 'string',
        describe: 'a config whose calculator is tried on its structure',
      })
      .example('$0 doctor run.yaml', 'is everything there that run.yaml needs?'),
  async handler({ config: path }) {
    const disk = statfsSync('.');
    const lammps = spawnSync('lmp', ['-h'], { encoding: 'utf8' });
    const say = (what: string, value: string) => process.stdout.write(`${what.padEnd(12)}${value}\n`);
    say('node', process.version);
    say('threads', String(availableParallelism()));
    say('memory', `${(freemem() / GIB).toFixed(1)} of ${(totalmem() / GIB).toFixed(1)} GiB free`);
    say('disk', `${((disk.bavail * disk.bsize) / GIB).toFixed(1)} GiB free here`);
    say('backends', backends.entries.map((e) => e.kind).join(', '));
    say('gpu', describeProbe(probeGpu()));
    say(
      'lammps',
      lammps.error ? 'no lmp on PATH (only needed for the calculator lammps)' : firstLine(lammps.stdout),
    );
    if (path !== undefined) say('label', await oneLabel(path));
  },
};

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? 'found';
}

/** Labels the config's own structure in a folder that stays only where something went wrong. */
async function oneLabel(path: string): Promise<string> {
  const { config } = readConfig(runSchema, path);
  const structure = structureOf(config);
  const folder = mkdtempSync(join(tmpdir(), 'serendip-doctor-'));
  const fresh = { ...config, label: { ...config.label, directory: undefined, retries: 0 } };
  const outcome = await labelsOf(fresh, structure, pathsIn(folder)).label(structure, interruptible());
  if (outcome.kind === 'quarantined') throw new UserError(`doctor: ${outcome.reason}`, 3);
  rmSync(folder, { recursive: true });
  const { label, seconds } = outcome;
  const largest = label.forces.reduce((most, f) => Math.max(most, Math.abs(f)), 0);
  const perAtom = (label.energy / atomCount(structure)).toFixed(4);
  return `${perAtom} eV/atom, largest force ${largest.toFixed(3)} eV/Å, in ${seconds.toFixed(2)} s by '${config.label.calculator.kind}'`;
}
