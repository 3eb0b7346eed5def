import { type Calibration, forceErrorAt, LEVEL } from '../uncertainty/calibration.ts';

/** `expected force error 0.12 eV/Å, 90 % below 0.27`. */
export function forceErrorText(calibration: Calibration, grade: number): string {
  const { expected, bound } = forceErrorAt(calibration, grade);
  return `expected force error ${expected.toPrecision(2)} eV/Å, ${100 * LEVEL} % below ${bound.toPrecision(2)}`;
}
