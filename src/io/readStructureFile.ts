import { basename } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Structure } from '../core/structure.ts';
import { parseCif } from './cif.ts';
import { parseXyz } from './extxyz.ts';
import { type LammpsDataOptions, parseLammpsData } from './lammpsData.ts';
import { parsePoscar } from './poscar.ts';
import { readText } from './readText.ts';

export interface StructureFileOptions extends LammpsDataOptions {
  /** Which frame of a file with several, from 1; −1 is the last. */
  readonly frame?: number | undefined;
}

type Parse = (text: string, file: string, options: StructureFileOptions) => Structure;

interface Format {
  readonly name: RegExp;
  readonly content: RegExp;
  readonly parse: Parse;
}

/** The first whose name fits, else the first whose content fits. */
const FORMATS: readonly Format[] = [
  { name: /\.(?:ext)?xyz$/i, content: /^\s*\d+[ \t]*\r?\n.*\r?\n\s*\w{1,3}\s+[-+.\d]/, parse: oneFrame },
  { name: /\.cif$/i, content: /^\s*data_/im, parse: parseCif },
  { name: /^data\.|\.(?:data|lmp|lammps|lmpdat)$/i, content: /^\s*\d+\s+atoms\s*$/m, parse: parseLammpsData },
  {
    name: /^(?:POSCAR|CONTCAR)|\.(?:vasp|poscar)$/i,
    content: /^.*\r?\n\s*[-+.\d]\S*\s*\r?\n(?:\s*[-+.\d]\S*){3}/,
    parse: parsePoscar,
  },
];

/** Reads extended XYZ, CIF, LAMMPS data or POSCAR, told apart by name, else by content. */
export function readStructureFile(path: string, options: StructureFileOptions = {}): Structure {
  const text = readText(path, 'check the name of the structure file');
  const format =
    FORMATS.find((f) => f.name.test(basename(path))) ?? FORMATS.find((f) => f.content.test(text));
  if (!format)
    throw new UserError(
      `${path}: got a file of unknown format, must be extended XYZ, POSCAR, CIF or LAMMPS data; name it .xyz, .vasp, .cif or .data`,
    );
  return format.parse(text, path, options);
}

function oneFrame(text: string, file: string, { frame }: StructureFileOptions): Structure {
  const frames = parseXyz(text, file);
  const chosen = frames.length === 1 && frame === undefined ? frames[0] : frames.at(index(frame));
  if (chosen) return chosen.structure;
  throw new UserError(
    `${file}: got ${frame === undefined ? 'no choice' : `frame ${frame}`} among ${frames.length} frames, must be 1 to ${frames.length} or -1 for the last; set \`frame\`, or keep one in the file`,
  );
}

/** Position in the list; out of it where none was chosen. */
function index(frame: number | undefined): number {
  if (frame === undefined || frame === 0) return Number.POSITIVE_INFINITY;
  return frame > 0 ? frame - 1 : frame;
}
