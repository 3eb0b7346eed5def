import { readFileSync } from 'node:fs';
import { analyze_cell, initSync } from '@spglib/moyo-wasm';
import { inverse3, multiply3, transformRows } from '../core/cell.ts';
import { element } from '../core/elements.ts';
import { UserError } from '../core/errors.ts';
import { atomCount, type Structure } from '../core/structure.ts';

export interface Symmetry {
  /** Of the space group, 1 to 230. */
  readonly number: number;
  /** Hermann-Mauguin. */
  readonly symbol: string;
  /** Of the point group in the structure's own axes: orthogonal matrices, row order [9], acting on row vectors. */
  readonly rotations: readonly Float64Array[];
  /** Within the cell, fractions [3]: the identity first, and more where the cell is not primitive. */
  readonly translations: readonly Float64Array[];
  /** The representative of every atom among its equivalents, [n]. */
  readonly orbits: readonly number[];
}

const IDENTITY = '1,0,0,0,1,0,0,0,1';

let ready = false;

/** Loaded at first use: most commands never ask. */
function load(): void {
  if (ready) return;
  const file = new URL(import.meta.resolve('@spglib/moyo-wasm/moyo_wasm_bg.wasm'));
  initSync({ module: readFileSync(file) });
  ready = true;
}

/** Space group of a crystal; positions may be off by `tolerance` (Å). Throws a UserError where there is none to find. */
export function symmetryOf(s: Structure, tolerance = 1e-3): Symmetry {
  if (!s.periodic.every(Boolean))
    throw new UserError(
      'symmetry: the structure is open in some direction, must be a crystal; close its cell',
    );
  load();
  const inverse = inverse3(s.cell);
  const fractions = transformRows(s.positions, inverse, new Float64Array(s.positions.length));
  const cell = {
    lattice: { basis: [...s.cell] },
    positions: Array.from({ length: atomCount(s) }, (_, i) => [...fractions.subarray(3 * i, 3 * i + 3)]),
    numbers: Array.from(s.species, (k) => element(s.elements[k]).atomicNumber),
  };
  let found: ReturnType<typeof analyze_cell>;
  try {
    found = analyze_cell(JSON.stringify(cell), tolerance, 'Standard');
  } catch (error) {
    throw new UserError(
      `symmetry: none found within ${tolerance} Å (${String(error)}); check for overlapping atoms or change the tolerance`,
    );
  }
  const distinct = new Map(found.operations.map(({ rotation }) => [rotation.join(), rotation]));
  // A fractional row vector f becomes f·R, and x = f·cell.
  const rotations = Array.from(distinct.values(), (R) => multiply3(multiply3(inverse, R), s.cell));
  const translations = found.operations
    .filter(({ rotation }) => rotation.join() === IDENTITY)
    .map(({ translation }) => Float64Array.from(translation, (t) => t - Math.floor(t + 1e-6)))
    .sort((p, q) => Math.hypot(...p) - Math.hypot(...q));
  return { number: found.number, symbol: found.hm_symbol, rotations, translations, orbits: found.orbits };
}
