import type { LearnableAce } from '../../potentials/ace/ace.ts';
import { parametersOf } from '../../potentials/ace/ace.ts';
import { isSmoothest, joined, squareRoot } from '../../potentials/ace/finnisSinclair.ts';
import { type NonlinearAce, nonlinearAce } from '../../potentials/ace/nonlinearAce.ts';
import type { LearnablePotential, Parameters } from '../../potentials/learnable.ts';
import { type HeldOut, teachBeside } from '../learn/beside.ts';
import type { LabelledFrame } from '../learn/dataset.ts';
import { environments } from '../learn/designMatrix.ts';
import type { TrainOptions } from '../learn/schema.ts';
import { createTrainer, type Training } from '../learn/trainer.ts';

/** Functions of the second density of every element: each costs a step of the descent as much as a hundredth of a linear fit of 1000. */
export const ROOT_FUNCTIONS = 60;

export interface SquareRootFit {
  /** With the second density, or the linear one where that does not help the frames held out. */
  readonly training: Training<LearnableAce>;
  readonly heldOut: HeldOut;
}

/**
 * What a linear fit learned from the frames, with a second density under a square root beside it. The second is settled without every tenth
 * frame and then fixed; the first and the members are learned anew from all. Throws a UserError.
 */
export function withSquareRoot(
  linear: Training<LearnableAce>,
  frames: readonly LabelledFrame[],
  options: TrainOptions,
  count = ROOT_FUNCTIONS,
): SquareRootFit {
  const { potential, regularisation } = linear;
  const start = nonlinearAce(squareRoot(potential.model, typicalDensity(potential, frames), count), 'linear');
  const { mean, heldOut } = teachBeside(potential, start, frames, options, regularisation);
  if (heldOut.both >= heldOut.linear) return { training: linear, heldOut };
  const root = start.withParameters({ ...start.parameters, mean });
  const e0 = Object.fromEntries(potential.elements.map((e, a) => [e, potential.parameters.e0[a]]));
  const trainer = createTrainer({ ...options, e0 }, overRoot(potential, root));
  try {
    return { training: trainer.learn(frames), heldOut };
  } finally {
    trainer.dispose();
  }
}

/** Linear in the first density, over the second as it is. */
function overRoot(
  linear: LearnableAce,
  root: NonlinearAce,
): Omit<LearnablePotential, 'withParameters'> & { withParameters(parameters: Parameters): LearnableAce } {
  const modelAt = (e0: Float64Array, mean: Float64Array) =>
    joined(linear.withParameters({ e0, mean, members: [] }).model, root.model);
  return {
    ...linear,
    rows(s, list, crew) {
      const rows = linear.rows(s, list, crew);
      const { energy, forces, virial } = root.evaluate(s, list, ['forces', 'virial']);
      const { baseline } = rows;
      return {
        ...rows,
        baseline: {
          energy: baseline.energy + energy,
          forces: baseline.forces.map((f, k) => f + forces[k]),
          strain: baseline.strain.map((x, k) => x - virial[VOIGT[k]]),
        },
      };
    },
    withParameters: ({ e0, mean, members }) =>
      nonlinearAce(modelAt(e0, mean), 'linear', {
        ...parametersOf(modelAt(e0, mean)),
        members: members.map((c) => parametersOf(modelAt(e0, c)).mean),
      }),
  };
}

/** xx yy zz yz xz xy in a row-major tensor. */
const VOIGT = [0, 4, 8, 5, 2, 1] as const;

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
