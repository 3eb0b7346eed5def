import { completeCell, inverse3, transformRows } from '../core/cell.ts';
import { atomCount, type Structure, symbolsOf } from '../core/structure.ts';
import { failed, found, type Outcome } from './outcome.ts';

/** Two rest positions of the same atoms, so placed that every atom takes the short way from one to the other. */
export interface PathEnds {
  readonly initial: Structure;
  readonly final: Structure;
}

/** Part of the cell by which the cells of two ends may differ; rounding in files. */
const SAME_CELL = 1e-6;
/** Å: held atoms may lie this far apart at the two ends, as two quenches leave them; images share the difference out. */
const STILL = 0.05;
/** Å between two ends, root of the sum over all atoms; less is one and the same rest position. */
const APART = 0.1;

/**
 * Atoms go to the nearest image of where they end. Where nothing is held, the final structure is shifted as a whole so that the
 * centre stays where it is: what all atoms drift together costs nothing. Both ends must have one cell: a path at a strain that
 * changes has a work of its own, so cells that differ are refused.
 */
export function pathEnds(initial: Structure, final: Structure, hold?: Uint8Array): Outcome<PathEnds> {
  const n = atomCount(initial);
  if (atomCount(final) !== n || symbolsOf(final).join() !== symbolsOf(initial).join())
    return failed(`the ends hold other atoms: ${n} in the first and ${atomCount(final)} in the last`);
  const size = Math.max(...initial.cell.map(Math.abs), 1);
  const off = initial.cell.reduce((most, x, k) => Math.max(most, Math.abs(x - final.cell[k])), 0) / size;
  if (off > SAME_CELL)
    return failed(
      `the cells of the ends differ by ${(100 * off).toPrecision(2)} %; relax both ends in one of the cells`,
    );
  const held = hold?.some(Boolean);
  const moves = nearestMoves(initial, held || n === 1 ? final : undrifted(initial, final));
  if (hold && held) {
    const strayed = farthest(moves, hold);
    if (strayed > STILL) return failed(`held atoms lie up to ${strayed.toFixed(2)} Å apart at the ends`);
  } else if (n > 1) centre(moves);
  if (Math.hypot(...moves) < APART)
    return failed(`the ends are one rest position: ${Math.hypot(...moves).toPrecision(2)} Å apart`);
  const positions = initial.positions.map((x, k) => x + moves[k]);
  return found({ initial, final: { ...initial, positions } });
}

/**
 * `final` shifted back by what most atoms have drifted along each periodic direction, the mean on a circle, however far round
 * that is: of a drift of half a cell, nearest images would lie to either side.
 */
function undrifted(initial: Structure, final: Structure): Structure {
  const cell = completeCell(initial.cell);
  const f = initial.positions.map((x, k) => final.positions[k] - x);
  transformRows(f, inverse3(cell), f);
  const drift = [0, 1, 2].map((x) => {
    if (!initial.periodic[x]) return 0;
    let [cos, sin] = [0, 0];
    for (let k = x; k < f.length; k += 3) {
      cos += Math.cos(2 * Math.PI * f[k]);
      sin += Math.sin(2 * Math.PI * f[k]);
    }
    return Math.atan2(sin, cos) / (2 * Math.PI);
  });
  const shift = transformRows(drift, cell, new Float64Array(3));
  return { ...final, positions: final.positions.map((x, k) => x - shift[k % 3]) };
}

/** Å, [3n]: from each atom of `from` to its nearest image in `to`, in the cell of `from`. */
export function nearestMoves(from: Structure, to: Structure): Float64Array {
  const cell = completeCell(from.cell);
  const f = from.positions.map((x, k) => to.positions[k] - x);
  transformRows(f, inverse3(cell), f);
  for (let k = 0; k < f.length; k++) if (from.periodic[k % 3]) f[k] -= Math.round(f[k]);
  return transformRows(f, cell, f);
}

/** Takes the mean off. */
export function centre(vectors: Float64Array): void {
  for (let x = 0; x < 3; x++) {
    let sum = 0;
    for (let k = x; k < vectors.length; k += 3) sum += vectors[k];
    for (let k = x; k < vectors.length; k += 3) vectors[k] -= (3 * sum) / vectors.length;
  }
}

function farthest(moves: Float64Array, of: Uint8Array): number {
  let most = 0;
  of.forEach((held, i) => {
    if (held) most = Math.max(most, Math.hypot(moves[3 * i], moves[3 * i + 1], moves[3 * i + 2]));
  });
  return most;
}
