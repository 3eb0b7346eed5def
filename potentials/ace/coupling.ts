/**
 * Generalised Clebsch-Gordan coefficients: how the products of A_nlm are summed over m into invariants,
 *
 *   B = Σ_{m₁+…+m_r = 0} C(m) Π_t A_{n_t l_t m_t}
 *
 * Neighbouring slots are coupled in pairs, the results again in pairs, left to right; an odd last slot comes at the very end and
 * the total is 0. `lint` lists the intermediate L in the order of their formation. Ranks 1 to 6.
 * Source: Dusson et al., J. Comput. Phys. 454, 110946 (2022); Racah's formula for the single coefficient.
 */

import { remember } from './memo.ts';

const factorials: bigint[] = [1n];
function factorial(n: number): bigint {
  for (let k = factorials.length; k <= n; k++) factorials.push(factorials[k - 1] * BigInt(k));
  return factorials[n];
}

function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** √(p/q) to the last bit: the integer root of p/q shifted up to at least 80 bits. */
function rootOfRatio(p: bigint, q: bigint): number {
  if (p === 0n) return 0;
  const shift = Math.max(0, 160 + q.toString(2).length - p.toString(2).length) & ~1;
  return Number(integerRoot((p << BigInt(shift)) / q)) * 2 ** (-shift / 2);
}

function racah(j1: number, m1: number, j2: number, m2: number, J: number, M: number): number {
  let p = 0n;
  let q = 1n;
  for (let k = Math.max(0, j2 - J - m1, j1 - J + m2); k <= Math.min(j1 + j2 - J, j1 - m1, j2 + m2); k++) {
    const below =
      factorial(k) *
      factorial(j1 + j2 - J - k) *
      factorial(j1 - m1 - k) *
      factorial(j2 + m2 - k) *
      factorial(J - j2 + m1 + k) *
      factorial(J - j1 - m2 + k);
    p = p * below + (k % 2 === 0 ? q : -q);
    q *= below;
  }
  const above =
    BigInt(2 * J + 1) *
    factorial(J + j1 - j2) *
    factorial(J - j1 + j2) *
    factorial(j1 + j2 - J) *
    factorial(J + M) *
    factorial(J - M) *
    factorial(j1 - m1) *
    factorial(j1 + m1) *
    factorial(j2 - m2) *
    factorial(j2 + m2);
  const size = rootOfRatio(above * p * p, factorial(j1 + j2 + J + 1) * q * q);
  return p < 0n ? -size : size;
}

const known = new Map<string, number>();

/** (j₁m₁ j₂m₂ | JM) for integer momenta: correctly rounded, and exactly 0 where it vanishes. */
export function clebschGordan(j1: number, m1: number, j2: number, m2: number, J: number, M: number): number {
  if (m1 + m2 !== M || !triangle(j1, j2, J)) return 0;
  if (Math.abs(m1) > j1 || Math.abs(m2) > j2 || Math.abs(M) > J) return 0;
  return remember(known, `${j1},${m1},${j2},${m2},${J}`, () => racah(j1, m1, j2, m2, J, M));
}

function triangle(a: number, b: number, c: number): boolean {
  return c >= Math.abs(a - b) && c <= a + b;
}

/** One node of a coupling tree: indices of its two inputs and its output among slots, then intermediates, then the total. */
type Node = readonly [left: number, right: number, out: number];

const TREES: readonly (readonly Node[])[] = [
  [],
  [],
  [[0, 1, 2]],
  [
    [0, 1, 3],
    [3, 2, 4],
  ],
  [
    [0, 1, 4],
    [2, 3, 5],
    [4, 5, 6],
  ],
  [
    [0, 1, 5],
    [2, 3, 6],
    [5, 6, 7],
    [7, 4, 8],
  ],
  [
    [0, 1, 6],
    [2, 3, 7],
    [4, 5, 8],
    [6, 7, 9],
    [9, 8, 10],
  ],
];

export const MAX_RANK = TREES.length - 1;

/** Momenta of all nodes: slots, intermediates, total 0. */
function momenta(ls: readonly number[], lint: readonly number[]): number[] {
  return [...ls, ...lint, 0];
}

/** Why (ls, lint) cannot couple to zero by the rules a file must keep; undefined when it can. */
export function couplingFault(ls: readonly number[], lint: readonly number[]): string | undefined {
  const rank = ls.length;
  if (rank < 1 || rank > MAX_RANK) return `rank must be 1 to ${MAX_RANK}`;
  if (lint.length !== Math.max(0, rank - 2))
    return `rank ${rank} needs ${Math.max(0, rank - 2)} values of lint`;
  if (rank === 1) return ls[0] === 0 ? undefined : 'rank 1 needs l = 0';
  if (ls.reduce((a, b) => a + b, 0) % 2 !== 0) return 'the sum of nl must be even';
  const [left, right] = TREES[rank].at(-1)!;
  const L = momenta(ls, lint);
  return L[left] === L[right] ? undefined : 'the two momenta of the last coupling must be equal';
}

/** All `lint` that satisfy the triangle conditions, in lexicographic order. */
export function allowedLints(ls: readonly number[]): number[][] {
  const rank = ls.length;
  const nodes = TREES[rank];
  const out: number[][] = [];
  const L = momenta(ls, new Array<number>(Math.max(0, rank - 2)).fill(0));
  const descend = (k: number): void => {
    if (k >= nodes.length) {
      out.push(L.slice(rank, -1));
      return;
    }
    const [a, b, c] = nodes[k];
    const last = k === nodes.length - 1;
    const low = last ? 0 : Math.abs(L[a] - L[b]);
    const high = last ? 0 : L[a] + L[b];
    if (last && L[a] !== L[b]) return;
    for (let J = low; J <= high; J++) {
      L[c] = J;
      descend(k + 1);
    }
  };
  if (rank === 1) return ls[0] === 0 ? [[]] : [];
  descend(0);
  return out;
}

/** The m tuples with non-zero coefficient, first slot fastest. */
export interface Coupling {
  /** [tuples][rank]. */
  readonly ms: readonly (readonly number[])[];
  /** C(m), or 2 C(m) for the half sum, [tuples]. */
  readonly weights: readonly number[];
}

type CoefficientRule = (j1: number, m1: number, j2: number, m2: number, J: number) => number;
const exact: CoefficientRule = (j1, m1, j2, m2, J) => clebschGordan(j1, m1, j2, m2, J, m1 + m2);

/** All m tuples, both signs. A coupling that breaks a triangle condition has none. */
export function fullCoupling(
  ls: readonly number[],
  lint: readonly number[],
  rule: CoefficientRule = exact,
): Coupling {
  const rank = ls.length;
  if (rank === 1) return { ms: [[0]], weights: [1] };
  const nodes = TREES[rank];
  const L = momenta(ls, lint);
  const M = new Array<number>(L.length).fill(0);
  const ms: number[][] = [];
  const weights: number[] = [];
  const visit = (): void => {
    let value = 1;
    for (const [a, b, c] of nodes) {
      M[c] = M[a] + M[b];
      value *= rule(L[a], M[a], L[b], M[b], L[c]);
      if (value === 0) return;
    }
    ms.push(M.slice(0, rank));
    weights.push(value);
  };
  const descend = (t: number, sum: number): void => {
    if (t < 0) {
      if (sum === 0) visit();
      return;
    }
    for (let m = -ls[t]; m <= ls[t]; m++) {
      M[t] = m;
      descend(t - 1, sum + m);
    }
  };
  descend(rank - 1, 0);
  return { ms, weights };
}

const halves = new Map<string, Coupling>();

/**
 * Half sum: C(−m) = C(m) and Π A(−m) = conj Π A(m), so tuples whose first non-zero entry is positive count twice.
 * B = Σ weight · Re Π A.
 */
export function halfCoupling(ls: readonly number[], lint: readonly number[]): Coupling {
  return remember(halves, `${ls}|${lint}`, () => firstHalf(fullCoupling(ls, lint)));
}

function firstHalf(full: Coupling): Coupling {
  const ms: (readonly number[])[] = [];
  const weights: number[] = [];
  full.ms.forEach((m, k) => {
    const first = m.find((x) => x !== 0) ?? 0;
    if (first < 0) return;
    ms.push(m);
    weights.push(first === 0 ? full.weights[k] : 2 * full.weights[k]);
  });
  return { ms, weights };
}

/**
 * Coefficients that vanish exactly but are counted by the field's original program, whose recursion leaves 1e−17; the order of
 * functions in files depends on them. (j₁ m₁ j₂ m₂ J), valid with all signs of m reversed as well.
 */
const PHANTOMS = new Set([
  '3,2,3,-2,2',
  '3,-2,3,1,3',
  '3,1,3,-2,3',
  '3,-2,4,1,4',
  '4,1,3,-2,4',
  '5,1,6,0,3',
  '6,0,5,1,3',
  '6,5,6,-5,3',
]);

const counted: CoefficientRule = (j1, m1, j2, m2, J) =>
  exact(j1, m1, j2, m2, J) ||
  (PHANTOMS.has(`${j1},${m1},${j2},${m2},${J}`) || PHANTOMS.has(`${j1},${-m1},${j2},${-m2},${J}`) ? 1 : 0);

const orders = new Map<string, readonly (readonly number[])[]>();

/** The half set of m tuples as the canonical order of functions counts them. */
export function countedTuples(
  ls: readonly number[],
  lint: readonly number[],
): readonly (readonly number[])[] {
  return remember(orders, `${ls}|${lint}`, () => firstHalf(fullCoupling(ls, lint, counted)).ms);
}
