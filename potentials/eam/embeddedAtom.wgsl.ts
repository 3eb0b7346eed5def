/** `embeddedAtom.ts` on a device: densities and F of every atom, then forces, which see F' of both atoms of a pair. */
import { eachRow, f32 } from '../../src/core/each.wgsl.ts';
import { curveFunction, type Grid } from '../curve.wgsl.ts';
import { forNeighbours, HALF_VIRIAL, ROW_PRELUDE, STORE, SUMS } from '../pairRows.wgsl.ts';

/** Curves of distance: f_{b→a} at [b·S + a], then φ_ab at [S² + a·S + b]. */
export interface EamGrids {
  readonly elements: number;
  readonly cutoff: number;
  readonly distance: Grid;
  readonly density: Grid;
}

/** Bindings: control, chunk, flags (atomic), windows, cell, rows, entries, curves, embedding [S], embedded (F, F'). `outside`: too dense or too close. */
export function densities({ elements: S, cutoff, distance, density }: EamGrids, outside: string): string {
  return `${ROW_PRELUDE}${curveFunction('radial', distance)}${curveFunction('embed', density, 'embedding')}${eachRow}
  var rho = 0.0;
  ${forNeighbours(
    cutoff,
    `if (r < ${f32(distance.start)}) { ${outside} }
    rho += radial(b * ${S}u + a, r).x;`,
  )}
  if (!(rho <= ${f32(density.end)})) { ${outside} }
  embedded[i] = embed(a, rho);
}`;
}

/** Bindings: control, chunk, windows, cell, rows, entries, curves, embedded, forces, virials. */
export function forces({ elements: S, cutoff, distance }: EamGrids): string {
  return `${ROW_PRELUDE}${curveFunction('radial', distance)}${eachRow}${SUMS}
  energy = embedded[i].x;
  ${forNeighbours(
    cutoff,
    `let pair = radial(${S * S}u + a * ${S}u + b, r);
    let slope = pair.y + embedded[i].y * radial(b * ${S}u + a, r).y + embedded[j].y * radial(a * ${S}u + b, r).y;
    let f = (slope / r) * d;
    energy += 0.5 * pair.x;
    force += f;${HALF_VIRIAL}`,
  )}${STORE}
}`;
}
