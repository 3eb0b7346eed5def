import { SAMPLE } from '../cluster/principalAxes.ts';
import { defaultThreads } from './crew.ts';
import { HELD_BYTES } from './localSets.ts';
import { SKETCH_ROWS } from './rowSketch.ts';

/** Force rows held for the largest error before all but the worst are forgotten. */
export const HELD_ROWS = 8192;

/** Doubles that one thread needs for reflections, rounded up. */
const CLEARING = 90_000;
/** Bytes of sites that are laid out for rows at a time, and of what is too small to count. */
const ODDS = 24 * 2 ** 20;
/** Environments offered to an active set at a time. */
const OFFERED = 512;

/** Local active sets that are asked for. */
interface LocalRequest {
  readonly clusters?: number | undefined;
  readonly restarts: number;
}

/**
 * Most bytes that training takes, whatever the number of frames: a factor for each member, for all rows, and for errors of energies and
 * forces; the sketch of rows that `pops` needs; scratch of the threads; active sets, local ones and the environments they are made of; rows of one frame of `atoms` atoms and
 * those held for the largest error.
 */
export function trainerBytes(
  functionOffsets: Int32Array,
  members: number,
  atoms: number,
  threads = defaultThreads(),
  { clusters = 0, restarts }: LocalRequest = { restarts: 1 },
  kind = 'bootstrap',
): number {
  const K = functionOffsets[functionOffsets.length - 1];
  const square = (K + 1) ** 2;
  const sizes = Array.from(functionOffsets.subarray(1), (to, k) => to - functionOffsets[k]);
  const local = clusters > 0 ? clusters * restarts + 1 : 0;
  const sets = (1 + local) * sizes.reduce((sum, size) => sum + 3 * size ** 2, 0);
  // The environments of an element, once more while their array grows, and the sample that their axes are found on.
  const held =
    local > 0 ? sizes.reduce((sum, size) => sum + 2 * HELD_BYTES + 8 * (SAMPLE + size) * size, 0) : 0;
  const widest = Math.max(...sizes);
  const factors = (members + 3) * square;
  const scratch = threads * (2 * square + CLEARING);
  // The factors of a frame, or the rows of a small one for every member, are there while its environments are offered.
  const few = Math.min(3 * atoms + 7, K) * (K + 1);
  const passing =
    Math.max(2 * square, Math.max(2, members) * few) +
    Math.max(3 * atoms * K, (6 * widest + 2 * OFFERED) * widest);
  const rows = (HELD_ROWS + 9 * atoms) * K;
  // The sketch; its corrections, and those along the axes, are there while members are drawn.
  const sketch = kind === 'pops' ? 3 * SKETCH_ROWS * (K + 1) + 8 * square : 0;
  return 8 * (sketch + factors + scratch + sets + passing + rows) + held + ODDS;
}
