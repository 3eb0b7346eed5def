import type { LearnableAce } from '../../potentials/ace/ace.ts';
import { isSmoothest, withSquareRoot } from '../../potentials/ace/finnisSinclair.ts';
import { type NonlinearAce, nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { environments } from '../learn/designMatrix.ts';
import { createRefiner } from '../learn/refine.ts';
import type { TrainOptions } from '../learn/schema.ts';
import type { Training } from '../learn/trainer.ts';

/** What the frames were taught linearly, taught again with a second density under a square root. */
export function withSquareRootTaught(
  linear: LearnableAce,
  frames: readonly LabelledFrame[],
  options: TrainOptions,
): Training<NonlinearAce> {
  const model = withSquareRoot(linear.model, typicalDensity(linear, frames));
  const refiner = createRefiner(options, nonlinearAce(model, 'linear'));
  try {
    return refiner.learn(frames);
  } finally {
    refiner.dispose();
  }
}

/** What an atom of each element feels of the smoothest pair functions, on the mean over the frames. */
function typicalDensity(linear: LearnableAce, frames: readonly LabelledFrame[]): number[] {
  const each = frames.map((frame) => environments(frame, linear));
  return linear.model.centres.map(({ functions }, a) => {
    const smoothest = [...functions.keys()].filter((v) => isSmoothest(functions[v]));
    let sum = 0;
    let atoms = 0;
    for (const rows of each)
      for (let at = 0; at < rows[a].length; at += functions.length) {
        for (const v of smoothest) sum += rows[a][at + v];
        atoms++;
      }
    return sum / atoms;
  });
}
