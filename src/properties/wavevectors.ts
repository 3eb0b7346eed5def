import { volume } from '../core/cell.ts';
import type { Structure } from '../core/structure.ts';
import type { InterstitialLattice } from './interstitials.ts';
import { type ForceConstants, phononFrequencies, reciprocalCell, TERAHERTZ } from './phonons.ts';

type Point = readonly [number, number, number];

/** Points of reciprocal space by name, in fractions of the reciprocal vectors of the crystal's own cell. */
export type Points = Readonly<Record<string, Point>>;

/** Straight lines from point to point, each with its name; where one begins elsewhere than the last ended, the two are equivalent. */
export type Path = readonly (readonly [string, Point, string, Point])[];

const GAMMA: Point = [0, 0, 0];
const [X, XX, K, L]: Point[] = [
  [1, 0, 0],
  [1, 1, 0],
  [0.75, 0.75, 0],
  [0.5, 0.5, 0.5],
];
const [H, N, P]: Point[] = [
  [1, 0, 0],
  [0.5, 0.5, 0],
  [0.5, 0.5, 0.5],
];
const FACE_CENTRED: Path = [
  ['Γ', GAMMA, 'X', X],
  ['X', XX, 'K', K],
  ['K', K, 'Γ', GAMMA],
  ['Γ', GAMMA, 'L', L],
];

/** Where phonons are looked at if nobody says otherwise: cubic cells of one element, in units of 2π/a. */
export const WAVEVECTORS: Readonly<
  Record<InterstitialLattice, { readonly points: Points; readonly path: Path }>
> = {
  fcc: { points: { X, K, L }, path: FACE_CENTRED },
  bcc: {
    points: { H, N, P },
    path: [
      ['Γ', GAMMA, 'H', H],
      ['H', H, 'N', N],
      ['N', N, 'Γ', GAMMA],
      ['Γ', GAMMA, 'P', P],
    ],
  },
  diamond: { points: { Γ: GAMMA, X, L }, path: FACE_CENTRED },
};

/** From Γ through all points in their order. */
export function pathThrough(points: Points): Path {
  const corners = [['Γ', GAMMA] as const, ...Object.entries(points)];
  return corners.slice(1).map(([name, point], k) => [...corners[k], name, point] as const);
}

/** 1/Å, Cartesian. */
export function wavevector(crystal: Structure, point: ArrayLike<number>): number[] {
  const b = reciprocalCell(crystal.cell);
  return [0, 1, 2].map((x) => point[0] * b[x] + point[1] * b[3 + x] + point[2] * b[6 + x]);
}

/** THz, ascending. */
export function frequenciesAt(
  constants: ForceConstants,
  crystal: Structure,
  point: ArrayLike<number>,
): number[] {
  return Array.from(phononFrequencies(constants, wavevector(crystal, point)), (w) => w * TERAHERTZ);
}

export interface BandPoint {
  /** Along the path, in units of 2π over the cube root of the cell's volume, so that crystals of any size lie upon each other. */
  readonly distance: number;
  /** THz, ascending. */
  readonly frequencies: readonly number[];
}

export interface Bands {
  readonly points: readonly BandPoint[];
  /** Names of the corners and where they lie on the path. */
  readonly corners: readonly { readonly name: string; readonly distance: number }[];
}

const STEPS = 24;

export function bandsAlong(constants: ForceConstants, crystal: Structure, path: Path): Bands {
  const unit = (2 * Math.PI) / Math.cbrt(volume(crystal.cell));
  const corners = [{ name: path[0][0], distance: 0 }];
  const points: BandPoint[] = [];
  for (const [, from, name, to] of path) {
    const begun = corners.at(-1)!.distance;
    const along = (part: number) => from.map((x, k) => x + part * (to[k] - x));
    const length =
      Math.hypot(
        ...wavevector(
          crystal,
          from.map((x, k) => to[k] - x),
        ),
      ) / unit;
    for (let k = 0; k <= STEPS; k++) {
      const part = k / STEPS;
      points.push({
        distance: begun + part * length,
        frequencies: frequenciesAt(constants, crystal, along(part)),
      });
    }
    corners.push({ name, distance: begun + length });
  }
  return { points, corners };
}
