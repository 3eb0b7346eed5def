import { type Cell, isOpenCell } from './cell.ts';

/** Which lattice directions repeat. */
export type Periodic = readonly [boolean, boolean, boolean];

/** Atoms in a cell. Positions may lie outside the cell; they are never wrapped behind your back. */
export interface Structure {
  /** Symbols that `species` indexes. */
  readonly elements: readonly string[];
  /** Index into `elements`, [n]. */
  readonly species: Uint8Array;
  /** Å, [3n]. */
  readonly positions: Float64Array;
  /** Å, rows a b c, [9]; all zero for an isolated cluster without a box. */
  readonly cell: Cell;
  readonly periodic: Periodic;
}

export function atomCount(s: Structure): number {
  return s.species.length;
}

export function cloneStructure(s: Structure): Structure {
  return { ...s, species: s.species.slice(), positions: s.positions.slice(), cell: s.cell.slice() };
}

/** Builds a structure from symbols; the element list is the sorted set of symbols. */
export function structureFrom(
  symbols: readonly string[],
  positions: ArrayLike<number>,
  cell: ArrayLike<number> = new Float64Array(9),
  periodic?: Periodic,
): Structure {
  if (positions.length !== 3 * symbols.length)
    throw new Error(
      `structureFrom: ${symbols.length} symbols need ${3 * symbols.length} coordinates, got ${positions.length}`,
    );
  const elements = [...new Set(symbols)].sort();
  const index = new Map(elements.map((e, k) => [e, k]));
  const box = Float64Array.from(cell);
  const open = isOpenCell(box);
  return {
    elements,
    species: Uint8Array.from(symbols, (e) => index.get(e)!),
    positions: Float64Array.from(positions),
    cell: box,
    periodic: periodic ?? [!open, !open, !open],
  };
}

/** Chemical symbol of every atom, [n]. */
export function symbolsOf(s: Structure): string[] {
  return Array.from(s.species, (k) => s.elements[k]);
}

/** The atoms named by `atoms`, in that order, in the same cell. */
export function subset(s: Structure, atoms: ArrayLike<number>): Structure {
  const positions = new Float64Array(3 * atoms.length);
  const species = new Uint8Array(atoms.length);
  for (let k = 0; k < atoms.length; k++) {
    const i = atoms[k];
    species[k] = s.species[i];
    for (let x = 0; x < 3; x++) positions[3 * k + x] = s.positions[3 * i + x];
  }
  return { ...s, species, positions, cell: s.cell.slice() };
}

/** Repeats a periodic structure `na × nb × nc` times. */
export function supercell(s: Structure, repeats: readonly [number, number, number]): Structure {
  const n = atomCount(s);
  const copies = repeats[0] * repeats[1] * repeats[2];
  const positions = new Float64Array(3 * n * copies);
  const species = new Uint8Array(n * copies);
  let k = 0;
  for (let a = 0; a < repeats[0]; a++)
    for (let b = 0; b < repeats[1]; b++)
      for (let c = 0; c < repeats[2]; c++)
        for (let i = 0; i < n; i++, k++) {
          species[k] = s.species[i];
          for (let x = 0; x < 3; x++)
            positions[3 * k + x] =
              s.positions[3 * i + x] + a * s.cell[x] + b * s.cell[3 + x] + c * s.cell[6 + x];
        }
  const cell = s.cell.map((value, index) => value * repeats[Math.floor(index / 3)]);
  return { ...s, species, positions, cell };
}
