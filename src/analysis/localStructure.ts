/**
 * Adaptive common-neighbour analysis: each pair of an atom and one of its N nearest neighbours has a signature (how many neighbours both
 * share, bonds among these, bonds in the longest chain of them), with a bond length that the neighbours' own distances set.
 * Honeycutt and Andersen, J. Phys. Chem. 91, 4950 (1987); Stukowski, Modelling Simul. Mater. Sci. Eng. 20, 045021 (2012);
 * diamond by the second neighbours: Maras et al., Comput. Phys. Commun. 205, 13 (2016).
 */
import { atomCount, type Structure } from '../core/structure.ts';
import { type Nearest, nearestNeighbours } from './nearest.ts';

/** A code of {@link localStructure} is an index into these. */
export const LOCAL_STRUCTURES = ['other', 'fcc', 'hcp', 'bcc', 'diamond', 'hexagonal diamond'] as const;
export type LocalStructure = (typeof LOCAL_STRUCTURES)[number];

const OTHER = 0;

/** Halfway between the first shell and the second. */
const HALFWAY = (1 + Math.SQRT2) / 2;

/** Neighbours looked at: the most that a kind has, and the next, which must be out of reach. */
const LOOKED_AT = 15;

/** What surrounds each atom, [n], as indices into {@link LOCAL_STRUCTURES}. */
export function localStructure(s: Structure): Uint8Array {
  const near = nearestNeighbours(s, LOOKED_AT);
  return Uint8Array.from({ length: atomCount(s) }, (_, i) => kindOf(near, i));
}

/** How many atoms are of each kind. */
export function countStructures(codes: Uint8Array): Record<LocalStructure, number> {
  const counts = Object.fromEntries(LOCAL_STRUCTURES.map((kind) => [kind, 0])) as Record<
    LocalStructure,
    number
  >;
  for (const code of codes) counts[LOCAL_STRUCTURES[code]]++;
  return counts;
}

function kindOf(near: Nearest, i: number): number {
  return closePacked(near, i) || bodyCentred(near, i) || tetrahedral(near, i) || OTHER;
}

function closePacked(near: Nearest, i: number): number {
  const cutoff = HALFWAY * meanDistance(near, i, 0, 12);
  return isShell(near, i, 12, cutoff) ? packing(ownVectors(near, i, 12), cutoff) : OTHER;
}

function bodyCentred(near: Nearest, i: number): number {
  const first = meanDistance(near, i, 0, 8) * (2 / Math.sqrt(3));
  const cutoff = HALFWAY * ((8 * first + 6 * meanDistance(near, i, 8, 14)) / 14);
  if (!isShell(near, i, 14, cutoff)) return OTHER;
  const found = signatures(ownVectors(near, i, 14), cutoff);
  return count(found, 666) === 8 && count(found, 444) === 6 ? LOCAL_STRUCTURES.indexOf('bcc') : OTHER;
}

/** The twelve neighbours of the four neighbours lie as in a close-packed crystal. */
function tetrahedral(near: Nearest, i: number): number {
  const second: number[] = [];
  let length = 0;
  for (let k = 0; k < 4; k++) {
    const j = near.indices[i * near.count + k];
    if (j < 0) return OTHER;
    for (let l = 0; l < 4; l++) {
      if (near.indices[j * near.count + l] < 0) return OTHER;
      const [a, b] = [3 * (i * near.count + k), 3 * (j * near.count + l)];
      const v = [0, 1, 2].map((x) => near.vectors[a + x] + near.vectors[b + x]);
      const size = Math.hypot(v[0], v[1], v[2]);
      if (size < 0.5 * near.distances[i * near.count]) continue; // the way back
      second.push(...v);
      length += size / 12;
    }
  }
  if (second.length !== 36) return OTHER;
  const kind = packing(Float64Array.from(second), HALFWAY * length);
  return kind === OTHER ? OTHER : kind + DIAMOND_AFTER;
}

const DIAMOND_AFTER = LOCAL_STRUCTURES.indexOf('diamond') - LOCAL_STRUCTURES.indexOf('fcc');

/** fcc, hcp or other, of twelve vectors. */
function packing(vectors: Float64Array, cutoff: number): number {
  const found = signatures(vectors, cutoff);
  const cubic = count(found, 421);
  if (cubic === 12) return LOCAL_STRUCTURES.indexOf('fcc');
  return cubic === 6 && count(found, 422) === 6 ? LOCAL_STRUCTURES.indexOf('hcp') : OTHER;
}

/** Whether there are `size` neighbours, and the next is beyond `cutoff`. */
function isShell({ distances, count }: Nearest, i: number, size: number, cutoff: number): boolean {
  return Number.isFinite(cutoff) && !(distances[i * count + size] <= cutoff);
}

function meanDistance({ distances, count }: Nearest, i: number, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += distances[i * count + k];
  return sum / (to - from);
}

function ownVectors({ vectors, count }: Nearest, i: number, size: number): Float64Array {
  return vectors.subarray(3 * i * count, 3 * (i * count + size));
}

function count(found: readonly number[], signature: number): number {
  return found.filter((f) => f === signature).length;
}

/** Of every neighbour, as a number of three digits; neighbours closer than `cutoff` are bonded. */
function signatures(v: Float64Array, cutoff: number): number[] {
  const m = v.length / 3;
  const bonds = new Uint16Array(m);
  for (let k = 0; k < m; k++)
    for (let l = 0; l < k; l++) {
      const d = Math.hypot(v[3 * k] - v[3 * l], v[3 * k + 1] - v[3 * l + 1], v[3 * k + 2] - v[3 * l + 2]);
      if (d > cutoff) continue;
      bonds[k] |= 1 << l;
      bonds[l] |= 1 << k;
    }
  return Array.from(bonds, (common) => {
    let twice = 0;
    for (let k = 0; k < m; k++) if (common & (1 << k)) twice += bitCount(bonds[k] & common);
    return 100 * bitCount(common) + (10 * twice) / 2 + longestChain(bonds, common);
  });
}

/** Bonds in the largest connected part of the atoms in `common`. */
function longestChain(bonds: Uint16Array, common: number): number {
  let longest = 0;
  for (let left = common; left !== 0; ) {
    let part = left & -left;
    for (let grown = 0; grown !== part; ) {
      grown = part;
      for (let k = 0; k < bonds.length; k++) if (grown & (1 << k)) part |= bonds[k] & common;
    }
    let twice = 0;
    for (let k = 0; k < bonds.length; k++) if (part & (1 << k)) twice += bitCount(bonds[k] & part);
    longest = Math.max(longest, twice / 2);
    left &= ~part;
  }
  return longest;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let b = bits; b !== 0; b &= b - 1) count++;
  return count;
}
