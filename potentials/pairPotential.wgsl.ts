/** `pairPotential.ts` on a device: φ from cubics, rows read by both atoms of a pair. */
import { eachRow, f32 } from '../src/core/each.wgsl.ts';
import { curveFunction, type Grid } from './curve.wgsl.ts';
import { forNeighbours, HALF_VIRIAL, ROW_PRELUDE, STORE, SUMS } from './pairRows.wgsl.ts';

/** Bindings: control, chunk, flags (atomic), windows, cell, rows, entries, curves [S²], forces, virials. `outside`: an atom closer than the grid. */
export function pairForces(elements: number, grid: Grid, cutoff: number, outside: string): string {
  return `${ROW_PRELUDE}${curveFunction('phi', grid)}${eachRow}${SUMS}
  ${forNeighbours(
    cutoff,
    `if (r < ${f32(grid.start)}) { ${outside} }
    let pair = phi(a * ${elements}u + b, r);
    let f = (pair.y / r) * d;
    energy += 0.5 * pair.x;
    force += f;${HALF_VIRIAL}`,
  )}${STORE}
}`;
}
