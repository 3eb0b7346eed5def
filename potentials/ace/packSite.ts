/** Tables of an expansion as `site.wgsl.ts` reads them: words, numbers and curves of distance, and where each centre's lie. */
import type { AcePotential } from './ace.ts';
import { lmCount, lmIndex } from './harmonics.ts';
import type { AceModel } from './model.ts';
import { gridsOf, type PairFunctions, pairFunction, type RadialGrid, radialCurves } from './packRadial.ts';
import { packTeams, type TeamPlaces } from './packTeams.ts';
import { packUses, type UsePlaces } from './packUses.ts';
import type { CentreTables } from './tables.ts';

/** What switches the expansion off: nothing, the density of the core, or the nearest neighbour. */
export type Switching = 'never' | 'core' | 'nearest';

export interface PackedSite {
  readonly S: number;
  readonly lmax: number;
  /** Radial functions of any bond, at most. */
  readonly K: number;
  /** Values of any centre, at most, and places where their adjoints are summed, by lanes and by teams; levels of products. */
  readonly V: number;
  readonly places: number;
  readonly teamPlaces: number;
  readonly levels: number;
  /** Densities of any centre, at most. */
  readonly P: number;
  /** Members beside the mean. */
  readonly members: number;
  readonly projectionWidth: number;
  /** Functions in a table of a bond. */
  readonly rows: number;
  /** Å. */
  readonly cutoff: number;
  readonly words: Uint32Array;
  readonly numbers: Float32Array;
  /** [bins of all bonds][K + 1 + P + members][4]: base, r·v, pair functions of the densities and of the members. */
  readonly curves: Float32Array;
  /** [S²]. */
  readonly grids: readonly RadialGrid[];
  readonly centres: readonly CentrePlaces[];
  /** Å, [S²]: 0 without a bond. */
  readonly cutoffs: readonly number[];
  readonly switching: Switching;
  /** Å, [S²]: where a nearest neighbour has switched the expansion off, and over how much it does. */
  readonly inner: readonly (readonly [number, number])[];
}

/** Sizes, and where in `words` and `numbers` things begin. Two factors lie in one word, the left one in its upper half. */
export interface CentrePlaces extends UsePlaces, TeamPlaces {
  /** A with m ≥ 0: place in the accumulator, place of mix. */
  readonly basis: number;
  readonly basisSize: number;
  /** 2 · value mirrored + 1 where the sign is −. */
  readonly mirrors: number;
  readonly mirrorCount: number;
  /** Factors of the inner products. */
  readonly inner: number;
  readonly terms: number;
  readonly termCount: number;
  /** Per species and l: first value, channels, place of their mix. */
  readonly channels: number;
  readonly functionStart: number;
  readonly functionFactors: number;
  readonly functionCount: number;
  readonly functionWeights: number;
  /** [densities][terms]. */
  readonly weights: number;
  readonly densities: number;
  /** [members][terms], what they add to those of the mean; as `memberUses` again in the order of uses. */
  readonly memberWeights: number;
  /** Prefactors, exponents, then core cutoff and width. */
  readonly embedding: number;
  readonly form: number;
}

/** Radial functions by fours. */
export function fours(K: number): number {
  return Math.ceil(K / 4);
}

export function packSite({ model, tables, weights, projectionWidth }: AcePotential): PackedSite {
  const { lmax, bonds, cutoff } = tables;
  const S = model.elements.length;
  const K = Math.max(1, ...bonds.map((b) => b.baseCount));
  const row = 4 * fours(K);
  const P = Math.max(...weights.densities.map((d) => d.length));
  const grids = gridsOf(tables.cutoffs);
  const words: number[] = [];
  const numbers: number[] = [];
  const put = (into: number[], values: Iterable<number>) => {
    const at = into.length;
    for (const x of values) into.push(x);
    return at;
  };
  const mixes = bonds.map((b) =>
    put(
      numbers,
      Array.from({ length: b.alias.length * row }, (_, q) =>
        q % row < b.baseCount ? b.mix[Math.floor(q / row) * b.baseCount + (q % row)] : 0,
      ),
    ),
  );
  const LM = lmCount(lmax);
  const pairFunctions: PairFunctions[] = [];
  const centres = tables.centres.map((c, a): CentrePlaces => {
    const basis = new Array<number>(2 * c.basisSize).fill(0);
    const channels: number[] = [];
    for (let b = 0; b < S; b++) {
      const bond = bonds[a * S + b];
      for (let l = 0; l <= lmax; l++) {
        const first = bond.channelStart[l];
        const count = bond.channelStart[l + 1] - first;
        const mix = mixes[a * S + b] + first * row;
        channels.push(bond.valueStart[l], count, mix);
        for (let m = 0; m <= l; m++)
          for (let q = 0; q < count; q++) {
            const v = bond.valueStart[l] + m * count + q - 1;
            basis[2 * v] = b * LM + lmIndex(l, m);
            basis[2 * v + 1] = mix + q * row;
          }
      }
    }
    const { embedding } = model.centres[a];
    const { products, pairs } = split(c);
    const graph = { ...c, ...products };
    const own = weights.densities[a].map((w) => picked(w, products.terms));
    const members = weights.members.map((m) => m[a].map((w, t) => w - weights.densities[a][0][t]));
    const apart = members.map((w) => picked(w, products.terms));
    for (let b = 0; b < S; b++)
      pairFunctions.push({
        densities: weights.densities[a].map((w) => pairFunction(bonds[a * S + b], pairs, w)),
        members: members.map((w) => pairFunction(bonds[a * S + b], pairs, w)),
      });
    return {
      basis: put(words, basis),
      basisSize: c.basisSize,
      mirrors: put(
        words,
        Array.from(c.mirrorOf, (v, k) => 2 * v + (c.mirrorSign[k] < 0 ? 1 : 0)),
      ),
      mirrorCount: c.mirrorOf.length,
      inner: put(words, factors(c.left, c.right)),
      terms: put(words, factors(graph.termLeft, graph.termRight)),
      termCount: graph.termCount,
      channels: put(words, channels),
      functionStart: put(words, c.functionStart),
      functionFactors: put(
        words,
        factors(
          c.functionTerm.map((t) => c.termLeft[t]),
          c.functionTerm.map((t) => c.termRight[t]),
        ),
      ),
      functionCount: c.functionCount,
      functionWeights: put(numbers, c.functionWeight),
      weights: put(numbers, concatenated(own)),
      densities: own.length,
      memberWeights: put(numbers, concatenated(apart)),
      embedding: put(numbers, [
        ...embedding.prefactors,
        ...embedding.exponents,
        embedding.coreCutoff,
        embedding.coreWidth,
      ]),
      form: embedding.form === 'FinnisSinclair' ? 0 : 1,
      ...packUses(
        graph,
        apart,
        (x) => put(words, x),
        (x) => put(numbers, x),
      ),
      ...packTeams(
        graph,
        own,
        (x) => put(words, x),
        (x) => put(numbers, x),
      ),
    };
  });
  return {
    S,
    lmax,
    K,
    V: Math.max(...tables.centres.map((c: CentreTables) => c.valueCount)),
    places: Math.max(...centres.map((c) => c.places)),
    teamPlaces: Math.max(...centres.map((c) => c.teamPlaces)),
    levels: Math.max(...centres.map((c) => c.levelCount)),
    P,
    members: weights.members.length,
    rows: K + 1 + P + weights.members.length,
    projectionWidth,
    cutoff,
    words: Uint32Array.from(words),
    numbers: Float32Array.from(numbers),
    curves: radialCurves(tables, grids, pairFunctions, K, P),
    grids,
    centres,
    cutoffs: Array.from(tables.cutoffs, (r) => (Number.isNaN(r) ? 0 : r)),
    switching: switchingOf(model),
    inner: model.bonds.map((b) => [b ? b.rIn - b.deltaIn : 0, b?.deltaIn ?? 0]),
  };
}

/** Terms that are one A, from those that are products. */
function split({ termLeft, termRight, basisSize }: CentreTables) {
  const all = Array.from(termLeft.keys());
  const single = (t: number) => termLeft[t] * termRight[t] === 0 && termLeft[t] + termRight[t] <= basisSize;
  const terms = all.filter((t) => !single(t));
  return {
    products: {
      terms,
      termLeft: Int32Array.from(terms, (t) => termLeft[t]),
      termRight: Int32Array.from(terms, (t) => termRight[t]),
      termCount: terms.length,
    },
    pairs: all.filter(single).map((term) => ({ term, value: termLeft[term] + termRight[term] })),
  };
}

function picked(w: Float64Array, terms: readonly number[]): Float64Array {
  return Float64Array.from(terms, (t) => w[t]);
}

/** The rule that `switching.ts` follows. */
function switchingOf({ baseline, bonds }: AceModel): Switching {
  if (baseline) return 'never';
  return bonds.some((b) => b?.innerCutoff === 'zbl') ? 'nearest' : 'core';
}

function factors(left: Int32Array, right: Int32Array): number[] {
  return Array.from(left, (p, k) => p * 65536 + right[k]);
}

function concatenated(lists: readonly Float64Array[]): number[] {
  return lists.flatMap((list) => Array.from(list));
}
