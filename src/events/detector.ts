import type { MdState } from '../core/mdState.ts';
import { FIRM } from './firm.ts';
import { blankMemory, type DetectorMemory, type Mark, markOf } from './memory.ts';
import type { DetectionOptions } from './options.ts';
import type { Reaching } from './quench.ts';
import { restsBy } from './rests.ts';
import { scaleOf } from './scale.ts';
import { search } from './search.ts';
import type { Transition } from './transition.ts';

/** Watches a trajectory for changes of basin. */
export interface Detector {
  /**
   * To be called at every multiple of `every` steps with a copy of the state, which it keeps; a step it has seen is passed over. Gives
   * what has been confirmed, the earliest first.
   */
  look(state: MdState): Promise<readonly Transition[]>;
  /**
   * What it knew when the trajectory was at `step`, to go on from there: plain data. Undefined where that lies too far back; a detector
   * that is made anew for a state has that state's basin.
   */
  memoryAt(step: number): DetectorMemory | undefined;
  /** How often it has quenched, of these wholly, since it was made. */
  readonly quenches: { readonly whole: number; readonly local: number };
}

/** Searches back to which a trajectory may go. */
const MARKS = 4;

/**
 * A search quenches the frame (or what has moved in it) and compares with the basin; frames in between are only kept. A basin that the
 * last `persist` searches have all found left is left for good: each independent cluster of atoms is bracketed in time by bisection
 * and becomes a transition. Clusters that are back are forgotten. After a collective change it sleeps until the structure rests again.
 */
export function createDetector(
  options: DetectionOptions,
  evaluates: Reaching,
  start: MdState,
  memory: DetectorMemory = blankMemory(start),
): Detector {
  const counts = { whole: 0, local: 0 };
  const rests = {
    coarse: restsBy(evaluates, options.relax, counts),
    tight: restsBy(evaluates, { ...options.relax, force: Math.min(FIRM, options.relax.force) }, counts),
  };
  let marks: Mark[] = [markOf(memory)];
  const current = () => marks[marks.length - 1];
  const latest = () => current().since.at(-1) ?? current().memory.frames.at(-1)!;

  async function begin(): Promise<void> {
    const { memory: known, since } = current();
    if (known.basin) return;
    const frame = known.frames[0];
    const structure = await rests.coarse.whole(frame.structure);
    const basin = { step: frame.step, structure };
    marks = [{ memory: { ...known, basin, scale: scaleOf(structure) }, since }];
  }

  return {
    quenches: counts,
    async look(state) {
      await begin();
      if (state.step <= latest().step) return [];
      current().since.push(state);
      if (state.step % options.quench !== 0) return [];
      const { memory: known, since } = current();
      const found = await search({ ...known, frames: [...known.frames, ...since] }, options, rests);
      const next: Mark = { memory: found.memory, since: [] };
      marks = [...(found.settled ? [found.settled] : marks), next].slice(-MARKS);
      return found.transitions;
    },
    memoryAt(step) {
      const mark = marks.findLast((m) => m.memory.step <= step);
      if (!mark) return undefined;
      const since = mark.since.filter((f) => f.step <= step);
      return { ...mark.memory, frames: [...mark.memory.frames, ...since] };
    },
  };
}
