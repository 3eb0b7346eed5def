import type { Backend, FrameEvaluator } from '../../backend/backend.ts';
import type { MdState } from '../../core/mdState.ts';
import type { Potential } from '../../core/potential.ts';
import { createDetector, type Detector } from '../../events/detector.ts';
import type { DetectorMemory } from '../../events/memory.ts';
import type { DetectionOptions } from '../../events/options.ts';
import type { Reaching } from '../../events/quench.ts';
import type { Transition } from '../../events/transition.ts';

/** Looks at a trajectory for rare events, whichever potential drives it at the time. */
export interface Watcher {
  /** Steps between two looks. */
  readonly every: number;
  /** Begins at a state, or goes on with what was remembered there. */
  begin(state: MdState, memory?: DetectorMemory): void;
  /** From now on structures come to rest under this potential. */
  drivenBy(potential: Potential): Promise<void>;
  /** What has happened and lasted. */
  look(state: MdState): Promise<readonly Transition[]>;
  /** The trajectory goes on from an earlier state. */
  rewind(state: MdState): void;
  /** What must be kept to go on from a step; undefined where that lies too far back. */
  memoryAt(step: number): { readonly detection: DetectorMemory } | undefined;
  dispose(): void;
}

export function watcher(options: DetectionOptions, backend: Backend): Watcher {
  let evaluator: FrameEvaluator | undefined;
  let cutoff = 0;
  let detector: Detector | undefined;
  const evaluates: Reaching = {
    get cutoff() {
      return cutoff;
    },
    evaluate: (s, want) => evaluator!.evaluate(s, want),
  };
  const dispose = () => {
    evaluator?.dispose();
    evaluator = undefined;
  };
  const begin = (state: MdState, memory?: DetectorMemory) => {
    detector = createDetector(options, evaluates, state, memory);
  };
  return {
    every: options.every,
    begin,
    async drivenBy(potential) {
      dispose();
      cutoff = potential.cutoff;
      evaluator = await backend.evaluator!(potential);
    },
    look: (state) => detector!.look(state),
    rewind: (state) => begin(state, detector!.memoryAt(state.step)),
    memoryAt(step) {
      const detection = detector!.memoryAt(step);
      return detection && { detection };
    },
    dispose,
  };
}
