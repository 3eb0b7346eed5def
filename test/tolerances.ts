/** How far a fast evaluator may be from the plain f64 truth, and why. All that compares backends reads this file. */

export interface Tolerance {
  /** eV per atom: absolute, and relative to |E|. */
  readonly energy: readonly [number, number];
  /** eV/Å: absolute, and relative to the largest force; of the virial in eV likewise. */
  readonly force: readonly [number, number];
  /** eV per atom, what the virial may be off besides. */
  readonly virial: number;
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
  virial: 0,
  projection: 1e-10,
  grade: 1e-8,
};

/**
 * f32 on a device, sums in the order of neighbours. What cancels most in an expansion, its functions of one neighbour, is tabulated as one
 * function; the rest are sums of terms up to 10³ times larger, each rounded. Projections are rounded relative to the largest of them.
 * Tables rounded to f32 put all atoms off to the same side, which the virial adds up however small it is itself: of stretched copper, with
 * pressure near zero, 4e-7 eV an atom on a CPU and 7e-7 with the fused operations of a graphics processor, 1e-8 of the terms that cancel there.
 */
export const WEBGPU: Tolerance = {
  energy: [2e-5, 2e-5],
  force: [1e-5, 1e-5],
  virial: 1e-6,
  projection: 1e-4,
  grade: 1e-3,
};

/** eV/Å: the same for forces of published potentials near equilibrium, about three times what is found. */
export const WEBGPU_FORCES = {
  'Cu-I.yaml': 1e-5,
  'Cu.pbe.in.yaml': 5e-5,
  'DFT10B-AgCu.yaml': 5e-5,
  'ethanol.yaml': 5e-5,
  'syn_SBessel_rank6.yaml': 1e-5,
  'syn_ChebLinear_density.yaml': 1e-5,
  'syn_ZBL_AlNi.yaml': 2e-5,
  'syn_ACEjl_Si.yace': 1e-5,
} as const;
