/** How far a fast evaluator may be from the plain f64 truth, and why. All that compares backends reads this file. */

export interface Tolerance {
  /** eV per atom: absolute, and relative to |E|. */
  readonly energy: readonly [number, number];
  /** eV/Å: absolute, and relative to the largest force; of the virial in eV likewise. */
  readonly force: readonly [number, number];
  /** Relative to 1 + |B|. */
  readonly projection: number;
  /** Relative to 1 + γ. */
  readonly grade: number;
}

/**
 * f64 in another order of summation, with fused products and curves tabulated to rounding. The functions of published expansions
 * cancel to one part in 10⁴ to 10⁵, so rounding shows at 1e-11 eV; these are the pass levels of the field's own specification.
 */
export const WASM: Tolerance = {
  energy: [1e-9, 1e-10],
  force: [1e-8, 1e-9],
  projection: 1e-10,
  grade: 1e-8,
};

/**
 * f32 on a device, sums in the order of neighbours. Energies of an expansion are sums of terms up to 10⁵ times larger, each rounded; forces see
 * less of it, for they are slopes of few terms at a time.
 */
export const WEBGPU: Tolerance = {
  energy: [2e-5, 2e-5],
  force: [1e-5, 1e-5],
  projection: 1e-4,
  grade: 1e-3,
};
