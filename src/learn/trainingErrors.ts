import { type Algebra, newFactor } from './algebra.ts';
import { type FrameRows, type LabelRows, residual } from './designMatrix.ts';
import type { ErrorSummary } from './errors.ts';
import { type Factor, squaredResidual } from './solve.ts';

/** Force rows kept because their residuals were the worst. */
const WORST = 256;

/**
 * Training errors at any coefficients without going back to the frames: root mean squares are exact, from the factors
 * of all unweighted rows; the largest force error is sought among the newest rows and the 256 worst so far.
 */
export interface TrainingErrors {
  /** All unweighted force rows: whoever adds a frame merges its own into it. */
  readonly force: Factor;
  add(rows: FrameRows): void;
  /** Force rows held until the next `at`. */
  readonly held: number;
  /** Errors at the coefficients [K]; forgets all but the worst rows at them. */
  at(coefficients: Float64Array): ErrorSummary;
}

export function trainingErrors(algebra: Algebra, width: number): TrainingErrors {
  const energy = newFactor(algebra, width);
  const force = newFactor(algebra, width);
  let energies = 0;
  let components = 0;
  let newest: LabelRows[] = [];
  let held = 0;
  let worst: LabelRows = { count: 0, values: new Float64Array(0) };

  return {
    force,
    get held() {
      return held;
    },
    add(rows) {
      algebra.append(energy, rows.energy, 1);
      energies += rows.energy.count;
      components += rows.forces.count;
      newest.push(rows.forces);
      held += rows.forces.count;
    },
    at(coefficients) {
      const ranked = [worst, ...newest]
        .flatMap((rows) =>
          Array.from({ length: rows.count }, (_, k) => ({
            error: Math.abs(residual(rows, k, coefficients)),
            values: rows.values.subarray(k * width, (k + 1) * width),
          })),
        )
        .sort((p, q) => q.error - p.error)
        .slice(0, WORST);
      const values = new Float64Array(ranked.length * width);
      for (const [k, row] of ranked.entries()) values.set(row.values, k * width);
      worst = { count: ranked.length, values };
      newest = [];
      held = 0;
      return {
        energyRmse: Math.sqrt(squaredResidual(energy, coefficients) / energies),
        forceRmse: Math.sqrt(squaredResidual(force, coefficients) / components),
        forceMax: ranked[0]?.error ?? Number.NaN,
      };
    },
  };
}
