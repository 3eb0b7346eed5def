import { basename } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Structure } from '../core/structure.ts';
import { writeFileAtomic } from './durable.ts';
import { formatPoscar } from './poscar.ts';
import { formatCif } from './writeCif.ts';
import { formatLammpsData } from './writeLammpsData.ts';
import { formatXyz } from './writeXyz.ts';

type Format = (s: Structure, elements: readonly string[]) => string;

/** The format by the name of the file. */
const FORMATS: readonly (readonly [RegExp, Format])[] = [
  [/\.(?:ext)?xyz$/i, (s) => formatXyz({ structure: s })],
  [/\.cif$/i, formatCif],
  [/^data\.|\.(?:data|lmp|lammps|lmpdat)$/i, (s, elements) => formatLammpsData(s, elements).text],
  [/^(?:POSCAR|CONTCAR)|\.(?:vasp|poscar)$/i, (s) => formatPoscar(s)],
];

export function isXyzName(path: string): boolean {
  return FORMATS[0][0].test(basename(path));
}

/** Writes extended XYZ, CIF, LAMMPS data or POSCAR, told by name; `elements` gives the types of LAMMPS. Throws a UserError. */
export function writeStructureFile(
  path: string,
  s: Structure,
  elements: readonly string[] = s.elements,
): void {
  const format = FORMATS.find(([name]) => name.test(basename(path)));
  if (!format)
    throw new UserError(
      `${path}: got a name of unknown format, must end in .xyz, .cif, .data or .vasp, or begin with POSCAR; name it so`,
    );
  const missing = s.elements.find((e, k) => s.species.includes(k) && !elements.includes(e));
  if (missing !== undefined)
    throw new UserError(`${path}: got elements ${elements.join(' ')}, must name ${missing} too; add it`);
  writeFileAtomic(path, format[1](s, elements));
}
