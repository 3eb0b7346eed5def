/** Stress as VASP prints it: kB, XX YY ZZ XY YZ ZX, pressure positive. */

import type { XyzFrame } from './extxyz.ts';
import { malformed } from './malformed.ts';
import { readNumber, words } from './number.ts';

/** kB in an eV/Å³. */
const KILOBAR = 1602.176634;

/** Where each of xx yy zz yz xz xy stands. */
const ORDER = [0, 1, 2, 4, 5, 3] as const;

/** eV/Å³, tensile positive, Voigt; undefined where the frame lacks the key. Throws a UserError for what is not six numbers. */
export function vaspStress({ info, place }: XyzFrame, key: string): Float64Array | undefined {
  const text = info[key];
  if (text === undefined) return undefined;
  const numbers = words(text.replace(/[[\],]/g, ' ')).map(readNumber);
  if (numbers.length !== 6 || !numbers.every((x) => x !== undefined && Number.isFinite(x)))
    throw malformed(place, key, text, 'six finite numbers', 'mend the stress or leave the key out');
  return Float64Array.from(ORDER, (k) => -numbers[k]! / KILOBAR);
}
