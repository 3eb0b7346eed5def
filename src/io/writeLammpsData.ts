import { element } from '../core/elements.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { LammpsStyle } from './lammpsData.ts';
import { writeNumber } from './number.ts';
import { type RestrictedFrame, restrictedFrame } from './restrictedCell.ts';

export interface LammpsDataOutput {
  readonly text: string;
  /** How the structure was turned; `turnBack(forces, frame.rotation)` brings forces back. */
  readonly frame: RestrictedFrame;
}

/**
 * A LAMMPS data file; ids follow the atoms' order, types follow `elements` (default: those of the structure).
 * With style charge every charge is written as 0, to be set in the input.
 */
export function formatLammpsData(
  s: Structure,
  elements: readonly string[] = s.elements,
  style: LammpsStyle = 'atomic',
): LammpsDataOutput {
  const frame = restrictedFrame(s);
  const { cell, positions } = frame.structure;
  const types = s.elements.map((e) => elements.indexOf(e) + 1);
  const missing = s.elements.find((_, k) => types[k] === 0 && s.species.includes(k));
  if (missing !== undefined) throw new Error(`LAMMPS data: ${missing} is not among ${elements.join(' ')}`);
  const bounds = ['x', 'y', 'z'].map((name, x) => {
    const low = frame.origin[x];
    return `${writeNumber(low)} ${writeNumber(low + cell[4 * x])} ${name}lo ${name}hi`;
  });
  const tilts = [cell[3], cell[6], cell[7]];
  if (tilts.some((t) => t !== 0)) bounds.push(`${tilts.map(writeNumber).join(' ')} xy xz yz`);
  const masses = elements.map((e, k) => `${k + 1} ${element(e).mass} # ${e}`);
  const atoms = Array.from({ length: atomCount(s) }, (_, i) => {
    const r = Array.from(positions.subarray(3 * i, 3 * i + 3), writeNumber).join(' ');
    return `${i + 1} ${types[s.species[i]]} ${style === 'charge' ? '0 ' : ''}${r}`;
  });
  const text = [
    `LAMMPS data file, ${elements.join(' ')}\n`,
    `${atomCount(s)} atoms\n${elements.length} atom types\n`,
    `${bounds.join('\n')}\n`,
    `Masses\n\n${masses.join('\n')}\n`,
    `Atoms # ${style}\n\n${atoms.join('\n')}\n`,
  ].join('\n');
  return { text, frame };
}
