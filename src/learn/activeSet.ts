/** The active set of one element: the matrix whose row-space every environment is measured against. */
export interface ElementActiveSet {
  readonly element: string;
  /** Functions of the element, K. */
  readonly size: number;
  /** Row-major [K × K], Â⁻¹: grade γ = max_j |(b Â⁻¹)_j|. Row: function in canonical order; column: slot. */
  readonly inverse: Float64Array;
  /** Orthonormal basis of the span of the training environments, in column-scaled space, row-major [rank × K]. */
  readonly span: Float64Array;
  /** 0 for an element never seen; 0 for every element where the span is unknown. */
  readonly rank: number;
  /** Largest magnitude of each column over the training environments, [K]: column v of `span` is in units of it. */
  readonly scale: Float64Array;
}

/** One active set per element, in the order of the potential's elements. */
export type ActiveSet = readonly ElementActiveSet[];
