import { type Cell, completeCell, heights, inverse3, transformRows } from '../core/cell.ts';
import { element } from '../core/elements.ts';
import { buildNeighbours, type NeighbourList } from '../core/neighbours.ts';
import { atomCount, type Structure } from '../core/structure.ts';
import type { ExtractContext } from './context.ts';

/** The cell that cuts are made from, with what every cut is compared to. */
export interface Parent {
  readonly structure: Structure;
  /** Open directions without a vector are given one; with its inverse and heights (Å). */
  readonly cell: Cell;
  readonly inverse: Float64Array;
  readonly heights: readonly number[];
  /** Within the potential's cutoff. */
  readonly neighbours: NeighbourList;
  /** eV/Å, [3n], under the current ensemble. */
  readonly forces: Float64Array;
  /** [n], of the measure that grades buffers. */
  readonly grades: Float64Array;
  /** Å, [species × species]: the shortest distance seen; Infinity where there is no such pair. */
  readonly shortest: Float64Array;
}

export function parentOf(structure: Structure, { potential, grade }: ExtractContext): Parent {
  const cell = completeCell(structure.cell);
  const neighbours = buildNeighbours(structure, potential.cutoff);
  const kinds = structure.elements.length;
  const shortest = new Float64Array(kinds * kinds).fill(Infinity);
  visitDistances(structure, neighbours, (i, j, _, d) => {
    const pair = structure.species[i] * kinds + structure.species[j];
    shortest[pair] = Math.min(shortest[pair], d);
  });
  const evaluation = potential.evaluate(structure, neighbours, ['forces', ...grade.needs]);
  return {
    structure,
    cell,
    inverse: inverse3(cell),
    heights: heights(cell),
    neighbours,
    forces: evaluation.forces,
    grades: grade.grade(evaluation, structure),
    shortest,
  };
}

/** Calls `found(i, j, p, d)` for every entry p of the list, d in Å. */
export function visitDistances(
  s: Structure,
  { offsets, indices, shifts }: NeighbourList,
  found: (i: number, j: number, p: number, distance: number) => void,
): void {
  const { positions: r, cell } = s;
  for (let i = 0; i < atomCount(s); i++)
    for (let p = offsets[i]; p < offsets[i + 1]; p++) {
      const j = indices[p];
      let square = 0;
      for (let x = 0; x < 3; x++) {
        const image =
          shifts[3 * p] * cell[x] + shifts[3 * p + 1] * cell[3 + x] + shifts[3 * p + 2] * cell[6 + x];
        square += (r[3 * j + x] + image - r[3 * i + x]) ** 2;
      }
      found(i, j, p, Math.sqrt(square));
    }
}

/** Å, [species × species]: sums of covalent radii. */
export function covalentSums(s: Structure): Float64Array {
  const radii = s.elements.map((symbol) => element(symbol).covalentRadius);
  return Float64Array.from(radii.flatMap((a) => radii.map((b) => a + b)));
}

/** Images of atoms: `parents[k]` moved by the lattice translations `shifts[3k…]` stands at `positions[3k…]`. */
export interface Images {
  readonly parents: Int32Array;
  readonly shifts: Int32Array;
  /** Å, [3·images]. */
  readonly positions: Float64Array;
}

/**
 * All images whose height above `origin` (Å) along a, b, c stays within `reach` (Å). An infinite reach takes every
 * atom once along that direction: its image nearest the origin. Ascending by atom, then by shift.
 */
export function imagesAround(parent: Parent, origin: ArrayLike<number>, reach: readonly number[]): Images {
  const { structure, cell, inverse, heights } = parent;
  const n = atomCount(structure);
  const parents: number[] = [];
  const shifts: number[] = [];
  const positions: number[] = [];
  const offset = structure.positions.map((value, k) => value - origin[k % 3]);
  const f = transformRows(offset, inverse, new Float64Array(3 * n));
  const range = (x: number, value: number): readonly [number, number] => {
    const limit = reach[x] / heights[x];
    if (!structure.periodic[x]) return Math.abs(value) <= limit ? [0, 0] : [1, 0];
    if (limit === Infinity) return [-Math.floor(value + 0.5), -Math.floor(value + 0.5)];
    return [Math.ceil(-limit - value), Math.floor(limit - value)];
  };
  for (let i = 0; i < n; i++) {
    const [a0, a1] = range(0, f[3 * i]);
    if (a0 > a1) continue;
    const [b0, b1] = range(1, f[3 * i + 1]);
    const [c0, c1] = range(2, f[3 * i + 2]);
    for (let a = a0; a <= a1; a++)
      for (let b = b0; b <= b1; b++)
        for (let c = c0; c <= c1; c++) {
          parents.push(i);
          shifts.push(a, b, c);
          for (let x = 0; x < 3; x++)
            positions.push(structure.positions[3 * i + x] + a * cell[x] + b * cell[3 + x] + c * cell[6 + x]);
        }
  }
  return {
    parents: Int32Array.from(parents),
    shifts: Int32Array.from(shifts),
    positions: Float64Array.from(positions),
  };
}
