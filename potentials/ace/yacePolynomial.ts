import type { AceBond, PolynomialBase, PolynomialSet } from './model.ts';
import { entriesOf, find, need, numberOf, numbersOf, type Tree, textOf } from './yamlTree.ts';

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
  const lmax = numberOf(need(root, 'lmax'), 'lmax');
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
  const maxn = number('maxn');
  const [A, B, C] = ['A', 'B', 'C'].map((key) => numbersOf(need(recursion, key), key).slice(0, maxn));
  return {
    cutoff: number('rcut'),
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
  return tree && coefficients
    ? { ...readSet(tree), coefficients: numbersOf(coefficients, 'coefficients') }
    : undefined;
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
