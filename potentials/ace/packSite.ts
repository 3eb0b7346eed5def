/** Tables of an expansion as `site.wgsl.ts` reads them: words, numbers and curves of distance, and where each centre's lie. */
import type { AcePotential } from './ace.ts';
import { lmCount, lmIndex } from './harmonics.ts';
import type { AceModel } from './model.ts';
import { packUses, type UsePlaces } from './packUses.ts';
import type { CentreTables } from './tables.ts';

/** Bins of the radial functions between START · cutoff and the cutoff. */
export const RADIAL_BINS = 4096;
export const START = 1 / 64;

/** What switches the expansion off: nothing, the density of the core, or the nearest neighbour. */
export type Switching = 'never' | 'core' | 'nearest';

export interface PackedSite {
  readonly S: number;
  readonly lmax: number;
  /** Radial functions of any bond, at most. */
  readonly K: number;
  /** Values of any centre, at most. */
  readonly V: number;
  /** Densities of any centre, at most. */
  readonly P: number;
  /** Members beside the mean. */
  readonly members: number;
  readonly projectionWidth: number;
  /** Å. */
  readonly cutoff: number;
  readonly words: Uint32Array;
  readonly numbers: Float32Array;
  /** [S²][bins][K + 1][4]: base and r·v. */
  readonly curves: Float32Array;
  readonly centres: readonly CentrePlaces[];
  /** Å, [S²]: 0 without a bond. */
  readonly cutoffs: readonly number[];
  readonly switching: Switching;
  /** Å, [S²]: where a nearest neighbour has switched the expansion off, and over how much it does. */
  readonly inner: readonly (readonly [number, number])[];
}

/** Sizes, and where in `words` and `numbers` things begin. Two factors lie in one word, the left one in its upper half. */
export interface CentrePlaces extends UsePlaces {
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
    const own = weights.densities[a];
    const apart = weights.members.map((m) => m[a].map((w, t) => w - own[0][t]));
    return {
      basis: put(words, basis),
      basisSize: c.basisSize,
      mirrors: put(
        words,
        Array.from(c.mirrorOf, (v, k) => 2 * v + (c.mirrorSign[k] < 0 ? 1 : 0)),
      ),
      mirrorCount: c.mirrorOf.length,
      inner: put(words, factors(c.left, c.right)),
      terms: put(words, factors(c.termLeft, c.termRight)),
      termCount: c.termCount,
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
        c,
        own,
        apart,
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
    P: Math.max(...weights.densities.map((d) => d.length)),
    members: weights.members.length,
    projectionWidth,
    cutoff,
    words: Uint32Array.from(words),
    numbers: Float32Array.from(numbers),
    curves: radialCurves(tables, K),
    centres,
    cutoffs: Array.from(tables.cutoffs, (r) => (Number.isNaN(r) ? 0 : r)),
    switching: switchingOf(model),
    inner: model.bonds.map((b) => [b ? b.rIn - b.deltaIn : 0, b?.deltaIn ?? 0]),
  };
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

/** Cubics from values and slopes at the knots, as in `curve.wgsl.ts`, all functions of a bin side by side. */
function radialCurves({ bonds, cutoff }: AcePotential['tables'], K: number): Float32Array {
  const rows = K + 1;
  const out = new Float32Array(4 * rows * RADIAL_BINS * bonds.length);
  const width = ((1 - START) * cutoff) / RADIAL_BINS;
  const [g, dg, v] = [new Float64Array(K), new Float64Array(K), new Float64Array(2)];
  const sample = (b: number, r: number, into: Float64Array) => {
    g.fill(0);
    dg.fill(0);
    v.fill(0);
    bonds[b].base(r, g, dg);
    bonds[b].core?.(r, v);
    for (let k = 0; k < K; k++) into.set([g[k], width * dg[k]], 2 * k);
    into.set([r * v[0], width * (v[0] + r * v[1])], 2 * K);
  };
  const [here, next] = [new Float64Array(2 * rows), new Float64Array(2 * rows)];
  bonds.forEach((_, b) => {
    sample(b, START * cutoff, next);
    for (let bin = 0; bin < RADIAL_BINS; bin++) {
      here.set(next);
      sample(b, START * cutoff + (bin + 1) * width, next);
      for (let k = 0; k < rows; k++) {
        const rise = next[2 * k] - here[2 * k];
        const [m, n] = [here[2 * k + 1], next[2 * k + 1]];
        out.set(
          [here[2 * k], m, 3 * rise - 2 * m - n, m + n - 2 * rise],
          4 * ((b * RADIAL_BINS + bin) * rows + k),
        );
      }
    }
  });
  return out;
}
