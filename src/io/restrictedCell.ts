import { completeCell, signedVolume, transformRows } from '../core/cell.ts';
import { atomCount, type Structure } from '../core/structure.ts';

/**
 * A structure turned into the only form in which LAMMPS takes a cell: a along +x, b in the xy plane, c with z > 0.
 * With row vectors r' = r·Q. A left-handed cell is mirrored as well (det Q = −1), which no energy of atoms notices.
 */
export interface RestrictedFrame {
  /** The turned structure; vectors of open directions are perpendicular to the others and span the atoms. */
  readonly structure: Structure;
  /** Å, lower corner of the box, [3]. */
  readonly origin: readonly number[];
  /** Q, orthogonal, rows, [9]. */
  readonly rotation: Float64Array;
}

/** Å between the outermost atom and the wall of an open direction. */
const MARGIN = 1;

export function restrictedFrame(s: Structure): RestrictedFrame {
  const cell = completeCell(s.cell.map((x, k) => (s.periodic[Math.floor(k / 3)] ? x : 0)));
  const Q = axes(cell);
  const turned = transformRows(cell, Q, new Float64Array(9));
  for (const above of [1, 2, 5]) turned[above] = 0;
  const positions = transformRows(s.positions, Q, new Float64Array(3 * atomCount(s)));
  const origin = [0, 0, 0];
  for (let x = 0; x < 3; x++) {
    if (s.periodic[x]) continue;
    const along = positions.filter((_, k) => k % 3 === x);
    origin[x] = along.reduce((low, r) => Math.min(low, r), Infinity) - MARGIN;
    turned[4 * x] = along.reduce((high, r) => Math.max(high, r), -Infinity) + MARGIN - origin[x];
  }
  return { structure: { ...s, positions, cell: turned }, origin, rotation: Q };
}

/** Vectors of the turned frame, [3n], brought back: r = r'·Qᵀ. */
export function turnBack(rows: ArrayLike<number>, rotation: ArrayLike<number>): Float64Array {
  return transformRows(rows, transposed(rotation), new Float64Array(rows.length));
}

/** A symmetric tensor of the turned frame, rows [9], brought back: Q·σ'·Qᵀ. */
export function turnTensorBack(tensor: ArrayLike<number>, rotation: ArrayLike<number>): Float64Array {
  const half = turnBack(tensor, rotation);
  return turnBack(transposed(half), rotation);
}

function transposed(m: ArrayLike<number>): Float64Array {
  return Float64Array.of(m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]);
}

/** Columns: unit vectors along a, across a in the plane of a and b, and along the side of that plane where c is. */
function axes(cell: Float64Array): Float64Array {
  const [a, b] = [cell.subarray(0, 3), cell.subarray(3, 6)];
  const side = Math.sign(signedVolume(cell));
  const e1 = unit(a);
  const normal = unit(cross(a, b));
  const e2 = cross(normal, e1);
  return Float64Array.from([0, 1, 2].flatMap((x) => [e1[x], e2[x], side * normal[x]]));
}

function cross(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(v: ArrayLike<number>): number[] {
  const norm = Math.hypot(v[0], v[1], v[2]);
  return [v[0] / norm, v[1] / norm, v[2] / norm];
}
