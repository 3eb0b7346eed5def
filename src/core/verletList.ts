import { completeCell, inverse3, multiply3 } from './cell.ts';
import { buildNeighbours, type NeighbourList } from './neighbours.ts';
import { atomCount, type Periodic, type Structure } from './structure.ts';

/** A neighbour list with a skin, rebuilt only when an atom may have come into range unseen. */
export interface VerletList {
  /** A list valid for `s` now. */
  current(s: Structure): NeighbourList;
  /** How often the list has been built. */
  readonly builds: number;
}

/** `cutoff` and `skin` in Å. */
export function verletList(cutoff: number, skin: number): VerletList {
  let list: NeighbourList | undefined;
  let positions = new Float64Array(0);
  let cell = new Float64Array(9);
  let periodic: Periodic = [false, false, false];
  let builds = 0;
  return {
    get builds() {
      return builds;
    },
    current(s) {
      const sameKind = positions.length === 3 * atomCount(s) && s.periodic.every((p, a) => p === periodic[a]);
      if (!list || !sameKind || outgrown(s, positions, cell, cutoff, skin)) {
        list = buildNeighbours(s, cutoff + skin);
        positions = s.positions.slice();
        cell = s.cell.slice();
        periodic = s.periodic;
        builds++;
      }
      return list;
    },
  };
}

/**
 * With F the deformation of the cell since the list was built and u the largest displacement beyond it, a pair that
 * was d ≥ cutoff + skin apart is now at least d(1 − ‖F−1‖) − 2u apart: valid while that stays ≥ cutoff.
 */
export function outgrown(
  s: Pick<Structure, 'positions' | 'cell'>,
  before: Float64Array,
  cellBefore: Float64Array,
  cutoff: number,
  skin: number,
): boolean {
  const f = multiply3(inverse3(completeCell(cellBefore)), completeCell(s.cell));
  let strain = 0;
  for (let k = 0; k < 9; k++) strain += (f[k] - (k % 4 === 0 ? 1 : 0)) ** 2;
  const room = (cutoff + skin) * (1 - Math.sqrt(strain)) - cutoff;
  if (room <= 0) return true;
  const limit = (room / 2) ** 2;
  const r = s.positions;
  for (let k = 0; k < r.length; k += 3) {
    const [x, y, z] = [before[k], before[k + 1], before[k + 2]];
    const dx = r[k] - x * f[0] - y * f[3] - z * f[6];
    const dy = r[k + 1] - x * f[1] - y * f[4] - z * f[7];
    const dz = r[k + 2] - x * f[2] - y * f[5] - z * f[8];
    if (!(dx * dx + dy * dy + dz * dz <= limit)) return true;
  }
  return false;
}
