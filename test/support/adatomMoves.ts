import { settleAdatoms } from '../../src/core/pointDefects.ts';
import { atomCount, type Structure } from '../../src/core/structure.ts';
import { slab } from '../../src/core/surfaces.ts';
import type { Evaluates } from '../../src/properties/evaluates.ts';
import { relax } from '../../src/properties/relax.ts';

/** An adatom in a hollow of the (100) face of an fcc metal, and where it may go; all relaxed. */
export interface AdatomMoves {
  readonly initial: Structure;
  /** The next hollow along a close-packed row, over a bridge. */
  hop(): Promise<Structure>;
  /** The adatom in the place of an atom of the face, which has come up in the hollow beyond. */
  exchange(): Promise<Structure>;
  /** The same, but that one has come up in a hollow round the corner, next to where the adatom was. */
  corner(): Promise<Structure>;
}

export async function adatomMoves(
  evaluates: Evaluates,
  unit: Structure,
  repeat: readonly [number, number, number],
): Promise<AdatomMoves> {
  const bare = settleAdatoms(slab(unit, '100', repeat, 12), [{ at: [0.45, 0.45] }]);
  const settled = async (s: Structure) => {
    const { structure, converged, failure } = await relax(evaluates, s, { cell: false, force: 1e-4 });
    if (!converged) throw new Error(failure);
    return structure;
  };
  const initial = await settled(bare);
  const adatom = atomCount(initial) - 1;
  const p = initial.positions;
  const from = (i: number) => [0, 1, 2].map((x) => p[3 * i + x] - p[3 * adatom + x]);
  const bond = unit.cell[0] / Math.SQRT2;
  const below = Array.from({ length: adatom }, (_, i) => i).filter(
    (i) => Math.hypot(...from(i)) < 1.15 * bond,
  );
  // Of the four below, two that are neighbours of each other along a row.
  const one = below.find((i) => from(i)[2] < -0.3 * bond)!;
  const next = below.find((i) => {
    const away = Math.hypot(...from(i).map((d, x) => d - from(one)[x]));
    return away > 0.5 * bond && away < 1.15 * bond;
  })!;
  const moved = (change: (positions: Float64Array) => void) => {
    const positions = p.slice();
    change(positions);
    return settled({ ...initial, positions });
  };
  const pushedIn = (upBy: (x: 0 | 1) => number) =>
    moved((r) => {
      for (const x of [0, 1, 2]) {
        r[3 * adatom + x] = p[3 * one + x];
        r[3 * one + x] = p[3 * adatom + x] + (x < 2 ? upBy(x as 0 | 1) : 0);
      }
    });
  return {
    initial,
    hop: () =>
      moved((r) => {
        for (const x of [0, 1]) r[3 * adatom + x] += from(next)[x] - from(one)[x];
      }),
    exchange: () => pushedIn((x) => 2 * from(one)[x]),
    corner: () => pushedIn((x) => from(one)[x] - from(next)[x]),
  };
}
