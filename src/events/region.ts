/**
 * The part of a cell that matters to some of its atoms. The energy is a sum of E_i that see no further than the cutoff, so the force on
 * an atom, −Σ_j ∂E_j/∂r, takes neighbours within one cutoff and what these see within another: with everything within two cutoffs of
 * the mobile atoms there, their forces and the differences of energy between their positions are those of the whole cell.
 */
import { completeCell, heights, inverse3, transformRows } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import { gridOf, marked, within } from './near.ts';

export interface Region {
  /** Directions are open where nothing reaches across, and periodic as before where something does. */
  readonly structure: Structure;
  /** Atom of the whole, [m], ascending. */
  readonly parents: Int32Array;
  /** [m]; 1: there only to be felt. */
  readonly hold: Uint8Array;
  /** Whether it is the whole cell, of which nothing is held. */
  readonly whole: boolean;
}

/** Å by which mobile atoms may go beyond where they were when the region was cut. */
const SLACK = 1;
/** A region of more than this share of the atoms saves nothing. */
const MOST = 0.5;

/** Mobile: what is within `radius` (Å) of any of `atoms`; held: what is within twice the cutoff (Å) of these. */
export function regionAround(s: Structure, atoms: ArrayLike<number>, radius: number, cutoff: number): Region {
  const n = atomCount(s);
  const grid = gridOf(s);
  const mobile = within(grid, atoms, radius);
  const inside = within(grid, marked(mobile), 2 * cutoff + SLACK);
  const parents = marked(inside);
  if (parents.length > MOST * n)
    return {
      structure: s,
      parents: Int32Array.from({ length: n }, (_, i) => i),
      hold: new Uint8Array(n),
      whole: true,
    };
  const structure = loosened(s, parents, cutoff + 2 * SLACK);
  return { structure, parents, hold: Uint8Array.from(parents, (i) => 1 - mobile[i]), whole: false };
}

/** The same atoms of another structure of the whole, the images nearest to where they are in the region. */
export function cutRegion({ structure, parents, whole }: Region, other: Structure): Structure {
  if (whole) return other;
  const cell = completeCell(other.cell);
  const to = inverse3(cell);
  const here = transformRows(
    structure.positions,
    inverse3(completeCell(structure.cell)),
    new Float64Array(structure.positions.length),
  );
  const positions = gathered(other.positions, parents);
  const f = transformRows(positions, to, new Float64Array(positions.length));
  for (let k = 0; k < f.length; k++) f[k] = other.periodic[k % 3] ? Math.round(f[k] - here[k]) : 0;
  const shift = transformRows(f, cell, f);
  for (let k = 0; k < shift.length; k++) positions[k] -= shift[k];
  return { ...structure, cell: other.cell.slice(), positions };
}

/** A copy of `whole` with the mobile atoms where they are in `part`, each by the image nearest to where it was. */
export function pasteRegion(region: Region, part: Structure, whole: Structure): Structure {
  if (region.whole) return { ...whole, positions: part.positions.slice() };
  const positions = whole.positions.slice();
  const cell = completeCell(whole.cell);
  const to = inverse3(cell);
  const step = new Float64Array(3);
  region.parents.forEach((i, k) => {
    if (region.hold[k]) return;
    for (let x = 0; x < 3; x++) step[x] = part.positions[3 * k + x] - whole.positions[3 * i + x];
    const f = transformRows(step, to, new Float64Array(3));
    for (let x = 0; x < 3; x++) f[x] = whole.periodic[x] ? Math.round(f[x]) : 0;
    transformRows(f, cell, f);
    for (let x = 0; x < 3; x++) positions[3 * i + x] += step[x] - f[x];
  });
  return { ...whole, positions };
}

/** The atoms of `s` at `parents`, open where a plane can be put between them that nothing within `reach` (Å) crosses. */
function loosened(s: Structure, parents: Int32Array, reach: number): Structure {
  const cell = completeCell(s.cell);
  const height = heights(cell);
  const positions = gathered(s.positions, parents);
  const f = transformRows(positions, inverse3(cell), new Float64Array(positions.length));
  const periodic: [boolean, boolean, boolean] = [...s.periodic];
  for (let x = 0; x < 3; x++) {
    if (!s.periodic[x]) continue;
    const gap = widestGap(f, x);
    const opens = gap.width * height[x] > reach;
    periodic[x] = !opens;
    // Beginning after the gap, or, where it stays periodic, anywhere: images are all the same then.
    for (let k = x; k < f.length; k += 3) f[k] -= Math.floor(f[k] - (opens ? gap.end : 0) + 1e-12);
  }
  return {
    elements: s.elements,
    species: Uint8Array.from(parents, (i) => s.species[i]),
    positions: transformRows(f, cell, f),
    cell: s.cell.slice(),
    periodic,
  };
}

/** Of the fractions along x around the circle: how wide the widest gap is, and where it ends. */
function widestGap(f: Float64Array, x: number): { readonly width: number; readonly end: number } {
  const along = Float64Array.from(
    { length: f.length / 3 },
    (_, k) => f[3 * k + x] - Math.floor(f[3 * k + x]),
  );
  along.sort();
  let [width, end] = [along[0] + 1 - along[along.length - 1], along[0]];
  for (let k = 1; k < along.length; k++)
    if (along[k] - along[k - 1] > width) [width, end] = [along[k] - along[k - 1], along[k]];
  return { width, end };
}

function gathered(positions: Float64Array, parents: Int32Array): Float64Array {
  const out = new Float64Array(3 * parents.length);
  parents.forEach((i, k) => {
    for (let x = 0; x < 3; x++) out[3 * k + x] = positions[3 * i + x];
  });
  return out;
}
