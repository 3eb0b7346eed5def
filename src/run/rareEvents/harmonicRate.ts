import { wasmBackend } from '../../backend/wasm/wasmBackend.ts';
import { UserError } from '../../core/errors.ts';
import type { Potential } from '../../core/potential.ts';
import type { Structure } from '../../core/structure.ts';
import { BOLTZMANN } from '../../core/units.ts';
import type { Barrier, EventRecord } from '../../events/record.ts';
import { readXyz } from '../../io/extxyz.ts';
import { type Attempt, attemptFrequencies, MOST, nearestAtoms } from '../../properties/attempt.ts';
import type { Outcome } from '../../properties/outcome.ts';
import { nearestMoves } from '../../properties/pathEnds.ts';
import { numbered, pathsIn } from '../directory.ts';
import { heldBy } from './eventFolder.ts';

/** Of one way over one saddle. */
export interface HarmonicRate {
  readonly barrier: Barrier;
  /** THz, ν. */
  readonly attempt: number;
  /** 1/s, ν exp(−E/k_BT). */
  readonly rate: number;
}

export interface HarmonicRates {
  readonly forward: HarmonicRate;
  readonly backward: HarmonicRate;
  /** Atoms whose vibrations count. */
  readonly atoms: number;
}

/**
 * Rates of a stored event by harmonic transition-state theory, at `temperature` (K), from the curvatures that `potential` has at the images of
 * its path. Throws a UserError where there is no path, or where these are no rest positions and saddle of the potential.
 */
export async function harmonicRates(
  root: string,
  { event, path, pathFailure }: EventRecord,
  potential: Potential,
  temperature: number,
): Promise<HarmonicRates> {
  if (!path)
    throw new UserError(
      `events rate: event ${event} has no path (${pathFailure}), so there is no barrier; name one that has`,
    );
  const frames = readXyz(pathsIn(root)('events', numbered(event), 'path.xyz'));
  const images = frames.map(({ structure }) => structure);
  const [first, saddle, last] = [images[0], images[path.saddle], images[images.length - 1]];
  const mobile = mobileAtoms(saddle, nearestMoves(first, last), heldBy(frames[0]));
  const evaluator = await wasmBackend().evaluator!(potential);
  try {
    const over = ({ value, failure }: Outcome<Attempt>, barrier: Barrier): HarmonicRate => {
      if (!value)
        throw new UserError(
          `events rate: of event ${event}, ${failure}; a harmonic rate needs a path that was refined: look at 'serendip events show ${event}'`,
        );
      const attempt = value.frequency;
      return {
        barrier,
        attempt,
        rate: 1e12 * attempt * Math.exp(-barrier.value / (BOLTZMANN * temperature)),
      };
    };
    const [forth, back] = await attemptFrequencies(evaluator, [first, last], saddle, mobile);
    return {
      forward: over(forth, path.forward),
      backward: over(back, path.backward),
      atoms: mobile.length,
    };
  } finally {
    evaluator.dispose();
  }
}

/** Those that are free to move; of very many those nearest to the one that moves farthest. */
function mobileAtoms(saddle: Structure, moves: Float64Array, hold: Uint8Array): number[] {
  const length = (i: number) => Math.hypot(moves[3 * i], moves[3 * i + 1], moves[3 * i + 2]);
  const free = Array.from(hold.keys()).filter((i) => !hold[i]);
  if (free.length <= MOST) return free;
  const farthest = free.reduce((a, b) => (length(b) > length(a) ? b : a));
  return nearestAtoms(saddle, [farthest], MOST).filter((i) => !hold[i]);
}
