import { inverse3, multiply3, transformRows } from '../core/cell.ts';
import { normals, STREAM } from '../core/philox.ts';
import { atomCount, cloneStructure, type Structure } from '../core/structure.ts';
import type { Candidate } from '../extract/candidate.ts';

export interface Rattle {
  readonly frames: number;
  /** Å, standard deviation of each coordinate. */
  readonly amplitude: number;
  /** Standard deviation of each of the six strain components. */
  readonly strain: number;
  readonly seed: number;
}

/** Copies of a structure with every atom displaced and the cell strained, all of it to be learned. */
export function rattled(s: Structure, rattle: Rattle): Candidate[] {
  return Array.from({ length: rattle.frames }, (_, frame) => ({
    structure: displaced(strained(s, rattle, frame), rattle, frame),
    core: new Uint8Array(atomCount(s)).fill(1),
    faithful: true,
    cut: 'whole',
    centre: -1,
  }));
}

function strained(s: Structure, { strain, seed }: Rattle, frame: number): Structure {
  if (strain === 0 || !s.periodic.some(Boolean)) return cloneStructure(s);
  // Index 2³² − 1 and − 2 of the atoms' counter are never those of an atom.
  const [a, b] = [1, 2].map((k) => normals(seed, STREAM.rattle, frame, 2 ** 32 - k, new Float64Array(4)));
  const [xx, yy, zz, yz, xz, xy] = [a[0], a[1], a[2], b[0] / 2, b[1] / 2, b[2] / 2].map((e) => e * strain);
  const deformation = [1 + xx, xy, xz, xy, 1 + yy, yz, xz, yz, 1 + zz];
  const cell = s.cell.slice();
  for (let k = 0; k < 3; k++)
    if (s.periodic[k])
      cell.set(transformRows(s.cell.subarray(3 * k, 3 * k + 3), deformation, new Float64Array(3)), 3 * k);
  const map = multiply3(inverse3(s.cell), cell);
  return { ...s, cell, positions: transformRows(s.positions, map, new Float64Array(s.positions.length)) };
}

function displaced(s: Structure, { amplitude, seed }: Rattle, frame: number): Structure {
  const positions = s.positions.slice();
  const gauss = new Float64Array(4);
  for (let i = 0; i < atomCount(s); i++) {
    normals(seed, STREAM.rattle, frame, i, gauss);
    for (let x = 0; x < 3; x++) positions[3 * i + x] += amplitude * gauss[x];
  }
  return { ...s, positions };
}
