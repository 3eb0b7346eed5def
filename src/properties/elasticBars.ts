/**
 * Error bars of elastic constants. The spread of an ensemble knows nothing of what its basis cannot say, so labels of strained
 * crystals that it had not seen are set against it: with s their root mean square over the d free constants and σ the members'
 * standard deviation, the 95 % bar is t(d) √(s² + σ²), t Student's factor.
 */

import type { Label } from '../calculators/calculator.ts';
import { studentFactor } from '../core/interval.ts';
import { GPA } from '../core/units.ts';
import { corrected, type Residual, residualAt } from './corrected.ts';
import { allowedFit, column, type Elastic, elasticTensor, type StrainedState } from './elasticTensor.ts';
import type { CrystalElastic } from './ensembleElastic.ts';
import type { Evaluates } from './evaluates.ts';
import { allowedTensors, type Constant } from './mandel.ts';
import { relax } from './relax.ts';
import type { Symmetry } from './symmetry.ts';

/** A strained crystal and its label, which must hold a stress. */
export interface LabelledState {
  readonly state: StrainedState;
  readonly label: Label;
}

/**
 * By how much labels of ± strained states move the constants of a potential, GPa 6×6: atoms settle where the labels' forces
 * put them, and the crystal, whose equilibrium under `evaluates` is given, where their mean stress puts it. The states must be
 * those of `evaluates`, in pairs for every strain that the symmetry asks for.
 */
export async function observedError(
  evaluates: Evaluates,
  { relaxation: { structure }, relaxed }: CrystalElastic,
  labelled: readonly LabelledState[],
  symmetry: Pick<Symmetry, 'rotations'>,
): Promise<Float64Array> {
  const off: Pick<StrainedState, 'component' | 'amplitude' | 'stress'>[] = [];
  const mean = new Float64Array(6);
  for (const { state, label } of labelled) {
    const residual = await residualAt(evaluates, state.structure, label);
    const stress = await settledStress(evaluates, state, residual);
    off.push({ ...state, stress: stress.map((x, k) => x - state.stress[k]) });
    residual.stress.forEach((x, k) => {
      mean[k] += x / labelled.length;
    });
  }
  const components = [...new Set(off.map((o) => o.component))];
  const columns = new Map(components.map((j) => [j, column(off.filter((o) => o.component === j))]));
  const slope = allowedFit(allowedTensors(symmetry.rotations), columns);
  const shifted = corrected(evaluates, { forces: NONE, stress: mean });
  const there = await relax(shifted, structure, { cell: true, method: 'fire' });
  const moved = await elasticTensor(evaluates, there.structure, symmetry);
  return slope.map((x, k) => x + moved.C[k] - relaxed.C[k]);
}

const NONE = new Float64Array(0);

async function settledStress(
  evaluates: Evaluates,
  { structure, stress }: StrainedState,
  residual: Residual,
): Promise<Float64Array> {
  const found = await relax(corrected(evaluates, residual), structure, { cell: false, force: 1e-5 });
  // Where the correction throws atoms out of their places, they are judged where they are.
  return found.converged ? found.stress : stress.map((x, k) => x + residual.stress[k] * GPA);
}

export interface Bars {
  /** GPa, standard deviation over the members, of each constant. */
  readonly spread: Float64Array;
  /** GPa, root mean square of the observed errors of all constants; NaN where nothing was observed. */
  readonly observed: number;
  /** GPa, half the width of the 95 % interval, of each constant; NaN where nothing was observed. */
  readonly bar: Float64Array;
}

/** `error`: as {@link observedError} gave it, of labels that the ensemble had not learned. */
export function elasticBars(
  members: readonly Pick<CrystalElastic, 'relaxed'>[],
  constants: readonly Constant[],
  error: Float64Array | undefined,
): Bars {
  const spread = Float64Array.from(constants, ({ place }) =>
    deviation(
      members.map((m) => m.relaxed),
      place,
    ),
  );
  const d = constants.length;
  const observed = error
    ? Math.sqrt(constants.reduce((sum, { place }) => sum + error[place] ** 2, 0) / d)
    : Number.NaN;
  return { spread, observed, bar: spread.map((s) => studentFactor(d) * Math.hypot(s, observed)) };
}

function deviation(tensors: readonly Elastic[], place: number): number {
  const mean = tensors.reduce((sum, { C }) => sum + C[place] / tensors.length, 0);
  return Math.sqrt(tensors.reduce((sum, { C }) => sum + (C[place] - mean) ** 2, 0) / (tensors.length - 1));
}
