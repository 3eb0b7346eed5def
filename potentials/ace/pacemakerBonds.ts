import { bondFault } from './faults.ts';
import { type AceBond, INNER_CUTOFFS, type InnerCutoff } from './model.ts';
import {
  countOf,
  find,
  itemsOf,
  need,
  numberOf,
  numbersOf,
  oneOf,
  positiveOf,
  refuse,
  type Tree,
  textOf,
} from './yamlTree.ts';

/** One entry of `species` in a pacemaker file. */
export interface Block {
  readonly tree: Tree;
  /** As written, the centre first. */
  readonly symbols: readonly string[];
  /** How many different symbols. */
  readonly distinct: number;
}

/** The two groups of entries of a bond; either may be left to the partner block. */
type RadialPart = Omit<AceBond, 'coreRepulsion' | 'innerCutoff' | 'rIn' | 'deltaIn'>;
type CorePart = Pick<AceBond, 'coreRepulsion' | 'innerCutoff' | 'rIn' | 'deltaIn'>;
interface BondParts {
  readonly tree: Tree;
  readonly radial: RadialPart | undefined;
  readonly core: CorePart;
  /** Whether the file states `core-repulsion` here. */
  readonly ownCore: boolean;
}

/** All bonds by [centre · S + neighbour]; a pair block may leave parts of its bond to the block seen the other way. */
export function readBonds(blocks: readonly Block[], elements: readonly string[]): (AceBond | undefined)[] {
  const parts = new Map<string, BondParts>();
  for (const { tree, symbols, distinct } of blocks)
    if (distinct <= 2)
      parts.set(`${symbols[0]} ${symbols.find((s) => s !== symbols[0]) ?? symbols[0]}`, bondParts(tree));
  let common: InnerCutoff | undefined;
  return elements.flatMap((a) =>
    elements.map((b) => {
      const own = parts.get(`${a} ${b}`);
      if (!own) return undefined;
      const bond = joinParts(own, parts.get(`${b} ${a}`) ?? own, `${a} ${b}`);
      common ??= bond?.innerCutoff;
      if (bond && bond.innerCutoff !== common)
        refuse(
          own.tree,
          'inner_cutoff_type',
          `must be ${common} as in the other bonds; use one type throughout`,
        );
      return bond;
    }),
  );
}

function joinParts(own: BondParts, partner: BondParts, name: string): AceBond | undefined {
  const radial = own.radial ?? partner.radial;
  if (!radial) return undefined;
  const core = own.ownCore || !partner.ownCore ? own.core : partner.core;
  const back = partner.ownCore || !own.ownCore ? partner.core : own.core;
  const there = partner.radial ?? radial;
  if (JSON.stringify([radial, core]) !== JSON.stringify([there, back]))
    refuse(
      own.tree,
      'speciesblock',
      `bond ${name} differs from the same bond seen the other way; make them equal`,
    );
  const bond = { ...radial, ...core };
  const fault = bondFault(bond);
  return fault ? refuse(own.tree, `bond ${name}`, fault) : bond;
}

const RADIAL_KEYS = [
  'nradmaxi',
  'nradbaseij',
  'rcutij',
  'dcutij',
  'radbase',
  'radparameters',
  'radcoefficients',
];

function bondParts(tree: Tree): BondParts {
  const core = find(tree, 'core-repulsion');
  const pair = core ? numbersOf(core, 'core-repulsion') : [0, 0];
  if (core && pair.length !== 2) refuse(core, 'core-repulsion', 'must be two numbers [A, alpha]');
  const number = (key: string) => {
    const found = find(tree, key);
    return found ? numberOf(found, key) : 0;
  };
  const type = find(tree, 'inner_cutoff_type');
  return {
    tree,
    radial: radialPart(tree),
    ownCore: core !== undefined,
    core: {
      coreRepulsion: [pair[0], pair[1]],
      innerCutoff: type ? oneOf(type, 'inner_cutoff_type', INNER_CUTOFFS) : 'density',
      rIn: number('r_in'),
      deltaIn: number('delta_in'),
    },
  };
}

function radialPart(tree: Tree): RadialPart | undefined {
  if (!find(tree, 'lmaxi')) {
    const stray = RADIAL_KEYS.find((key) => find(tree, key));
    if (stray)
      refuse(need(tree, stray), stray, 'stands without lmaxi; give the whole radial group or none of it');
    return undefined;
  }
  const [nradmax, lmax, nradbase] = ['nradmaxi', 'lmaxi', 'nradbaseij'].map((key) =>
    countOf(need(tree, key), key),
  );
  return {
    base: textOf(need(tree, 'radbase'), 'radbase'),
    cutoff: positiveOf(need(tree, 'rcutij'), 'rcutij'),
    taper: numberOf(need(tree, 'dcutij'), 'dcutij'),
    radparameters: numbersOf(need(tree, 'radparameters'), 'radparameters'),
    nradbase,
    nradmax,
    lmax,
    radcoefficients: readRadcoefficients(need(tree, 'radcoefficients'), nradmax, lmax, nradbase),
  };
}

/** Nested c[n][l][k] with surplus ignored, or the flat list of old files with k slowest and l fastest. */
export function readRadcoefficients(tree: Tree, N: number, lmax: number, K: number): number[][][] {
  const key = 'radcoefficients';
  const items = itemsOf(tree, key);
  const flat = items.length > 0 && items[0].text !== undefined;
  if (flat && items.length !== K * N * (lmax + 1))
    refuse(tree, key, `the flat list has ${items.length} numbers, must have ${K * N * (lmax + 1)}`);
  const pick = (list: readonly Tree[], k: number, what: string): Tree =>
    list[k] ?? refuse(tree, key, `${what} ${k + 1} is missing; the sizes above ask for it`);
  return Array.from({ length: N }, (_, n) =>
    Array.from({ length: lmax + 1 }, (_, l) => {
      if (flat)
        return Array.from({ length: K }, (_, k) => numberOf(items[(k * N + n) * (lmax + 1) + l], key));
      const row = itemsOf(pick(itemsOf(pick(items, n, 'n ='), key), l, 'l + 1 ='), key);
      return Array.from({ length: K }, (_, k) => numberOf(pick(row, k, 'k ='), key));
    }),
  );
}
