/** Radial functions of every bond as cubics for f32, pair functions among them; the last bin of a bond ends at its cutoff. */
import { WINDOW } from '../../src/core/fixedPoint.wgsl.ts';
import type { AcePotential } from './ace.ts';
import type { BondTables } from './tables.ts';

/** Where the tables of a bond begin, as a part of its cutoff. */
const START = 1 / 64;
/** Bins of radial functions are so many units of windows wide. */
export const BIN_BITS = 15;
const BIN_WIDTH = 2 ** BIN_BITS / WINDOW;

/** Bins of one bond, the last of which ends at its cutoff. */
export interface RadialGrid {
  /** Where they begin, in units of windows. */
  readonly begin: number;
  readonly bins: number;
  /** First bin in the table of all bonds. */
  readonly at: number;
}

/**
 * A bond's part of what is linear in g_k, Σ_k c_k g_k(r), by their coefficients. Published functions of one neighbour cancel to one part in
 * 10⁴, which f32 does not survive: they are added up in f64 and tabulated as one function.
 */
export interface PairFunctions {
  readonly densities: readonly Float64Array[];
  readonly members: readonly Float64Array[];
}

/** Σ_t w_t mix_t over the terms that are an A of this bond: such have l = 0. */
export function pairFunction(
  { valueStart, channelStart, baseCount, mix }: BondTables,
  pairs: readonly { readonly term: number; readonly value: number }[],
  w: Float64Array,
): Float64Array {
  const out = new Float64Array(baseCount);
  for (const { term, value } of pairs) {
    const q = value - valueStart[0];
    if (q < 0 || q >= channelStart[1]) continue;
    for (let k = 0; k < baseCount; k++) out[k] += w[term] * mix[q * baseCount + k];
  }
  return out;
}

export function gridsOf(cutoffs: Float64Array): RadialGrid[] {
  let at = 0;
  return Array.from(cutoffs, (cutoff) => {
    const bins = Number.isNaN(cutoff) ? 0 : Math.floor(((1 - START) * cutoff) / BIN_WIDTH);
    at += bins;
    return { begin: Math.round((cutoff || 0) * WINDOW) - bins * 2 ** BIN_BITS, bins, at: at - bins };
  });
}

/** Cubics from values and slopes at the knots, as in `curve.wgsl.ts`, all functions of a bin side by side. */
export function radialCurves(
  { bonds, cutoffs }: AcePotential['tables'],
  grids: readonly RadialGrid[],
  pairs: readonly PairFunctions[],
  K: number,
  P: number,
): Float32Array {
  const rows = K + 1 + P + (pairs[0]?.members.length ?? 0);
  const out = new Float32Array(4 * rows * grids.reduce((sum, { bins }) => sum + bins, 0));
  const [g, dg, v] = [new Float64Array(K), new Float64Array(K), new Float64Array(2)];
  const sample = (b: number, r: number, into: Float64Array) => {
    g.fill(0);
    dg.fill(0);
    v.fill(0);
    into.fill(0);
    bonds[b].base(r, g, dg);
    bonds[b].core?.(r, v);
    for (let k = 0; k < K; k++) into.set([g[k], BIN_WIDTH * dg[k]], 2 * k);
    into.set([r * v[0], BIN_WIDTH * (v[0] + r * v[1])], 2 * K);
    const add = (c: Float64Array, row: number) => {
      for (let k = 0; k < c.length; k++) {
        into[2 * row] += c[k] * g[k];
        into[2 * row + 1] += c[k] * BIN_WIDTH * dg[k];
      }
    };
    for (const [p, c] of pairs[b].densities.entries()) add(c, K + 1 + p);
    for (const [m, c] of pairs[b].members.entries()) add(c, K + 1 + P + m);
  };
  const [here, next] = [new Float64Array(2 * rows), new Float64Array(2 * rows)];
  grids.forEach(({ begin, bins, at }, b) => {
    const knot = (bin: number) => (bin === bins ? cutoffs[b] : begin / WINDOW + bin * BIN_WIDTH);
    for (let bin = 0; bin < bins; bin++) {
      if (bin === 0) sample(b, knot(0), next);
      here.set(next);
      sample(b, knot(bin + 1), next);
      for (let k = 0; k < rows; k++) {
        const rise = next[2 * k] - here[2 * k];
        const [m, n] = [here[2 * k + 1], next[2 * k + 1]];
        out.set([here[2 * k], m, 3 * rise - 2 * m - n, m + n - 2 * rise], 4 * ((at + bin) * rows + k));
      }
    }
  });
  return out;
}
