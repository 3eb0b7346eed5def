import type { MdState } from '../core/mdState.ts';
import type { Structure } from '../core/structure.ts';

/** One trajectory with noise of its own; its steps count for themselves. */
export interface Replica {
  readonly seed: number;
  readonly state: MdState;
}

/** All that parallel replicas need to go on exactly: plain data. With one replica it is ordinary dynamics that comes to know a basin. */
export interface Replicas {
  /** Steps of simulated time: those of all replicas together, dephasing left out. */
  readonly clock: number;
  /** The replica whose turn it is. */
  readonly turn: number;
  /** Steps that it has made since its last look. */
  readonly into: number;
  /** Steps of a single replica since it last changed its basin. */
  readonly quiet: number;
  /** Seeds drawn so far. */
  readonly drawn: number;
  /** Steps carried out, dephasing included. */
  readonly work: number;
  /** As many steps as would pass if every replica had a processor. */
  readonly wall: number;
  /** Changes of basin so far. */
  readonly escapes: number;
  /** The frame that stands for the basin. */
  readonly basin: Structure;
  readonly replicas: readonly Replica[];
}

/** Numbers before the structures. */
const HEAD = 9;

/** Length of what is kept besides the `own` extended variables of a replica. */
export function carriedLength(atoms: number, most: number, own: number): number {
  return HEAD + 9 + 3 * atoms + most * (2 + 9 + 6 * atoms + own);
}

/** As one state: that of the replica whose turn it is, all else behind its extended variables, with room for `most` replicas. */
export function packed(r: Replicas, most: number): MdState {
  const { state } = r.replicas[r.turn];
  const n = state.structure.species.length;
  const own = state.extended.length;
  const extended = new Float64Array(own + carriedLength(n, most, own));
  let at = 0;
  const put = (values: ArrayLike<number>) => {
    extended.set(values, at);
    at += values.length;
  };
  put(state.extended);
  put([r.clock, r.turn, r.into, r.quiet, r.drawn, r.work, r.wall, r.escapes, r.replicas.length]);
  put(r.basin.cell);
  put(r.basin.positions);
  for (const { seed, state: s } of r.replicas) {
    put([seed, s.step]);
    for (const part of [s.structure.cell, s.structure.positions, s.velocities, s.extended]) put(part);
  }
  return { ...state, step: r.clock, extended };
}

/** What was {@link packed}; `own`: extended variables of one replica. */
export function unpacked({ structure, extended }: MdState, own: number): Replicas {
  const n = structure.species.length;
  let at = own;
  const take = (length: number) => {
    at += length;
    return extended.slice(at - length, at);
  };
  const like = (): Structure => ({ ...structure, cell: take(9), positions: take(3 * n) });
  const [clock, turn, into, quiet, drawn, work, wall, escapes, count] = take(HEAD);
  const basin = like();
  const replicas = Array.from({ length: count }, (): Replica => {
    const [seed, step] = take(2);
    const at = like();
    return { seed, state: { step, structure: at, velocities: take(3 * n), extended: take(own) } };
  });
  return { clock, turn, into, quiet, drawn, work, wall, escapes, basin, replicas };
}
