import type { AceBond, AceModel, PolynomialBase, PolynomialSet } from './model.ts';
import {
  countOf,
  entriesOf,
  find,
  flowList,
  flowMap,
  need,
  numberOf,
  numbersOf,
  positiveOf,
  refuse,
  type Tree,
  textOf,
} from './yamlTree.ts';

/** Beyond what couplings are ever worked out for. */
const MOST_MOMENTA = 50;

/** The two species of a key [a, b], which may be a sequence or its text. */
export function speciesPair(key: Tree): number[] {
  return key.items
    ? numbersOf(key, 'pair')
    : textOf(key, 'pair').replace(/[[\]]/g, '').split(',').map(Number);
}

/** True for a bond with a polynomial base of ACE.jl. */
export function isPolynomial(bond: Tree): boolean {
  const name = find(bond, 'radbasename');
  return name !== undefined && textOf(name, 'radbasename').startsWith('ACE.jl');
}

/** A bond of ACE.jl: its base, and the pair part and repulsion that the file keeps apart. */
export function readPolynomialBond(root: Tree, tree: Tree, a: number, b: number): AceBond {
  const set = readSet(tree);
  const pair = pairPart(root, a, b);
  const repulsion = repulsionPart(root, a, b);
  const polynomial: PolynomialBase = { ...set, ...(pair && { pair }), ...(repulsion && { repulsion }) };
  const size = set.A.length;
  const unit = (n: number) => Array.from({ length: size }, (_, k) => (k === n ? 1 : 0));
  const lmax = countOf(need(root, 'lmax'), 'lmax');
  if (lmax > MOST_MOMENTA) refuse(need(root, 'lmax'), 'lmax', `must be at most ${MOST_MOMENTA}`);
  return {
    base: textOf(need(tree, 'radbasename'), 'radbasename'),
    cutoff: set.cutoff,
    taper: 0,
    radparameters: [],
    nradbase: size,
    nradmax: size,
    lmax,
    radcoefficients: Array.from({ length: size }, (_, n) => Array.from({ length: lmax + 1 }, () => unit(n))),
    coreRepulsion: [0, 0],
    innerCutoff: 'density',
    rIn: 0,
    deltaIn: 0,
    polynomial,
  };
}

function readSet(tree: Tree): PolynomialSet {
  const number = (key: string) => numberOf(need(tree, key), key);
  const recursion = need(tree, 'recursion_coefficients');
  const maxn = countOf(need(tree, 'maxn'), 'maxn');
  const [A, B, C] = ['A', 'B', 'C'].map((key) => {
    const list = numbersOf(need(recursion, key), key).slice(0, maxn);
    return list.length === maxn
      ? list
      : refuse(need(recursion, key), key, `must have ${maxn} numbers (maxn)`);
  });
  if (number('r0') <= -1) refuse(need(tree, 'r0'), 'r0', 'must be greater than -1');
  return {
    cutoff: positiveOf(need(tree, 'rcut'), 'rcut'),
    xl: number('xl'),
    xr: number('xr'),
    pl: number('pl'),
    pr: number('pr'),
    r0: number('r0'),
    p: number('p'),
    A,
    B,
    C,
  };
}

function pairPart(root: Tree, a: number, b: number): PolynomialBase['pair'] {
  const tree = find(root, 'polypairpot');
  const coefficients = tree && byPair(need(tree, 'coefficients'), a, b);
  if (!tree || !coefficients) return undefined;
  const set = readSet(tree);
  const list = numbersOf(coefficients, 'coefficients');
  if (list.length > set.A.length)
    refuse(coefficients, 'coefficients', `must be at most ${set.A.length} numbers (maxn)`);
  return { ...set, coefficients: list };
}

function repulsionPart(root: Tree, a: number, b: number): PolynomialBase['repulsion'] {
  const tree = find(root, 'reppot');
  const entry = tree && byPair(need(tree, 'coefficients'), a, b);
  if (!entry) return undefined;
  const [ri, e0, A, B] = ['ri', 'e0', 'A', 'B'].map((key) => numberOf(need(entry, key), key));
  return { ri, e0, A, B };
}

function byPair(map: Tree, a: number, b: number): Tree | undefined {
  return entriesOf(map, 'coefficients').find(([key]) => speciesPair(key).join() === `${a},${b}`)?.[1];
}

/** A bond of ACE.jl as it stands in the file. */
export function polynomialBondMap(base: string, set: PolynomialSet): string {
  return flowMap([['radbasename', base], ...setEntries(set)]);
}

function setEntries({ cutoff, xl, xr, pl, pr, r0, p, A, B, C }: PolynomialSet): [string, unknown][] {
  const recursion = flowMap([['A', A], ['B', B], ['C', C]]); // biome-ignore format: one line
  return [
    ['rcut', cutoff],
    ...Object.entries({ xl, xr, pl, pr, r0, p, maxn: A.length }),
    ['recursion_coefficients', recursion],
  ];
}

/** The top-level entries that belong to the bonds of ACE.jl: largest l, pair part, repulsion. */
export function polynomialLines({ bonds, elements }: Pick<AceModel, 'bonds' | 'elements'>): string[] {
  const S = elements.length;
  const pairs = bonds.flatMap((bond, k) =>
    bond?.polynomial ? [{ ...bond.polynomial, key: `[${Math.floor(k / S)}, ${k % S}]` }] : [],
  );
  if (pairs.length === 0) return [];
  const repulsions = pairs.flatMap(({ key, repulsion: v }) =>
    v ? [`    ${key}: ${flowMap(Object.entries(v))}`] : [],
  );
  const parts = pairs.flatMap(({ key, pair }) => (pair ? [{ key, pair }] : []));
  return [
    `lmax: ${Math.max(...bonds.map((b) => b!.lmax))}`,
    ...(parts.length === 0
      ? []
      : [
          'polypairpot:',
          ...setEntries(parts[0].pair).map(
            ([key, value]) => `  ${key}: ${Array.isArray(value) ? flowList(value) : value}`,
          ),
          '  coefficients:',
          ...parts.map(({ key, pair }) => `    ${key}: ${flowList(pair.coefficients)}`),
        ]),
    ...(repulsions.length === 0 ? [] : ['reppot:', '  coefficients:', ...repulsions]),
  ];
}
