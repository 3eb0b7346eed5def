import { UserError } from '../../core/errors.ts';
import type { MdState } from '../../core/mdState.ts';
import type { Engine } from '../backend.ts';
import { DeviceLost } from './device.ts';

/** Losses in a row, without a newer trusted frame between them, that are no accident any more. */
const MOST = 3;

/**
 * An engine that outlives its device: where that is lost, another one made by `open` goes on from the last trusted frame that the host has.
 * As motion and noise depend on the state alone, the run comes to where it would have come.
 */
export async function resilientEngine(
  open: (from: MdState) => Promise<Engine>,
  start: MdState,
): Promise<Engine> {
  let losses = 0;
  let lostAt = -1;
  let engine = await openAgain(start);

  /** `lost`: why there is to be another one. */
  async function openAgain(from: MdState, lost?: DeviceLost): Promise<Engine> {
    if (lost) {
      losses = from.step > lostAt ? 1 : losses + 1;
      lostAt = from.step;
      if (losses > MOST)
        throw new UserError(`${lost.message}; got ${losses} losses at step ${lostAt}, must be ≤ ${MOST}`);
      process.emitWarning(`${lost.message}; going on from step ${from.step}`);
    }
    try {
      return await open(from);
    } catch (error) {
      if (error instanceof DeviceLost) return openAgain(from, error);
      throw error;
    }
  }

  return {
    async advance(steps, watch, signal) {
      const goal = engine.observe().step + steps;
      for (;;) {
        try {
          return await engine.advance(goal - engine.observe().step, watch, signal);
        } catch (error) {
          if (!(error instanceof DeviceLost)) throw error;
          const from = engine.trusted();
          engine.dispose();
          engine = await openAgain(from, error);
        }
      }
    },
    observe: () => engine.observe(),
    state: () => engine.state(),
    trusted: () => engine.trusted(),
    checks: () => engine.checks(),
    dispose: () => engine.dispose(),
  };
}
