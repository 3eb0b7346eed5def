/** Tables of an expansion as `site.wgsl.ts` reads them: words, numbers and curves of distance, and where each centre's lie. */
import type { AcePotential } from './ace.ts';
import { lmCount, lmIndex } from './harmonics.ts';
import type { CentreTables } from './tables.ts';

/** Bins of the radial functions between START · cutoff and the cutoff. */
export const RADIAL_BINS = 4096;
export const START = 1 / 64;

export interface PackedSite {
  readonly S: number;
  readonly lmax: number;
  /** Radial functions of any bond, at most. */
  readonly K: number;
  /** Values of any centre, at most. */
  readonly V: number;
  /** Densities of any centre, at most. */
  readonly P: number;
  readonly members: number;
  readonly projectionWidth: number;
  /** Å. */
  readonly cutoff: number;
  readonly words: Uint32Array;
  readonly numbers: Float32Array;
  /** [S²][bins][K + 1][4]: base and r·v. */
  readonly curves: Float32Array;
  readonly centres: readonly CentrePlaces[];
  /** Å², [S²]: 0 without a bond. */
  readonly cutoffs: readonly number[];
  /** Whether core repulsion switches the expansion off. */
  readonly switches: boolean;
}

/** Sizes, and where in `words` and `numbers` things begin. */
export interface CentrePlaces {
  /** A with m ≥ 0: place in the accumulator, place of mix. */
  readonly basis: number;
  readonly basisSize: number;
  /** Value mirrored, 1 where the sign is −. */
  readonly mirrors: number;
  readonly mirrorCount: number;
  /** Values by level; the first level are A and mirrors. */
  readonly order: number;
  /** Where each level begins in `order`, and the end. */
  readonly levels: number;
  readonly levelCount: number;
  /** Factors of the inner products. */
  readonly inner: number;
  readonly terms: number;
  readonly termCount: number;
  /** For each value where its uses begin, and the end; for each use the other factor and 2 · product + (1 for an inner one). */
  readonly useStart: number;
  readonly uses: number;
  /** Per species and l: first value, channels, place of their mix. */
  readonly channels: number;
  readonly functionStart: number;
  readonly functionFactors: number;
  readonly functionCount: number;
  readonly functionWeights: number;
  readonly weights: number;
  readonly densities: number;
  readonly memberWeights: number;
  /** Prefactors, exponents, then core cutoff and width. */
  readonly embedding: number;
  readonly form: number;
}

export function packSite({ model, tables, weights, projectionWidth }: AcePotential): PackedSite {
  const { lmax, bonds, cutoff } = tables;
  const S = model.elements.length;
  const K = Math.max(1, ...bonds.map((b) => b.baseCount));
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
      Array.from({ length: b.alias.length * K }, (_, q) =>
        q % K < b.baseCount ? b.mix[Math.floor(q / K) * b.baseCount + (q % K)] : 0,
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
        const mix = mixes[a * S + b] + first * K;
        channels.push(bond.valueStart[l], count, mix);
        for (let m = 0; m <= l; m++)
          for (let q = 0; q < count; q++) {
            const v = bond.valueStart[l] + m * count + q - 1;
            basis[2 * v] = (b * LM + lmIndex(l, m)) * K;
            basis[2 * v + 1] = mix + q * K;
          }
      }
    }
    const { order, levels } = byLevel(c);
    const { starts, uses } = usesOf(c);
    const factors = (p: Int32Array, q: Int32Array) => Array.from(p, (x, k) => [x, q[k]]).flat();
    const { embedding } = model.centres[a];
    const own = weights.densities[a];
    return {
      basis: put(words, basis),
      basisSize: c.basisSize,
      mirrors: put(words, Array.from(c.mirrorOf, (v, k) => [v, c.mirrorSign[k] < 0 ? 1 : 0]).flat()),
      mirrorCount: c.mirrorOf.length,
      order: put(words, order),
      levels: put(words, levels),
      levelCount: levels.length - 1,
      inner: put(words, factors(c.left, c.right)),
      terms: put(words, factors(c.termLeft, c.termRight)),
      termCount: c.termCount,
      useStart: put(words, starts),
      uses: put(words, uses),
      channels: put(words, channels),
      functionStart: put(words, c.functionStart),
      functionFactors: put(words, Array.from(c.functionTerm, (t) => [c.termLeft[t], c.termRight[t]]).flat()),
      functionCount: c.functionCount,
      functionWeights: put(numbers, c.functionWeight),
      weights: put(
        numbers,
        own.flatMap((w) => Array.from(w)),
      ),
      densities: own.length,
      memberWeights: put(
        numbers,
        weights.members.flatMap((m) => Array.from(m[a])),
      ),
      embedding: put(numbers, [
        ...embedding.prefactors,
        ...embedding.exponents,
        embedding.coreCutoff,
        embedding.coreWidth,
      ]),
      form: embedding.form === 'FinnisSinclair' ? 0 : 1,
    };
  });
  return {
    S,
    lmax,
    K,
    V: Math.max(...tables.centres.map((c) => c.valueCount)),
    P: Math.max(...weights.densities.map((d) => d.length)),
    members: weights.members.length,
    projectionWidth,
    cutoff,
    words: Uint32Array.from(words),
    numbers: Float32Array.from(numbers),
    curves: radialCurves(tables, K),
    centres,
    cutoffs: Array.from(tables.cutoffs, (r) => (Number.isNaN(r) ? 0 : r)),
    switches: !model.baseline,
  };
}

/** Values other than the constant, factors before products; where each level begins, and the end. */
function byLevel({ basisSize, mirrorOf, left, right, valueCount }: CentreTables) {
  const first = basisSize + 1 + mirrorOf.length;
  const level = new Int32Array(valueCount);
  for (let k = 0; k < left.length; k++) level[first + k] = 1 + Math.max(level[left[k]], level[right[k]]);
  const order = Array.from({ length: valueCount - 1 }, (_, k) => k + 1).sort(
    (p, q) => level[p] - level[q] || p - q,
  );
  const levels = [0];
  order.forEach((v, k) => {
    if (k > 0 && level[v] !== level[order[k - 1]]) levels.push(k);
  });
  return { order, levels: [...levels, order.length] };
}

/** Where each value is a factor. */
function usesOf({ basisSize, mirrorOf, left, right, termLeft, termRight, valueCount }: CentreTables) {
  const lists = Array.from({ length: valueCount }, (): number[] => []);
  const first = basisSize + 1 + mirrorOf.length;
  termLeft.forEach((p, t) => {
    lists[p].push(termRight[t], 2 * t);
    lists[termRight[t]].push(p, 2 * t);
  });
  left.forEach((p, k) => {
    lists[p].push(right[k], 2 * (first + k) + 1);
    lists[right[k]].push(p, 2 * (first + k) + 1);
  });
  // Nobody asks how the energy changes with the constant.
  lists[0] = [];
  const starts = [0];
  for (const list of lists) starts.push(starts[starts.length - 1] + list.length / 2);
  return { starts, uses: lists.flat() };
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
