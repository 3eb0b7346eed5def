/** Writes the tables of an expansion as `siteLayout.ts` lays them out. */
import type { Arena } from '../../src/core/arena.ts';
import { UNPACKED_BYTES } from '../../src/core/systemLayout.ts';
import { packCurve } from '../packCurve.ts';
import { piecewise } from '../piecewise.ts';
import type { RadialFunction } from '../radial.ts';
import type { AcePotential } from './ace.ts';
import { harmonics, lmCount, lmIndex } from './harmonics.ts';
import { radialRecurrence } from './radialRecurrence.ts';
import * as at from './siteLayout.ts';
import type { BondTables, CentreTables } from './tables.ts';

/** Bytes of a complex value of two atoms. */
const VALUE = 32;

/** The address of the tables. */
export function packTables(arena: Arena, potential: AcePotential): number {
  const { model, tables } = potential;
  const { lmax } = tables;
  const S = model.elements.length;
  const centres = tables.centres.map((_, a) => packCentre(arena, potential, a));
  const bonds = tables.bonds.map((_, k) => packBond(arena, potential, k));
  const zbl = model.bonds.some((b) => b?.innerCutoff === 'zbl');
  const words = block(arena, at.ACE_WORDS);
  words[at.SPECIES_COUNT] = S;
  words[at.LMAX] = lmax;
  words[at.CENTRES] = arena.i32(centres).byteOffset;
  words[at.BONDS] = arena.i32(bonds).byteOffset;
  // A pair without a bond is looked for as far as any pair sees.
  const reach = tables.cutoffs.map((r) => (Number.isNaN(r) ? tables.cutoff : r) ** 2);
  words[at.CUTOFFS_SQUARED] = arena.f64(reach).byteOffset;
  words[at.NORMS] = arena.f64(norms(lmax)).byteOffset;
  words[at.LEGENDRE] = arena.f64(legendre(lmax)).byteOffset;
  words[at.RULE] = model.baseline ? 0 : zbl ? 2 : 1;
  words[at.REACH] = arena.f64([Math.max(...model.bonds.map((b) => b?.cutoff ?? 0))]).byteOffset;
  words[at.HAS_CORE] = tables.bonds.some((b) => b.core) ? 1 : 0;
  return words.byteOffset;
}

function block(arena: Arena, words: number): Int32Array {
  return arena.i32(words);
}

/** Norm of Y_lm over d^m P_l/dz^m (x + iy)^m: what the stable recurrence of `harmonics.ts` gives at the pole, over P's value. */
function norms(lmax: number): Float64Array {
  const size = lmCount(lmax);
  const Q = new Float64Array(size);
  harmonics(lmax).legendre(1, Q, new Float64Array(size), 0);
  const out = new Float64Array(size);
  // d^m P_l/dz^m at z = 1 is (l + m)! / (2^m m! (l − m)!).
  for (let l = 0; l <= lmax; l++) {
    let value = 1;
    for (let m = 0; m <= l; m++) {
      out[lmIndex(l, m)] = Q[lmIndex(l, m)] / value;
      value *= ((l + m + 1) * (l - m)) / (2 * (m + 1));
    }
  }
  return out;
}

/** (l − m) P_lm = (2l − 1) z P_{l−1,m} − (l + m − 1) P_{l−2,m} with P_mm = (2m − 1)!!. */
function legendre(lmax: number): Float64Array {
  const out = new Float64Array(2 * lmCount(lmax));
  let double = 1;
  for (let m = 0; m <= lmax; m++) {
    out[2 * lmIndex(m, m)] = double;
    double *= 2 * m + 1;
    for (let l = m + 1; l <= lmax; l++)
      out.set([(2 * l - 1) / (l - m), (l + m - 1) / (l - m)], 2 * lmIndex(l, m));
  }
  return out;
}

function packCentre(arena: Arena, { model, tables, weights }: AcePotential, a: number): number {
  const c = tables.centres[a];
  const { embedding } = model.centres[a];
  const left = grouped(c.termLeft, c.termRight);
  const right = grouped(c.termRight, c.termLeft);
  const own = weights.densities[a];
  const members = weights.members.map((m) => m[a]);
  const w = block(arena, at.CENTRE_WORDS);
  const i32 = (word: number, values: ArrayLike<number>) => {
    w[word] = arena.i32(values).byteOffset;
  };
  const f64 = (word: number, values: ArrayLike<number>) => {
    w[word] = arena.f64(values).byteOffset;
  };
  w[at.BASIS_SIZE] = c.basisSize;
  w[at.MIRRORS] = c.mirrorOf.length;
  i32(
    at.MIRROR_OF,
    c.mirrorOf.map((v) => v * VALUE),
  );
  f64(at.MIRROR_SIGN, c.mirrorSign);
  w[at.INNER] = c.left.length;
  i32(at.INNER_FACTORS, interleaved(c.left, c.right));
  w[at.LEFT_GROUPS] = left.heads.length / 2;
  i32(at.LEFT_HEADS, left.heads);
  i32(at.LEFT_TERMS, left.partners);
  w[at.RIGHT_GROUPS] = right.heads.length / 2;
  i32(at.RIGHT_HEADS, right.heads);
  i32(at.RIGHT_TERMS, right.partners);
  w[at.TERMS] = c.termCount;
  w[at.DENSITIES] = own.length;
  f64(at.WEIGHTS_LEFT, pairedWeights(own, left.order));
  f64(at.WEIGHTS_RIGHT, pairedWeights(own, right.order));
  f64(at.MEMBERS_LEFT, pairedWeights(members, left.order));
  f64(
    at.MEMBERS_RIGHT,
    members.flatMap((m) => right.order.map((t) => m[t])),
  );
  w[at.MEMBERS] = members.length;
  w[at.FORM] = embedding.form === 'FinnisSinclair' ? 0 : 1;
  f64(at.PREFACTORS, embedding.prefactors);
  f64(at.EXPONENTS, embedding.exponents);
  f64(at.CORE_SWITCH, [embedding.coreCutoff, embedding.coreWidth, weights.e0[a]]);
  w[at.FUNCTIONS] = c.functionCount;
  i32(at.FUNCTION_START, c.functionStart);
  const of = (side: Int32Array) => c.functionTerm.map((t) => side[t]);
  i32(at.FUNCTION_FACTORS, interleaved(of(c.termLeft), of(c.termRight)));
  f64(at.FUNCTION_WEIGHTS, c.functionWeight);
  return w.byteOffset;
}

function interleaved(p: Int32Array, q: Int32Array): Int32Array {
  return Int32Array.from({ length: 2 * p.length }, (_, k) => (k % 2 === 0 ? p : q)[k >> 1] * VALUE);
}

/** Terms by one of their factors; groups of one length lie together, so that the loops over them are foreseen. */
function grouped(by: Int32Array, other: Int32Array) {
  const groups = new Map<number, number[]>();
  by.forEach((value, t) => {
    const found = groups.get(value);
    if (found) found.push(t);
    else groups.set(value, [t]);
  });
  const sorted = [...groups].sort((p, q) => p[1].length - q[1].length || p[0] - q[0]);
  const order = sorted.flatMap(([, terms]) => terms);
  return {
    heads: Int32Array.from(sorted.flatMap(([value, terms]) => [value * VALUE, terms.length])),
    partners: Int32Array.from(order, (t) => other[t] * VALUE),
    order,
  };
}

/** Weights in the given order, two densities side by side. */
function pairedWeights(densities: readonly Float64Array[], order: readonly number[]): Float64Array {
  const T = order.length;
  const out = new Float64Array(densities.length * T);
  densities.forEach((w, p) => {
    const alone = p % 2 === 0 && p + 1 === densities.length;
    order.forEach((t, k) => {
      out[alone ? p * T + k : (p - (p % 2)) * T + 2 * k + (p % 2)] = w[t];
    });
  });
  return out;
}

function packBond(arena: Arena, { model, tables }: AcePotential, k: number): number {
  const bond = model.bonds[k];
  const t = tables.bonds[k];
  if (!bond) return 0;
  const end = tables.cutoffs[k];
  const base = radialRecurrence(bond, end);
  const K = t.baseCount;
  const w = block(arena, at.BOND_WORDS);
  w[at.BASE_COUNT] = K;
  w[at.CURVE] = packCurve(arena, piecewise(base.x, base.env, base.breaks));
  if (t.core) w[at.CORE_CURVE] = packCurve(arena, coreCurve(potentialBreaks(model, k, end), t.core));
  w[at.RECURRENCE] = arena.f64(
    Array.from({ length: K }, (_, q) =>
      [base.A, base.B, base.C, base.a, base.b].map((list) => list[q]),
    ).flat(),
  ).byteOffset;
  const mixed = mixedChannels(t);
  w[at.MIX_BLOCKS] = arena.i32([...mixed.blocks, 0]).byteOffset;
  w[at.MIX_WEIGHTS] = arena.f64(mixed.weights).byteOffset;
  w[at.ROWS] = K + mixed.blocks.reduce((sum, size) => sum + size, 0);
  w[at.CHANNEL_START] = arena.i32(t.channelStart).byteOffset;
  w[at.ROW_OF] = arena.i32(mixed.rowOf).byteOffset;
  w[at.VALUE_START] = arena.i32(t.valueStart).byteOffset;
  w[at.INNER_CUTOFF] = arena.f64([bond.rIn - bond.deltaIn, bond.deltaIn]).byteOffset;
  return w.byteOffset;
}

/** Channels that are sums over the base, made four or three at a time; the last block is filled up with nothing. */
function mixedChannels({ alias, mix, baseCount: K }: BondTables) {
  const channels = Array.from(alias.keys()).filter((q) => alias[q] < 0);
  const blocks: number[] = [];
  let left = channels.length;
  while (left > 0) {
    const size = left % 4 === 0 || left > 9 || left === 7 ? 4 : 3;
    blocks.push(size);
    left -= size;
  }
  const weights: number[] = [];
  let first = 0;
  for (const size of blocks) {
    for (let k = 0; k < K; k++)
      for (let q = 0; q < size; q++)
        weights.push(first + q < channels.length ? mix[channels[first + q] * K + k] : 0);
    first += size;
  }
  const rowOf = alias.map((row, q) => (row >= 0 ? row : K + channels.indexOf(q)));
  return { blocks, weights, rowOf };
}

/** r·v, which is smooth down to r = 0. */
function coreCurve(breaks: readonly number[], core: RadialFunction) {
  const value = new Float64Array(2);
  const scaled: RadialFunction = (r, out) => {
    core(r, value);
    out[0] = r * value[0];
    out[1] = value[0] + r * value[1];
  };
  return piecewise(scaled, scaled, breaks);
}

/** Where v changes its formula. */
function potentialBreaks({ bonds, baseline }: AcePotential['model'], k: number, end: number): number[] {
  const bond = bonds[k]!;
  const { cutoff, taper, rIn, deltaIn, coreRepulsion, polynomial } = bond;
  const range = baseline?.[k];
  const pair = polynomial?.pair;
  const at = (x: number) => (pair ? (1 + pair.r0) * x ** (-1 / pair.p) - 1 : 0);
  const own = range
    ? [range.inner, range.outer]
    : polynomial
      ? [polynomial.repulsion?.ri ?? 0, pair ? at(pair.xl) : 0, pair ? at(pair.xr) : 0]
      : [rIn - deltaIn, rIn, cutoff - taper, cutoff, Math.sqrt(50 / Math.abs(coreRepulsion[1]))];
  return [...new Set([0, ...own, end])].filter((r) => r >= 0 && r <= end).sort((p, q) => p - q);
}

/** The arrays of one thread's scratch for neighbourhoods of up to `capacity`: bytes by word of the scratch's block. */
export function siteScratch({ tables, weights }: AcePotential, capacity: number) {
  const S = tables.elements.length;
  const { lmax } = tables;
  const most = (of: (c: CentreTables) => number) => Math.max(...tables.centres.map(of));
  const values = VALUE * most((c) => c.valueCount);
  const groups = VALUE * most((c) => new Set(c.termLeft).size);
  const densities = Math.max(weights.members.length, ...weights.densities.map((d) => d.length));
  // A block of mixed channels is filled up by two at most.
  const rows = Math.max(...tables.bonds.map((b) => b.baseCount + b.alias.length + 2));
  const perPair = 16 * (2 * rows + lmCount(lmax) + 2 * (lmax + 1));
  const lane =
    S * at.GROUP_BYTES + 8 * S * at.GEOMETRY_ARRAYS * capacity + perPair * (Math.ceil(capacity / 2) + S);
  const channels = tables.maxChannels;
  const arrays: readonly (readonly [number, number])[] = [
    [at.VALUES, values],
    [at.ADJOINTS, values],
    [at.CONTRACTED, groups * densities],
    [at.SLOPES, 16 * densities],
    [at.LANES, 2 * lane],
    [at.READOUT, 16 * (lmax + 1) * channels],
    [at.CURVE_OUT, 32 * capacity],
    [at.ROW_POINTERS, 4 * channels],
    [at.UNPACKED, UNPACKED_BYTES * capacity],
  ];
  return { arrays, lane, capacity };
}

export type SiteScratch = ReturnType<typeof siteScratch>;

export function scratchBytes({ arrays }: SiteScratch, header: number): number {
  return arrays.reduce((sum, [, bytes]) => sum + align(bytes), header);
}

/** Writes the block at `address`, whose arrays begin `header` bytes later. */
export function writeScratch(
  buffer: ArrayBufferLike,
  address: number,
  header: number,
  { arrays, lane, capacity }: SiteScratch,
): void {
  const words = new Int32Array(buffer, address, at.SCRATCH_WORDS);
  let next = address + header;
  for (const [word, bytes] of arrays) {
    words[word] = next;
    next += align(bytes);
  }
  words[at.LANE_BYTES] = lane;
  words[at.CAPACITY] = capacity;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
