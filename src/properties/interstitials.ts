import { UserError } from '../core/errors.ts';
import { atomCount, type Structure, structureFrom, supercell, symbolsOf } from '../core/structure.ts';
import { formationEnergy } from './defects.ts';
import type { Evaluates } from './evaluates.ts';
import type { Outcome } from './outcome.ts';

type Vector = readonly [number, number, number];

/** Where one atom more finds room in a cubic cell, in units of its edge, seen from an atom. */
type Room =
  /** Two atoms share a site, this far to either side of it. */
  | { readonly split: Vector }
  /** A hole. */
  | { readonly hole: Vector };

/** Half the distance of two atoms that share a site, in units of the cell's edge. */
const HALF = 0.3;
const split = (d: Vector): Room => {
  const size = Math.hypot(...d);
  return { split: [(HALF * d[0]) / size, (HALF * d[1]) / size, (HALF * d[2]) / size] };
};

/** Self-interstitials by the lattice in whose cubic cell they lie. */
export const INTERSTITIALS = {
  fcc: {
    'dumbbell 100': split([1, 0, 0]),
    'dumbbell 110': split([1, 1, 0]),
    'dumbbell 111': split([1, 1, 1]),
    octahedral: { hole: [0.5, 0, 0] },
    tetrahedral: { hole: [0.25, 0.25, 0.25] },
  },
  bcc: {
    'dumbbell 100': split([1, 0, 0]),
    'dumbbell 110': split([1, 1, 0]),
    'dumbbell 111': split([1, 1, 1]),
    octahedral: { hole: [0.5, 0, 0] },
    tetrahedral: { hole: [0.5, 0.25, 0] },
  },
  diamond: {
    'dumbbell 110': { split: [0.14, 0.14, 0] },
    tetrahedral: { hole: [0.5, 0.5, 0.5] },
  },
} as const satisfies Record<string, Record<string, Room>>;

export type InterstitialLattice = keyof typeof INTERSTITIALS;

/** A supercell of a cubic crystal of one element with an atom more, in or about the middle. `a` is the edge of its cubic cell, Å. */
export function withInterstitial(s: Structure, a: number, room: Room): Structure {
  const middle = [0, 1, 2].map((x) => (s.cell[x] + s.cell[3 + x] + s.cell[6 + x]) / 2);
  const site = nearestAtom(s, middle);
  const at = [...s.positions.subarray(3 * site, 3 * site + 3)];
  const positions = [...s.positions];
  const moved = (d: Vector, sign: number) => at.map((r, x) => r + sign * a * d[x]);
  if ('split' in room) positions.splice(3 * site, 3, ...moved(room.split, -1));
  const added = moved('split' in room ? room.split : room.hole, 1);
  const symbols = symbolsOf(s);
  return structureFrom([...symbols, symbols[site]], [...positions, ...added], s.cell, s.periodic);
}

function nearestAtom({ positions }: Structure, [x, y, z]: readonly number[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; 3 * i < positions.length; i++) {
    const away = Math.hypot(positions[3 * i] - x, positions[3 * i + 1] - y, positions[3 * i + 2] - z);
    // Ties are left to the lowest index; rounding must not decide them.
    if (away < least - 1e-6) [best, least] = [i, away];
  }
  return best;
}

/**
 * eV: E(N + 1) − E(N) (N + 1)/N of a supercell of a relaxed crystal of one element in its cubic cell, atoms settled at constant
 * volume. What its symmetry holds at a saddle stays there.
 */
export async function interstitialEnergy(
  evaluates: Evaluates,
  relaxed: Structure,
  repeat: readonly [number, number, number],
  lattice: InterstitialLattice,
  name: string,
): Promise<Outcome<number>> {
  const rooms: Readonly<Record<string, Room>> = INTERSTITIALS[lattice];
  if (!Object.hasOwn(rooms, name))
    throw new UserError(
      `interstitial: got '${name}', ${lattice} has ${Object.keys(rooms).join(', ')}; choose one`,
    );
  if (relaxed.elements.length > 1)
    throw new UserError(
      `interstitial: got ${atomCount(relaxed)} atoms of ${relaxed.elements.join(' and ')}, must be one element; a compound's depends on chemical potentials`,
    );
  const a = relaxed.cell[0];
  return formationEnergy(evaluates, supercell(relaxed, repeat), (whole) =>
    withInterstitial(whole, a, rooms[name]),
  );
}
