import type { RadialFunction } from '../radial.ts';
import { coreFunction } from './core.ts';
import { type AceFunction, type AceModel, pairCutoffs } from './model.ts';
import { type ProductGraph, productGraph } from './products.ts';
import { type RadialBase, radialBase } from './radial.ts';
import { tabulatedBase, tabulatedFunction } from './tabulated.ts';

/** The model as flat arrays: all that an evaluator reads. Coefficients are kept apart, because learning changes only them. */
export interface AceTables {
  readonly elements: readonly string[];
  /** Whether `base` and `core` interpolate in the field's tables. */
  readonly tabulated: boolean;
  /** Å, the largest of `cutoffs`. */
  readonly cutoff: number;
  /** Å, [S²] by centre · S + neighbour; NaN without a bond. */
  readonly cutoffs: Float64Array;
  readonly lmax: number;
  /** Radial values of a neighbour, at most. */
  readonly maxChannels: number;
  /** [S²]. */
  readonly bonds: readonly BondTables[];
  readonly centres: readonly CentreTables[];
}

/**
 * Radial functions of an ordered pair that some function uses, grouped by l. Channel q of the bond is
 * g_{alias[q]} where alias ≥ 0, else Σ_k mix[q·K + k] g_k.
 */
export interface BondTables {
  /** K. */
  readonly baseCount: number;
  readonly base: RadialBase;
  /** v(r), undefined where zero throughout. */
  readonly core: RadialFunction | undefined;
  /** Channels of momentum l are `channelStart[l]` … `channelStart[l+1]−1`, [lmax + 2]. */
  readonly channelStart: Int32Array;
  readonly alias: Int32Array;
  readonly mix: Float64Array;
  /** Value index of A at (l, m = 0, first channel), [lmax + 1]; entry (l, m, q) is `valueStart[l] + m·(channels of l) + q`. */
  readonly valueStart: Int32Array;
}

export interface CentreTables extends ProductGraph {
  /** Number of functions. */
  readonly functionCount: number;
  /** A entries with m ≥ 0. */
  readonly basisSize: number;
  /** Values altogether: the constant, A, mirrors, inner products. */
  readonly valueCount: number;
  readonly termCount: number;
}

export function aceTables(model: AceModel, tabulated = false): AceTables {
  const S = model.elements.length;
  const cutoffs = pairCutoffs(model);
  const lmax = Math.max(0, ...model.centres.flatMap((c) => c.functions.flatMap((f) => f.ls)));
  const bonds: BondTables[] = [];
  const centres: CentreTables[] = [];
  for (let a = 0; a < S; a++) {
    const channels = Array.from({ length: S }, (_, b) => bondChannels(model, a, b, lmax));
    let size = 0;
    channels.forEach(({ byMomentum }, b) => {
      const valueStart = new Int32Array(lmax + 1);
      byMomentum.forEach((list, l) => {
        valueStart[l] = 1 + size;
        size += (l + 1) * list.length;
      });
      bonds.push(bondTables(model, a, b, byMomentum, valueStart, tabulated));
    });
    centres.push(centreTables(model.centres[a].functions, channels, bonds.slice(-S), size));
  }
  return {
    elements: model.elements,
    tabulated,
    cutoff: Math.max(...cutoffs.filter((r) => r > 0)),
    cutoffs,
    lmax,
    maxChannels: Math.max(1, ...bonds.map((b) => b.alias.length)),
    bonds,
    centres,
  };
}

/** Radial functions of a bond by momentum, each as its coefficients over the base, and where a slot finds its own. */
interface BondChannels {
  readonly byMomentum: readonly (readonly string[])[];
  readonly keyOf: (f: AceFunction, slot: number) => string;
}

function bondChannels(model: AceModel, a: number, b: number, lmax: number): BondChannels {
  const bond = model.bonds[a * model.elements.length + b];
  const unit = (k: number): string =>
    Array.from({ length: bond?.nradbase ?? 0 }, (_, q) => (q === k ? 1 : 0)).join();
  // Two radial functions are the same channel exactly when their coefficients over the base are.
  const keyOf = ({ ns, ls }: AceFunction, t: number): string =>
    ns.length === 1 || !bond || bond.polynomial
      ? unit(ns[t] - 1)
      : bond.radcoefficients[ns[t] - 1][ls[t]].slice(0, bond.nradbase).join();
  const byMomentum = Array.from({ length: lmax + 1 }, () => new Set<string>());
  for (const f of model.centres[a].functions)
    f.mus.forEach((mu, t) => {
      if (mu === b) byMomentum[f.ls[t]].add(keyOf(f, t));
    });
  return { byMomentum: byMomentum.map((set) => [...set]), keyOf };
}

function bondTables(
  model: AceModel,
  a: number,
  b: number,
  byMomentum: readonly (readonly string[])[],
  valueStart: Int32Array,
  tabulated: boolean,
): BondTables {
  const bond = model.bonds[a * model.elements.length + b];
  const K = bond?.nradbase ?? 0;
  const rows = byMomentum.flat().map((key) => key.split(',').map(Number));
  const channelStart = new Int32Array(byMomentum.length + 1);
  byMomentum.forEach((list, l) => {
    channelStart[l + 1] = channelStart[l] + list.length;
  });
  return {
    baseCount: K,
    ...radialParts(model, a, b, tabulated),
    channelStart,
    alias: Int32Array.from(rows, (row) => {
      const used = row.flatMap((c, k) => (c === 0 ? [] : [k]));
      return used.length === 1 && row[used[0]] === 1 ? used[0] : -1;
    }),
    mix: Float64Array.from(rows.flat()),
    valueStart,
  };
}

/** The field has no tables for the polynomials of ACE.jl, nor for the ZBL pairs under a learnable model. */
function radialParts(
  model: AceModel,
  a: number,
  b: number,
  tabulated: boolean,
): Pick<BondTables, 'base' | 'core'> {
  const { bonds, elements, baseline, tableSpacing } = model;
  const bond = bonds[a * elements.length + b];
  const core = coreFunction(model, a, b);
  if (!bond) return { base: () => {}, core };
  const base = radialBase(bond);
  if (!tabulated || bond.polynomial) return { base, core };
  return {
    base: tabulatedBase(base, bond.nradbase, bond.cutoff, tableSpacing),
    core: core && !baseline ? tabulatedFunction(core, bond.cutoff, tableSpacing) : core,
  };
}

function centreTables(
  functions: readonly AceFunction[],
  channels: readonly BondChannels[],
  bonds: readonly BondTables[],
  basisSize: number,
): CentreTables {
  const ids = new Map<string, number>();
  const blocks: { start: number; stride: number }[] = [];
  channels.forEach(({ byMomentum }, b) => {
    byMomentum.forEach((list, l) => {
      list.forEach((key, q) => {
        ids.set(`${b}:${l}:${key}`, blocks.length);
        blocks.push({ start: bonds[b].valueStart[l] + q, stride: list.length });
      });
    });
  });
  const graph = productGraph(
    functions,
    basisSize,
    (f, t) => ids.get(`${f.mus[t]}:${f.ls[t]}:${channels[f.mus[t]].keyOf(f, t)}`)!,
    (channel, m) => blocks[channel].start + m * blocks[channel].stride,
  );
  return {
    ...graph,
    functionCount: functions.length,
    basisSize,
    valueCount: 1 + basisSize + graph.mirrorOf.length + graph.left.length,
    termCount: graph.termLeft.length,
  };
}

/**
 * Coefficients of the functions as weights of the terms: ρ = Σ_t w_t · term t, into `out` [terms].
 * `coefficient(v)` is c_v.
 */
export function termWeights(
  centre: CentreTables,
  coefficient: (v: number) => number,
  out = new Float64Array(centre.termCount),
): Float64Array {
  out.fill(0);
  const { functionStart, functionTerm, functionWeight } = centre;
  for (let v = 0; v < centre.functionCount; v++)
    for (let q = functionStart[v]; q < functionStart[v + 1]; q++)
      out[functionTerm[q]] += coefficient(v) * functionWeight[q];
  return out;
}
