/**
 * How far atoms are from where they were: u = (s' − s)·cell' with fractional coordinates s, the nearest image along periodic
 * directions, less the median over the atoms, so that neither a strain of the cell nor a drift of all atoms is a displacement. The
 * median and not the mean: one atom that jumps among thirty does not move the others.
 */
import { completeCell, inverse3, transformRows } from '../core/cell.ts';
import type { Structure } from '../core/structure.ts';

/** Å, [3n], in the cell of `after`. */
export function displacements(before: Structure, after: Structure): Float64Array {
  const cell = completeCell(after.cell);
  const to = inverse3(cell);
  const f = transformRows(after.positions, to, new Float64Array(after.positions.length));
  const g = transformRows(before.positions, inverse3(completeCell(before.cell)), new Float64Array(f.length));
  for (let k = 0; k < f.length; k++) f[k] -= g[k];
  takeOffDrift(f, after.periodic);
  return transformRows(f, cell, f);
}

/** Where the atoms of `before` would be in the frame of `after`: after − u. */
export function carriedOver(
  before: Structure,
  after: Structure,
  u = displacements(before, after),
): Structure {
  return { ...after, positions: after.positions.map((x, k) => x - u[k]) };
}

/** The same fractions of another cell (Å, rows). */
export function inCell(s: Structure, cell: Float64Array): Structure {
  const f = transformRows(s.positions, inverse3(completeCell(s.cell)), new Float64Array(s.positions.length));
  return { ...s, cell: cell.slice(), positions: transformRows(f, completeCell(cell), f) };
}

/** Å, [n]. */
export function lengths(u: Float64Array): Float64Array {
  const out = new Float64Array(u.length / 3);
  for (let i = 0; i < out.length; i++) out[i] = Math.hypot(u[3 * i], u[3 * i + 1], u[3 * i + 2]);
  return out;
}

/** Atoms whose median says well enough where all of them are. */
const ENOUGH = 4096;

/** The nearest image of every difference and the median off, of fractional ones. */
function takeOffDrift(f: Float64Array, periodic: Structure['periodic']): void {
  const n = f.length / 3;
  if (n === 0) return;
  const every = Math.ceil(n / ENOUGH);
  const column = new Float64Array(Math.ceil(n / every));
  for (let x = 0; x < 3; x++) {
    // Where the drift is near half a cell the images must be taken around it: around one atom's difference, then around the median.
    let centre = periodic[x] ? f[x] : 0;
    for (let round = 0; round < 2; round++) {
      for (let k = 0; k < column.length; k++) {
        let d = f[3 * k * every + x] - centre;
        if (periodic[x]) d -= Math.round(d);
        column[k] = d + centre;
      }
      centre = median(column);
    }
    for (let i = 0; i < n; i++) {
      let d = f[3 * i + x] - centre;
      if (periodic[x]) d -= Math.round(d);
      f[3 * i + x] = d;
    }
  }
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
}
