import type { Calculator } from './calculator.ts';

/** What a calculator needs to know beyond its options. */
export interface CalculatorContext {
  /** Elements of the run, in the order of types. */
  readonly elements: readonly string[];
  /** Where relative paths in the options start. */
  readonly folder: string;
}

/** What the registry makes from options: a calculator as soon as the context is known. */
export type MakeCalculator = (context: CalculatorContext) => Calculator;
