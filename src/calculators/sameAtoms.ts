import { completeCell, inverse3, transformRows } from '../core/cell.ts';
import { atomCount, type Structure, symbolsOf } from '../core/structure.ts';

/** Å; programs write positions with few digits. */
const TOLERANCE = 0.01;

/** How the atoms of an answer differ from those asked about: number, elements, order or place; undefined if not. */
export function differenceOf(asked: Structure, got: Structure): string | undefined {
  const n = atomCount(asked);
  if (atomCount(got) !== n) return `got ${atomCount(got)} atoms, must be the ${n} asked about`;
  const [wanted, symbols] = [symbolsOf(asked), symbolsOf(got)];
  const other = symbols.findIndex((symbol, i) => symbol !== wanted[i]);
  if (other >= 0)
    return `atom ${other}: got ${symbols[other]}, must be ${wanted[other]}; keep the atoms' order`;
  const moved = distances(asked, got).findIndex((d) => !(d <= TOLERANCE));
  if (moved >= 0)
    return `atom ${moved}: got another position than asked about; keep the atoms' order and place`;
  return undefined;
}

/** Å, [n], up to lattice translations. */
function distances(asked: Structure, got: Structure): number[] {
  const cell = completeCell(asked.cell);
  const moves = transformRows(
    got.positions.map((r, k) => r - asked.positions[k]),
    inverse3(cell),
    new Float64Array(got.positions.length),
  );
  for (let k = 0; k < moves.length; k++) if (asked.periodic[k % 3]) moves[k] -= Math.round(moves[k]);
  transformRows(moves, cell, moves);
  return Array.from({ length: atomCount(asked) }, (_, i) => Math.hypot(...moves.subarray(3 * i, 3 * i + 3)));
}
