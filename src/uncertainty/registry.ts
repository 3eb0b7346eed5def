import { registry } from '../core/registry.ts';
import { committeeEnergy, committeeForce } from './committee.ts';
import { extrapolationGrade } from './extrapolationGrade.ts';
import type { MeasureFactory } from './measure.ts';
import { subspaceResidual } from './subspaceResidual.ts';

/** Measures of uncertainty. */
export const measures = registry<MeasureFactory>('uncertainty', [
  extrapolationGrade,
  subspaceResidual,
  committeeEnergy,
  committeeForce,
]);
