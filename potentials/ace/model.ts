import { element } from '../../src/core/elements.ts';
import { type Coupling, halfCoupling } from './coupling.ts';
import type { EmbeddingForm } from './embedding.ts';
import { sortFunctions } from './order.ts';

/**
 * An atomic cluster expansion as data:
 *
 *   E_i = fcut · Σ_p w_p f(ρ_p; m_p) + core + E₀,   ρ_p = Σ_v c_vp B_v,   B_v = Σ_m C(m) Π_t A_{μ_t n_t l_t m_t}
 *
 * Species are numbered by their place in `elements`, bonds by [centre · S + neighbour].
 */
export interface AceModel {
  /** `B`: functions B_v with couplings; `ctilde`: functions of a .yace file, in which coefficients and couplings are multiplied out. */
  readonly form: 'B' | 'ctilde';
  readonly elements: readonly string[];
  /** Å; spacing of the field's interpolation tables, carried along. */
  readonly tableSpacing: number;
  readonly centres: readonly AceCentre[];
  /** [S²]; a pair without a bond cannot be evaluated. */
  readonly bonds: readonly (AceBond | undefined)[];
  /** ZBL repulsion under the expansion, [S²]; it is not part of the .yaml and .yace files. */
  readonly baseline?: readonly ZblRange[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Further values of the file, carried along as text. */
  readonly auxdata: ReadonlyMap<string, ReadonlyMap<string, string | readonly string[]>>;
}

/** Where LAMMPS' `pair_style zbl inner outer` begins to switch off and ends, Å. */
export interface ZblRange {
  readonly inner: number;
  readonly outer: number;
}

export interface AceCentre {
  readonly embedding: AceEmbedding;
  /** eV. */
  readonly e0: number;
  /** In canonical order. */
  readonly functions: readonly AceFunction[];
}

export interface AceEmbedding {
  readonly form: EmbeddingForm;
  /** w_p, [P]. */
  readonly prefactors: readonly number[];
  /** m_p, [P]. */
  readonly exponents: readonly number[];
  /** eV; where a large core repulsion has switched the embedding off, and the width of that switch. */
  readonly coreCutoff: number;
  readonly coreWidth: number;
}

/** One invariant B_v with its coefficients. */
export interface AceFunction {
  /** Species of the slots, [rank]; as are ns (from 1; for rank 1 the base index k) and ls. */
  readonly mus: readonly number[];
  readonly ns: readonly number[];
  readonly ls: readonly number[];
  /** Intermediate momenta; empty in the form `ctilde`. */
  readonly lint: readonly number[];
  /** m tuples and weights of the half sum. */
  readonly coupling: Coupling;
  /** c_p, [P]. */
  readonly coefficients: readonly number[];
}

export type InnerCutoff = 'distance' | 'density' | 'zbl';
export const INNER_CUTOFFS: readonly InnerCutoff[] = ['distance', 'density', 'zbl'];

/** Radial functions of one ordered pair (centre, neighbour). Lengths in Å. */
export interface AceBond {
  readonly base: string;
  readonly cutoff: number;
  /** d_c. */
  readonly taper: number;
  readonly radparameters: readonly number[];
  readonly nradbase: number;
  readonly nradmax: number;
  readonly lmax: number;
  /** c[n−1][l][k−1]. */
  readonly radcoefficients: readonly (readonly (readonly number[])[])[];
  /** A, α. */
  readonly coreRepulsion: readonly [number, number];
  readonly innerCutoff: InnerCutoff;
  readonly rIn: number;
  readonly deltaIn: number;
  /** Present for the polynomial bases of ACE.jl. */
  readonly polynomial?: PolynomialBase;
}

/** ACE.jl's polynomials in x = ((1 + r₀)/(1 + r))^p, and its pair potential. */
export interface PolynomialBase extends PolynomialSet {
  readonly pair?: PolynomialSet & { readonly coefficients: readonly number[] };
  /** Repulsion below `ri`. */
  readonly repulsion?: { readonly ri: number; readonly e0: number; readonly A: number; readonly B: number };
}

export interface PolynomialSet {
  readonly cutoff: number;
  readonly xl: number;
  readonly xr: number;
  readonly pl: number;
  readonly pr: number;
  readonly r0: number;
  readonly p: number;
  readonly A: readonly number[];
  readonly B: readonly number[];
  readonly C: readonly number[];
}

/** The function with couplings worked out from `lint`. */
export function aceFunction(
  mus: readonly number[],
  ns: readonly number[],
  ls: readonly number[],
  lint: readonly number[],
  coefficients: readonly number[],
): AceFunction {
  return { mus, ns, ls, lint, coupling: halfCoupling(ls, lint), coefficients };
}

/** Puts every centre's functions into canonical order. */
export function inCanonicalOrder(model: AceModel): AceModel {
  return {
    ...model,
    centres: model.centres.map((c) => ({ ...c, functions: sortFunctions(c.functions) })),
  };
}

/** Å, [S²]; how far each ordered pair sees; NaN where there is no bond. */
export function pairCutoffs(model: AceModel): Float64Array {
  const own = model.bonds.map((b) => b?.cutoff ?? NaN);
  const polynomial = model.bonds.flatMap((b) =>
    b?.polynomial ? [b.cutoff, b.polynomial.pair?.cutoff ?? 0] : [],
  );
  if (polynomial.length > 0) return new Float64Array(own.length).fill(Math.max(...polynomial));
  return Float64Array.from(own, (r, k) => Math.max(r, model.baseline?.[k].outer ?? 0));
}

/** True when E is linear in the coefficients: one density with w = m = 1 and no core repulsion inside the files. */
export function isLinear(model: AceModel): boolean {
  return (
    lacksCore(model) &&
    model.centres.every(
      ({ embedding: e }) =>
        e.prefactors.length === 1 &&
        e.prefactors[0] === 1 &&
        e.exponents[0] === 1 &&
        e.form === 'FinnisSinclairShiftedScaled',
    )
  );
}

/** True when the files hold no core repulsion and nothing that switches the expansion off. */
export function lacksCore(model: AceModel): boolean {
  return (
    model.form === 'B' &&
    model.bonds.every((b) => b && !b.polynomial && b.innerCutoff !== 'zbl' && b.coreRepulsion[0] === 0) &&
    model.centres.every(({ embedding: e }) => e.coreCutoff > 0 && e.coreCutoff - e.coreWidth >= 0)
  );
}

/** Atomic number of species `k`; a UserError for a name that is no element. */
export function atomicNumber(model: AceModel, k: number): number {
  return element(model.elements[k]).atomicNumber;
}
