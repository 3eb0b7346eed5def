import type { Crew } from '../core/crew.ts';
import type { LabelRows } from './designMatrix.ts';
import { plainAlgebra } from './plainAlgebra.ts';
import type { Factor } from './solve.ts';
import { wasmAlgebra } from './wasmAlgebra.ts';

/** The rows behind `from`, times `scale`, go into `into`. */
export interface Merger {
  readonly into: Factor;
  readonly from: Factor;
  readonly scale: number;
}

/** Rows times `weight` go into `into`. */
export interface Appendage {
  readonly into: Factor;
  readonly rows: LabelRows;
  readonly weight: number;
}

/** Minimise ‖Xc − y‖² + ‖√λΓc − anchor‖²; without an anchor the prior pulls towards zero. */
export interface RidgeProblem {
  readonly data: Factor;
  /** diag Γ, [K]. */
  readonly roughness: Float64Array;
  readonly lambda: number;
  /** [K]. */
  readonly anchor?: Float64Array;
}

export interface RidgeSolution {
  /** [K]. */
  readonly coefficients: Float64Array;
  /** ‖Xc − y‖² + ‖√λΓc − anchor‖² at the minimum. */
  readonly objective: number;
  /** Σ ln R_kk over the factor R of XᵀX + λΓ² = RᵀR. */
  readonly logVolume: number;
}

/** Element (i, j) of a matrix lies at `data[i * row + j * column]`. */
export interface MatrixView {
  readonly data: Float64Array;
  readonly row: number;
  readonly column: number;
}

/** Scratch that is given back when the function it was lent to returns. */
export type Lender = (length: number) => Float64Array;

/** The linear algebra of training. Plain TypeScript is the truth. All arrays that come in and go out were made by the same algebra. */
export interface Algebra {
  /** For potentials whose rows have compiled kernels. */
  readonly crew?: Crew;
  /** Zeroed, kept for good. */
  doubles(length: number): Float64Array;
  integers(length: number): Int32Array;
  /** Zeroed doubles for as long as `use` runs. */
  lend<T>(use: (lender: Lender) => T): T;
  /** Adds rows times `weight`. */
  append(into: Factor, rows: LabelRows, weight: number): void;
  /** Adds rows to independent factors, and carries out `meanwhile`, which must not touch them. */
  appendAll<T>(appendages: readonly Appendage[], meanwhile?: () => T): T;
  /** Carries out independent mergers, and `meanwhile`, which must not touch them. */
  merge<T>(mergers: readonly Merger[], meanwhile?: () => T): T;
  /** Solves independent problems, and carries out `meanwhile`, which must not touch them. */
  ridge(problems: readonly RidgeProblem[], meanwhile?: () => void): RidgeSolution[];
  /** C [m × n], row-major, += alpha A [m × k] B [k × n]. */
  multiply(
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: MatrixView,
    b: MatrixView,
    c: Float64Array,
  ): void;
  /** Swaps until the chosen rows dominate the pool `c` [rows × K]; see maxvol.ts. */
  makeDominant(c: Float64Array, rows: number, K: number, slots: Int32Array, tolerance: number): number;
  /** Taken so far; plain arrays, which come and go, are not counted. */
  readonly bytes: number;
  /** Ends what threads there are. */
  dispose(): void;
}

/** `plain`: TypeScript. `wasm`: compiled kernels, on all threads; the same to rounding, bitwise the same for any number of threads. */
export type KernelChoice = 'plain' | 'wasm';

/** For problems of K functions, `width` = K + 1. */
export function createAlgebra(kernels: KernelChoice, width: number, threads?: number): Algebra {
  return kernels === 'plain' ? plainAlgebra : wasmAlgebra(width, threads);
}

export function newFactor({ doubles }: Pick<Algebra, 'doubles'>, width: number): Factor {
  return { width, r: doubles(width * width) };
}
