import { UserError } from '../../src/core/errors.ts';
import type { AceBond, AceCentre, AceFunction, AceModel } from './model.ts';
import { flowList, flowMap, numeral } from './yamlTree.ts';

/** The model as pacemaker's .yaml; reading it back gives the same numbers bit by bit. E₀ and a ZBL baseline have no place there. */
export function writePacemaker(model: AceModel): string {
  if (model.form !== 'B')
    throw new UserError(
      '.yaml: got a model read from .yace, must have its couplings; write it as .yace instead',
    );
  return [
    ...section(
      'metadata',
      [...model.metadata].map(([k, v]) => `${k}: ${quoted(v)}`),
    ),
    ...section(
      'auxdata',
      [...model.auxdata].map(([k, v]) => `${k}: ${auxMap(v)}`),
    ),
    ...section('global', [`DeltaSplineBins: ${numeral(model.tableSpacing)}`]),
    'species:',
    ...blocksOf(model).flatMap((block) => blockLines(model, block)),
    '',
  ].join('\n');
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${name}:`, ...lines.map((line) => `  ${line}`)];
}

/** Strings stay strings whatever they look like. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function auxMap(map: ReadonlyMap<string, string | readonly string[]>): string {
  return flowMap([...map].map(([k, v]) => [k, typeof v === 'string' ? quoted(v) : v.map(quoted)]));
}

interface Block {
  /** Species, the centre first. */
  readonly species: readonly number[];
  readonly functions: readonly AceFunction[];
}

/** Unary blocks, then pairs, then larger ones, each by centre and others. */
function blocksOf({ centres, bonds, elements }: AceModel): Block[] {
  const S = elements.length;
  const all = centres.flatMap(({ functions }, a) => {
    const groups = new Map<string, AceFunction[]>([['', []]]);
    for (let b = 0; b < S; b++) if (b !== a && bonds[a * S + b]) groups.set(`${b}`, []);
    for (const f of functions) {
      const others = [...new Set(f.mus)].filter((mu) => mu !== a).sort((p, q) => p - q);
      const key = others.join();
      groups.set(key, [...(groups.get(key) ?? []), f]);
    }
    return [...groups].map(([key, list]) => ({
      species: [a, ...(key === '' ? [] : key.split(',').map(Number))],
      functions: list,
    }));
  });
  return all.sort((p, q) => p.species.length - q.species.length || compare(p.species, q.species));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const k = a.findIndex((x, t) => x !== b[t]);
  return k < 0 ? 0 : a[k] - b[k];
}

function blockLines(model: AceModel, { species, functions }: Block): string[] {
  const [a, b = a] = species;
  const bond = model.bonds[a * model.elements.length + b];
  const lines = [
    `speciesblock: ${quoted(species.map((k) => model.elements[k]).join(' '))}`,
    ...(species.length === 1 ? embeddingLines(model.centres[a]) : []),
    ...(species.length <= 2 && bond ? bondLines(bond) : []),
    functions.length === 0 ? 'nbody: []' : 'nbody:',
    ...functions.map((f) => `  - ${functionLine(model.elements, a, f)}`),
  ];
  return lines.map((line, k) => (k === 0 ? `  - ${line}` : `    ${line}`));
}

function embeddingLines({ embedding: e }: AceCentre): string[] {
  return [
    `ndensityi: ${e.prefactors.length}`,
    `npoti: ${e.form}`,
    `parameters: ${flowList(e.prefactors.flatMap((w, p) => [w, e.exponents[p]]))}`,
    `rho_core_cut: ${numeral(e.coreCutoff)}`,
    `drho_core_cut: ${numeral(e.coreWidth)}`,
  ];
}

function bondLines(b: AceBond): string[] {
  return [
    `nradmaxi: ${b.nradmax}`,
    `lmaxi: ${b.lmax}`,
    `rcutij: ${numeral(b.cutoff)}`,
    `dcutij: ${numeral(b.taper)}`,
    'NameOfCutoffFunctionij: cos',
    `r_in: ${numeral(b.rIn)}`,
    `delta_in: ${numeral(b.deltaIn)}`,
    `inner_cutoff_type: ${b.innerCutoff}`,
    `nradbaseij: ${b.nradbase}`,
    `radbase: ${b.base}`,
    `radparameters: ${flowList(b.radparameters)}`,
    `radcoefficients: ${flowList(b.radcoefficients)}`,
    `core-repulsion: ${flowList(b.coreRepulsion)}`,
  ];
}

function functionLine(elements: readonly string[], centre: number, f: AceFunction): string {
  return flowMap([
    ['type', [centre, ...f.mus].map((k) => elements[k]).join(' ')],
    ['nr', f.ns],
    ['nl', f.ls],
    ...(f.ns.length >= 3 ? ([['lint', f.lint]] as const) : []),
    ['c', f.coefficients],
  ]);
}
