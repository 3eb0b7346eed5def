import { registry } from '../core/registry.ts';
import { committeeEnergy, committeeForce } from './committee.ts';
import { extrapolationGrade } from './extrapolationGrade.ts';
import { localGrade } from './localGrade.ts';
import type { MeasureFactory } from './measure.ts';
import { subspaceResidual } from './subspaceResidual.ts';

/** Measures of uncertainty. */
export const measures = registry<MeasureFactory>('uncertainty', [
  extrapolationGrade,
  localGrade,
  subspaceResidual,
  committeeEnergy,
  committeeForce,
]);
