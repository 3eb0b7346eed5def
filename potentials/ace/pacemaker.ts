import { couplingFault } from './coupling.ts';
import { EMBEDDING_FORMS } from './embedding.ts';
import {
  type AceBond,
  type AceEmbedding,
  type AceFunction,
  type AceModel,
  aceFunction,
  INNER_CUTOFFS,
  type InnerCutoff,
  inCanonicalOrder,
  radialFault,
} from './model.ts';
import {
  countOf,
  entriesOf,
  find,
  itemsOf,
  need,
  numberOf,
  numbersOf,
  oneOf,
  parseTree,
  refuse,
  type Tree,
  textOf,
} from './yamlTree.ts';

/**
 * Reads pacemaker's .yaml potential. Throws a UserError with line and rule for a file that breaks the format.
 * The field's defaults hold for absent keys; E₀ is 0, since the file has none.
 */
export function readPacemaker(text: string, file = 'potential.yaml'): AceModel {
  const root = parseTree(text, file);
  const blocks = itemsOf(need(root, 'species'), 'species').map(readBlock);
  if (blocks.length === 0) refuse(root, 'species', 'holds no block; add one for each element');
  checkBlocks(blocks);
  const elements = [...new Set(blocks.flatMap((b) => b.symbols))].sort();
  const spacing = find(root, 'global') && find(need(root, 'global'), 'DeltaSplineBins');
  const bonds = readBonds(blocks, elements);
  return inCanonicalOrder({
    form: 'B',
    elements,
    tableSpacing: spacing ? numberOf(spacing, 'DeltaSplineBins') : 0.001,
    centres: elements.map((centre) => readCentre(blocks, elements, bonds, centre)),
    bonds,
    metadata: new Map(
      entriesOf(find(root, 'metadata') ?? EMPTY, 'metadata').map(([k, v]) => [
        textOf(k, 'metadata'),
        textOf(v, 'metadata'),
      ]),
    ),
    auxdata: new Map(
      entriesOf(find(root, 'auxdata') ?? EMPTY, 'auxdata').map(([k, v]) => [
        textOf(k, 'auxdata'),
        readAux(v),
      ]),
    ),
  });
}

const EMPTY: Tree = { place: '', entries: [] };

function readAux(map: Tree): ReadonlyMap<string, string | readonly string[]> {
  return new Map(
    entriesOf(map, 'auxdata').map(([k, v]) => [
      textOf(k, 'auxdata'),
      v.items ? v.items.map((x) => textOf(x, 'auxdata')) : textOf(v, 'auxdata'),
    ]),
  );
}

interface Block {
  readonly tree: Tree;
  /** As written, the centre first. */
  readonly symbols: readonly string[];
  /** How many different symbols. */
  readonly distinct: number;
}

function readBlock(tree: Tree): Block {
  const name = need(tree, 'speciesblock');
  const symbols = textOf(name, 'speciesblock')
    .split(/\s+/)
    .filter((x) => x !== '');
  if (symbols.length === 0) refuse(name, 'speciesblock', 'must list element symbols; name the centre first');
  return { tree, symbols, distinct: new Set(symbols).size };
}

function checkBlocks(blocks: readonly Block[]): void {
  const seen = new Set<string>();
  const unary = new Set<string>();
  for (const { tree, symbols, distinct } of blocks) {
    const key = [symbols[0], ...[...new Set(symbols.slice(1))].filter((s) => s !== symbols[0]).sort()].join(
      ' ',
    );
    if (seen.has(key)) refuse(tree, 'speciesblock', `block ${key} occurs twice; merge the two`);
    seen.add(key);
    if (distinct === 1) unary.add(symbols[0]);
    else if (!unary.has(symbols[0]))
      refuse(tree, 'speciesblock', `block ${key} comes before the block ${symbols[0]}; put that one first`);
  }
  for (const { tree, symbols } of blocks)
    for (const s of symbols)
      if (!unary.has(s)) refuse(tree, 'speciesblock', `element ${s} has no block of its own; add one`);
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

function readBonds(blocks: readonly Block[], elements: readonly string[]): (AceBond | undefined)[] {
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
  return { ...radial, ...core };
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
  const cutoff = numberOf(need(tree, 'rcutij'), 'rcutij');
  if (cutoff <= 0) refuse(need(tree, 'rcutij'), 'rcutij', 'must be greater than zero');
  return {
    base: textOf(need(tree, 'radbase'), 'radbase'),
    cutoff,
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

function readCentre(
  blocks: readonly Block[],
  elements: readonly string[],
  bonds: readonly (AceBond | undefined)[],
  centre: string,
): AceModel['centres'][number] {
  const own = blocks.filter((b) => b.symbols[0] === centre);
  const embedding = readEmbedding(own.find((b) => b.distinct === 1)!.tree);
  const functions = own.flatMap((block) =>
    itemsOf(find(block.tree, 'nbody') ?? EMPTY_LIST, 'nbody').flatMap((entry) => {
      const skip = find(entry, 'skip');
      if (skip && textOf(skip, 'skip').toLowerCase() === 'true') return [];
      const f = readFunction(entry, block, elements, embedding.prefactors.length);
      const fault = radialFault({ elements, bonds }, elements.indexOf(centre), f);
      return fault ? refuse(entry, 'nbody', fault) : [f];
    }),
  );
  return { embedding, e0: 0, functions };
}

const EMPTY_LIST: Tree = { place: '', items: [] };

function readEmbedding(tree: Tree): AceEmbedding {
  const P = countOf(need(tree, 'ndensityi'), 'ndensityi');
  const parameters = numbersOf(need(tree, 'parameters'), 'parameters');
  if (P < 1 || parameters.length !== 2 * P)
    refuse(
      need(tree, 'parameters'),
      'parameters',
      `must be ${2 * P} numbers: prefactor and exponent of each density`,
    );
  const optional = (key: string, usual: number) => {
    const found = find(tree, key);
    return found ? numberOf(found, key) : usual;
  };
  return {
    form: oneOf(need(tree, 'npoti'), 'npoti', EMBEDDING_FORMS),
    prefactors: parameters.filter((_, k) => k % 2 === 0),
    exponents: parameters.filter((_, k) => k % 2 === 1),
    coreCutoff: optional('rho_core_cut', 100000),
    coreWidth: optional('drho_core_cut', 250),
  };
}

function readFunction(entry: Tree, block: Block, elements: readonly string[], P: number): AceFunction {
  const type = need(entry, 'type');
  const [centre, ...neighbours] = textOf(type, 'type').split(/\s+/);
  if (centre !== block.symbols[0]) refuse(type, 'type', `must begin with the centre ${block.symbols[0]}`);
  for (const s of neighbours)
    if (!block.symbols.includes(s))
      refuse(type, 'type', `${s} does not belong to the block; use its symbols`);
  const [nr, nl] = ['nr', 'nl'].map((key) => numbersOf(need(entry, key), key));
  const lint = find(entry, 'lint') ? numbersOf(need(entry, 'lint'), 'lint') : [];
  for (const [key, list] of [
    ['nr', nr],
    ['nl', nl],
  ] as const)
    if (list.length !== neighbours.length)
      refuse(need(entry, key), key, `must have ${neighbours.length} values`);
  const fault = couplingFault(nl, lint);
  if (fault) refuse(entry, 'nbody', `${fault} (nl ${nl}, lint ${lint})`);
  const c = need(entry, 'c');
  const coefficients = c.items ? numbersOf(c, 'c') : [numberOf(c, 'c')];
  if (coefficients.length !== P)
    refuse(c, 'c', `has ${coefficients.length} values, must have ${P}, one per density`);
  return aceFunction(
    neighbours.map((s) => elements.indexOf(s)),
    nr,
    nl,
    lint,
    coefficients,
  );
}
