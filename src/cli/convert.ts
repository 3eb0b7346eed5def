import type { CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import { readXyz, type XyzFrame } from '../io/extxyz.ts';
import { readNumber } from '../io/number.ts';
import { readStructureFile } from '../io/readStructureFile.ts';
import { isXyzName, writeStructureFile } from '../io/writeStructureFile.ts';
import { writeXyz, type XyzOutput } from '../io/writeXyz.ts';
import {
  type FreeAtoms,
  fittedFreeAtoms,
  isPartial,
  toPacemaker,
  toSerendip,
} from '../run/fittedEnergies.ts';

interface Options {
  readonly in: string;
  readonly out: string;
  readonly to: 'serendip' | 'pacemaker' | undefined;
  readonly e0: readonly string[] | undefined;
  readonly elements: readonly string[] | undefined;
  readonly frame: number | undefined;
}

export const convertCommand: CommandModule<object, Options> = {
  command: 'convert <in> <out>',
  describe:
    'Convert structures and labels: extended XYZ, POSCAR, CIF, LAMMPS data; energies as pacemaker fits them',
  builder: (yargs) =>
    yargs
      .positional('in', { type: 'string', demandOption: true, describe: 'told by name, else by content' })
      .positional('out', { type: 'string', demandOption: true, describe: 'told by name' })
      .option('to', {
        choices: ['serendip', 'pacemaker'] as const,
        describe:
          'how labels are written: REF_* of the calculator, or energy less free atoms; default: as they are',
      })
      .option('e0', {
        type: 'string',
        array: true,
        describe: 'eV of free atoms, Cu=-1.23 Ni=-2.5; or fit: least squares over the file',
      })
      .option('elements', {
        type: 'string',
        array: true,
        describe: 'elements of the LAMMPS types, in their order',
      })
      .option('frame', { type: 'number', describe: 'of several, from 1; -1 is the last; default: all' })
      .example(
        '$0 convert run/dataset.xyz fit.xyz --to pacemaker --e0 Cu=-3.4',
        'hand a data set to pacemaker',
      )
      .example('$0 convert slab.cif slab.data --elements Al Ni', 'types in an order of your own'),
  handler({ in: from, out, to, e0, elements, frame }) {
    const told = { ...(elements && { elements }), ...(frame !== undefined && { frame }) };
    if (!isXyzName(from) || !isXyzName(out) || frame !== undefined) {
      if (to !== undefined)
        throw new UserError(
          `--to: got ${to}, must stand between files of extended XYZ; leave it or --frame out`,
        );
      writeStructureFile(out, readStructureFile(from, told), elements);
      process.stdout.write(`1 structure: ${out}\n`);
      return;
    }
    const frames = readXyz(from);
    writeXyz(out, relabelled(frames, to, e0));
    process.stdout.write(`${frames.length} frames: ${out}\n`);
  },
};

function relabelled(frames: readonly XyzFrame[], to: Options['to'], e0: Options['e0']): readonly XyzOutput[] {
  const fit = e0?.join() === 'fit';
  if (e0 && (to === undefined || (to === 'serendip' && fit)))
    throw new UserError(
      `--e0: got ${e0.join(' ')}, must stand with --to pacemaker${fit ? '' : ' or serendip'}; leave it out`,
    );
  if (to === undefined) return frames;
  const atoms = e0 && freeAtoms(e0, frames);
  if (to === 'serendip') return frames.map((f) => toSerendip(f, atoms));
  if (!atoms)
    throw new UserError(
      '--e0: got none, must give the energy of every element; write --e0 Cu=-1.23 or --e0 fit',
    );
  const weighted = frames.some(isPartial);
  return frames.map((f) => toPacemaker(f, atoms, weighted));
}

function freeAtoms(words: readonly string[], frames: readonly XyzFrame[]): FreeAtoms {
  if (words.join() === 'fit') {
    const fitted = fittedFreeAtoms(frames);
    process.stdout.write(`E0 in eV: ${[...fitted].map(([e, E]) => `${e}=${E}`).join(' ')}\n`);
    return fitted;
  }
  return new Map(
    words.map((word) => {
      const [, symbol, text] = /^([A-Z][a-z]?)=(.+)$/.exec(word) ?? [];
      const E = readNumber(text ?? '');
      if (symbol === undefined || E === undefined || !Number.isFinite(E))
        throw new UserError(`--e0: got '${word}', must be such as Cu=-1.23, or fit`);
      return [symbol, E];
    }),
  );
}
