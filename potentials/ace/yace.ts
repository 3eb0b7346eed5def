import { MAX_RANK } from './coupling.ts';
import { EMBEDDING_FORMS } from './embedding.ts';
import { bondFault, embeddingFault, slotFault } from './faults.ts';
import {
  type AceBond,
  type AceCentre,
  type AceEmbedding,
  type AceFunction,
  type AceModel,
  INNER_CUTOFFS,
} from './model.ts';
import { readRadcoefficients } from './pacemakerBonds.ts';
import { isPolynomial, readPolynomialBond, speciesPair } from './yacePolynomial.ts';
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
  positiveOf,
  refuse,
  type Tree,
  textOf,
} from './yamlTree.ts';

/**
 * Reads a .yace potential, in which coefficients and couplings are multiplied out: ρ_p = Σ c̃_p(m) Re Π A. Every function is
 * taken apart into one of form `ctilde` per density, so it has energies and forces but no projections.
 * Throws a UserError with line and rule for a file that breaks the format.
 */
export function readYace(text: string, file = 'potential.yace'): AceModel {
  const root = parseTree(text.replace(SEQUENCE_KEY, '$1"$2":'), file);
  const elements = itemsOf(need(root, 'elements'), 'elements').map((e) => textOf(e, 'elements'));
  if (elements.length === 0) refuse(need(root, 'elements'), 'elements', 'must list at least one symbol');
  if (new Set(elements).size < elements.length)
    refuse(need(root, 'elements'), 'elements', 'must name each element once');
  const e0 = find(root, 'E0') ? numbersOf(need(root, 'E0'), 'E0') : elements.map(() => 0);
  if (e0.length !== elements.length) refuse(need(root, 'E0'), 'E0', `must have ${elements.length} numbers`);
  const bonds = readBonds(root, elements);
  const spacing = find(root, 'deltaSplineBins');
  return {
    form: 'ctilde',
    elements,
    tableSpacing: spacing ? positiveOf(spacing, 'deltaSplineBins') : 0.001,
    centres: elements.map((_, a) => readCentre(root, elements, bonds, a, e0[a])),
    bonds,
    metadata: new Map(),
    auxdata: new Map(),
  };
}

/** The YAML parser trips over a second key that is a sequence, so `[0, 1]:` is read as text, in block and in flow style. */
const SEQUENCE_KEY = /(^ *|[{,]\s*)(\[[\d, ]*\]) *:/gm;

function readBonds(root: Tree, elements: readonly string[]): AceBond[] {
  const S = elements.length;
  const tree = need(root, 'bonds');
  const bonds = new Array<AceBond | undefined>(S * S).fill(undefined);
  for (const [key, entry] of entriesOf(tree, 'bonds')) {
    const pair = speciesPair(key);
    if (pair.length !== 2 || pair.some((k) => !(Number.isInteger(k) && k >= 0 && k < S)))
      refuse(key, 'bonds', `key must be two species numbers below ${S}`);
    const [a, b] = pair;
    const bond = isPolynomial(entry) ? readPolynomialBond(root, entry, a, b) : readBond(entry);
    const fault = bonds[a * S + b] ? 'occurs twice; remove one' : bondFault(bond);
    if (fault) refuse(entry, `bond [${a}, ${b}]`, fault);
    bonds[a * S + b] = bond;
  }
  const kinds = new Set(bonds.map((b) => b?.polynomial !== undefined));
  if (kinds.size > 1) refuse(tree, 'bonds', 'mix ACE.jl and other radial bases; use one family');
  return bonds.map((bond, k) => {
    const pair = `[${Math.floor(k / S)}, ${k % S}]`;
    return bond ?? refuse(tree, 'bonds', `pair ${pair} is missing; every ordered pair must be there`);
  });
}

function readBond(tree: Tree): AceBond {
  const number = (key: string, usual?: number) => {
    const found = find(tree, key);
    return found || usual === undefined ? numberOf(need(tree, key), key) : usual;
  };
  const [nradmax, lmax, nradbase] = ['nradmax', 'lmax', 'nradbasemax'].map((key) =>
    countOf(need(tree, key), key),
  );
  const type = find(tree, 'inner_cutoff_type');
  return {
    base: textOf(need(tree, 'radbasename'), 'radbasename'),
    cutoff: number('rcut'),
    taper: number('dcut'),
    radparameters: numbersOf(need(tree, 'radparameters'), 'radparameters'),
    nradbase,
    nradmax,
    lmax,
    radcoefficients: readRadcoefficients(need(tree, 'radcoefficients'), nradmax, lmax, nradbase),
    coreRepulsion: [number('prehc', 0), number('lambdahc', 0)],
    innerCutoff: type ? oneOf(type, 'inner_cutoff_type', INNER_CUTOFFS) : 'density',
    rIn: number('rcut_in', 0),
    deltaIn: number('dcut_in', 0),
  };
}

function speciesEntry(root: Tree, key: string, a: number): Tree {
  const map = need(root, key);
  const found = entriesOf(map, key).find(([k]) => k.text === String(a));
  return found?.[1] ?? refuse(map, key, `species ${a} is missing; add it`);
}

function readCentre(
  root: Tree,
  elements: readonly string[],
  bonds: readonly AceBond[],
  a: number,
  e0: number,
): AceCentre {
  const embedding = readEmbedding(speciesEntry(root, 'embeddings', a));
  const functions = itemsOf(speciesEntry(root, 'functions', a), 'functions').flatMap((entry) => {
    const list = readFunction(entry, a, embedding.prefactors.length);
    const fault = slotFault({ elements, bonds }, a, list[0]);
    return fault ? refuse(entry, 'functions', fault) : list;
  });
  return { embedding, e0, functions };
}

function readEmbedding(tree: Tree): AceEmbedding {
  const P = countOf(need(tree, 'ndensity'), 'ndensity');
  const parameters = numbersOf(need(tree, 'FS_parameters'), 'FS_parameters');
  if (P < 1 || parameters.length !== 2 * P)
    refuse(need(tree, 'FS_parameters'), 'FS_parameters', `must be ${2 * P} numbers`);
  const embedding: AceEmbedding = {
    form: oneOf(need(tree, 'npoti'), 'npoti', EMBEDDING_FORMS),
    prefactors: parameters.filter((_, k) => k % 2 === 0),
    exponents: parameters.filter((_, k) => k % 2 === 1),
    coreCutoff: numberOf(need(tree, 'rho_core_cutoff'), 'rho_core_cutoff'),
    coreWidth: numberOf(need(tree, 'drho_core_cutoff'), 'drho_core_cutoff'),
  };
  const fault = embeddingFault(embedding);
  return fault ? refuse(need(tree, 'npoti'), 'npoti', fault) : embedding;
}

/** One function per density, each with that density's c̃(m) as weights. */
function readFunction(entry: Tree, a: number, P: number): AceFunction[] {
  const centre = find(entry, 'mu0');
  if (centre && numberOf(centre, 'mu0') !== a) refuse(centre, 'mu0', `must be ${a}, under which it stands`);
  const densities = find(entry, 'ndensity');
  if (densities && numberOf(densities, 'ndensity') !== P)
    refuse(densities, 'ndensity', `must be ${P} as in the embedding`);
  const [mus, ns, ls, flat, ctildes] = ['mus', 'ns', 'ls', 'ms_combs', 'ctildes'].map((key) =>
    numbersOf(need(entry, key), key),
  );
  const rank = countOf(need(entry, 'rank'), 'rank');
  if (rank < 1 || rank > MAX_RANK) refuse(need(entry, 'rank'), 'rank', `must be 1 to ${MAX_RANK}`);
  const tuples = countOf(need(entry, 'num_ms_combs'), 'num_ms_combs');
  const expected = { mus: rank, ns: rank, ls: rank, ms_combs: rank * tuples, ctildes: P * tuples };
  Object.entries(expected).forEach(([key, length]) => {
    if (need(entry, key).items?.length !== length)
      refuse(need(entry, key), key, `must have ${length} values`);
  });
  const ms = Array.from({ length: tuples }, (_, k) => flat.slice(k * rank, (k + 1) * rank));
  const possible = (x: number, t: number) => Number.isInteger(x) && Math.abs(x) <= ls[t];
  if (!ms.every((m) => m.reduce((s, x) => s + x, 0) === 0 && m.every(possible)))
    refuse(
      need(entry, 'ms_combs'),
      'ms_combs',
      'each tuple must add up to zero, in whole numbers with |m| ≤ l',
    );
  return Array.from({ length: P }, (_, p) => ({
    mus,
    ns,
    ls,
    lint: [],
    coupling: { ms, weights: ms.map((_, k) => ctildes[k * P + p]) },
    coefficients: Array.from({ length: P }, (_, q) => (q === p ? 1 : 0)),
  }));
}
