/**
 * Which functions a request for a basis means. For every centre, set of other elements and rank: all species, n, l and couplings
 * up to permutation, and of the couplings of one (μ, n, l) only as many as are linearly independent. Reproduces pacemaker's
 * lists and their order.
 */
import { UserError } from '../../src/core/errors.ts';
import { allowedLints, fullCoupling, MAX_RANK } from './coupling.ts';
import { remember } from './memo.ts';
import { compareLists } from './order.ts';

/** Radial and angular ranges by rank: [k_max, n_max(2), …] and [0, l_max(2), …]. */
export interface RankLimits {
  readonly nradmax: readonly number[];
  readonly lmax: readonly number[];
}

export interface BasisRequest {
  readonly elements: readonly string[];
  /**
   * Limits by keyword, later ones overriding earlier ones entry by entry: `ALL`, then `UNARY` to `QUINARY` by the number of
   * elements in the block, then the elements themselves (`AlNi`).
   */
  readonly functions: Readonly<Record<string, Partial<RankLimits>>>;
  /** Cut every block to its share of this many functions per element. */
  readonly functionsPerElement?: number | undefined;
  /** Only functions that this is true of, and of whatever begins with fewer of their l; all where it is left out. */
  readonly within?: (ns: readonly number[], ls: readonly number[]) => boolean;
}

/** Symbols; the centre is that of the block. */
export interface BasisFunction {
  readonly mus: readonly string[];
  readonly ns: readonly number[];
  readonly ls: readonly number[];
  readonly lint: readonly number[];
}

export interface BasisBlock {
  /** Centre, then the other elements in order. */
  readonly elements: readonly string[];
  readonly limits: RankLimits;
  readonly functions: readonly BasisFunction[];
}

const ARITY = ['', 'UNARY', 'BINARY', 'TERNARY', 'QUATERNARY', 'QUINARY'];

/** The blocks of a request, each with its functions. */
export function buildBasis(request: BasisRequest): BasisBlock[] {
  const elements = [...request.elements].sort();
  const blocks = blockNames(elements).flatMap((names) => {
    const limits = limitsOf(request, names);
    return limits ? [{ elements: names, limits, functions: blockFunctions(names, limits, request) }] : [];
  });
  const { functionsPerElement: M } = request;
  if (M === undefined) return blocks;
  const take = Math.floor((M * elements.length) / blocks.length);
  return blocks.map((b) => ({ ...b, functions: simplest(b, take) }));
}

/** Every centre with every set of others: by size, then centre, then the others. */
function blockNames(elements: readonly string[]): string[][] {
  const most = Math.min(elements.length, MAX_RANK + 1);
  return Array.from({ length: most }, (_, others) =>
    elements.flatMap((centre) =>
      subsets(
        elements.filter((e) => e !== centre),
        others,
      ).map((rest) => [centre, ...rest]),
    ),
  ).flat();
}

function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((x, k) => subsets(items.slice(k + 1), size - 1).map((rest) => [x, ...rest]));
}

function limitsOf({ functions }: BasisRequest, names: readonly string[]): RankLimits | undefined {
  const sorted = [...names].sort();
  const explicit = Object.keys(functions).find(
    (key) => key !== 'ALL' && !ARITY.includes(key) && splitSymbols(key).sort().join() === sorted.join(),
  );
  const chain = ['ALL', ARITY[names.length], explicit].flatMap((key) => (key ? [functions[key]] : []));
  const merged = Object.assign({}, ...chain.filter(Boolean)) as Partial<RankLimits>;
  const { nradmax, lmax } = merged;
  if (!nradmax || !lmax) return undefined;
  const place = `functions of ${names.join(' ')}`;
  if (nradmax.length !== lmax.length || nradmax.length < 1 || nradmax.length > MAX_RANK)
    throw new UserError(
      `${place}: got ${nradmax.length} nradmax and ${lmax.length} lmax, must be equally many, one per rank, 1 to ${MAX_RANK}; add or remove entries`,
    );
  if (lmax[0] !== 0)
    throw new UserError(`${place}: got lmax ${lmax[0]} for rank 1, must be 0; begin lmax with 0`);
  return { nradmax, lmax };
}

function splitSymbols(key: string): string[] {
  return key.match(/[A-Z][a-z]*/g) ?? [];
}

function blockFunctions(
  names: readonly string[],
  { nradmax, lmax }: RankLimits,
  { within = () => true }: BasisRequest,
): BasisFunction[] {
  const sorted = [...names].sort();
  return nradmax.flatMap((nmax, k) => {
    const rank = k + 1;
    return multisets(sorted, rank)
      .filter((mus) => names.slice(1).every((e) => mus.includes(e)))
      .flatMap((mus) => pairTuples(mus, nmax).flatMap((ns) => coupled(mus, ns, lmax[k], within)));
  });
}

/** Non-decreasing tuples. */
function multisets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((x, k) => multisets(items.slice(k), size - 1).map((rest) => [x, ...rest]));
}

/** n per slot, non-decreasing within equal species, so that every multiset of (μ, n) comes once. */
function pairTuples(mus: readonly string[], nmax: number): number[][] {
  let out: number[][] = [[]];
  mus.forEach((mu, t) => {
    out = out.flatMap((ns) => {
      const from = t > 0 && mus[t - 1] === mu ? ns[t - 1] : 1;
      return range(from, nmax).map((n) => [...ns, n]);
    });
  });
  return out;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k);
}

function coupled(
  mus: readonly string[],
  ns: readonly number[],
  lmax: number,
  within: NonNullable<BasisRequest['within']>,
): BasisFunction[] {
  const names = mus.map((mu, t) => `${mu}${ns[t]}`);
  const labels = names.map((name) => names.indexOf(name));
  let tuples: number[][] = within(ns, []) ? [[]] : [];
  labels.forEach((label, t) => {
    const before = labels.lastIndexOf(label, t - 1);
    tuples = tuples
      .flatMap((ls) => range(t > 0 && before >= 0 ? ls[before] : 0, lmax).map((l) => [...ls, l]))
      .filter((ls) => within(ns, ls));
  });
  return tuples
    .filter((ls) => ls.reduce((a, b) => a + b, 0) % 2 === 0)
    .flatMap((ls) => independentLints(labels, ls).map((lint) => ({ mus, ns, ls, lint })));
}

const independent = new Map<string, readonly number[][]>();

/** The couplings of one (μ, n, l) that add something new once equal slots are symmetrised, first come first kept. */
function independentLints(labels: readonly number[], ls: readonly number[]): readonly number[][] {
  return remember(independent, `${labels}|${ls}`, () => gramSchmidt(labels, ls));
}

const TOLERANCE = 1e-10;

function gramSchmidt(labels: readonly number[], ls: readonly number[]): number[][] {
  const basis: Map<string, number>[] = [];
  return allowedLints(ls).filter((lint) => {
    const vector = symmetrised(labels, ls, lint);
    for (const e of basis) {
      const overlap = inner(vector, e);
      for (const [k, x] of e) vector.set(k, (vector.get(k) ?? 0) - overlap * x);
    }
    const norm = Math.sqrt(inner(vector, vector));
    if (norm < TOLERANCE) return false;
    for (const [k, x] of vector) vector.set(k, x / norm);
    basis.push(vector);
    return true;
  });
}

function symmetrised(
  labels: readonly number[],
  ls: readonly number[],
  lint: readonly number[],
): Map<string, number> {
  const { ms, weights } = fullCoupling(ls, lint);
  const vector = new Map<string, number>();
  ms.forEach((m, k) => {
    const key = m
      .map((x, t) => `${labels[t]},${ls[t]},${x}`)
      .sort()
      .join(';');
    vector.set(key, (vector.get(key) ?? 0) + weights[k]);
  });
  return vector;
}

function inner(a: Map<string, number>, b: Map<string, number>): number {
  let sum = 0;
  for (const [k, x] of a) sum += x * (b.get(k) ?? 0);
  return sum;
}

/** The first `take` by rank + Σn + Σl, then in order of rank, n, l, lint and symbols. */
function simplest({ elements, functions }: BasisBlock, take: number): BasisFunction[] {
  const power = ({ ns, ls }: BasisFunction) => [...ns, ...ls].reduce((a, b) => a + b, ns.length);
  const symbols = (f: BasisFunction) => [elements[0], ...f.mus];
  return [...functions]
    .sort((a, b) => power(a) - power(b))
    .slice(0, take)
    .sort(
      (a, b) =>
        a.ns.length - b.ns.length ||
        compareLists(a.ns, b.ns) ||
        compareLists(a.ls, b.ls) ||
        compareLists(a.lint, b.lint) ||
        compareSymbols(symbols(a), symbols(b)),
    );
}

function compareSymbols(a: readonly string[], b: readonly string[]): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return a[k] < b[k] ? -1 : 1;
  return 0;
}

/** Largest k, n and l that a bond's functions use, in either direction. */
export interface BondSize {
  readonly nradbase: number;
  readonly nradmax: number;
  readonly lmax: number;
}

/** Size of the bond between `a` and `b`; without a limit on the number, what the request allows counts as used. */
export function bondSize(blocks: readonly BasisBlock[], limited: boolean, a: string, b: string): BondSize {
  let [nradbase, nradmax, lmax] = [0, 0, 0];
  for (const { elements, limits, functions } of blocks) {
    for (const { mus, ns, ls } of functions)
      mus.forEach((mu, t) => {
        if (!joins(elements[0], mu, a, b)) return;
        if (mus.length === 1) nradbase = Math.max(nradbase, ns[t]);
        else nradmax = Math.max(nradmax, ns[t]);
        lmax = Math.max(lmax, ls[t]);
      });
    if (limited || [...elements].sort().join() !== [...new Set([a, b])].sort().join()) continue;
    nradbase = Math.max(nradbase, limits.nradmax[0]);
    nradmax = Math.max(nradmax, ...limits.nradmax.slice(1));
    lmax = Math.max(lmax, ...limits.lmax);
  }
  return { nradbase, nradmax, lmax };
}

function joins(centre: string, mu: string, a: string, b: string): boolean {
  return (centre === a && mu === b) || (centre === b && mu === a);
}
