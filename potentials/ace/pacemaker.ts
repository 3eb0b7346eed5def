import { couplingFault } from './coupling.ts';
import { EMBEDDING_FORMS } from './embedding.ts';
import { embeddingFault, slotFault } from './faults.ts';
import {
  type AceBond,
  type AceEmbedding,
  type AceFunction,
  type AceModel,
  aceFunction,
  inCanonicalOrder,
} from './model.ts';
import { type Block, readBonds } from './pacemakerBonds.ts';
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
    tableSpacing: spacing ? positiveOf(spacing, 'DeltaSplineBins') : 0.001,
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
      const fault = slotFault({ elements, bonds }, elements.indexOf(centre), f);
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
  const embedding: AceEmbedding = {
    form: oneOf(need(tree, 'npoti'), 'npoti', EMBEDDING_FORMS),
    prefactors: parameters.filter((_, k) => k % 2 === 0),
    exponents: parameters.filter((_, k) => k % 2 === 1),
    coreCutoff: optional('rho_core_cut', 100000),
    coreWidth: optional('drho_core_cut', 250),
  };
  const fault = embeddingFault(embedding);
  return fault ? refuse(need(tree, 'npoti'), 'npoti', fault) : embedding;
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
