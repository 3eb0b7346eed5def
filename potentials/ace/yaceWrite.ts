import { UserError } from '../../src/core/errors.ts';
import type { AceBond, AceCentre, AceEmbedding, AceFunction, AceModel } from './model.ts';
import { compareLists } from './order.ts';
import { polynomialBondMap, polynomialLines } from './yacePolynomial.ts';
import { flowList, flowMap, numeral } from './yamlTree.ts';

/**
 * The model as .yace for LAMMPS' `pair_style pace`: functions with the same slots are added up, which sums out their couplings.
 * A ZBL baseline is not part of it; LAMMPS adds it with `pair_style hybrid/overlay pace zbl`.
 */
export function writeYace(model: AceModel): string {
  const { elements, centres, bonds } = model;
  const S = elements.length;
  return [
    `elements: ${flowList(elements)}`,
    `E0: ${flowList(centres.map((c) => c.e0))}`,
    `deltaSplineBins: ${numeral(model.tableSpacing)}`,
    ...polynomialLines(model),
    'embeddings:',
    ...centres.map(({ embedding }, a) => `  ${a}: ${embeddingMap(embedding)}`),
    'bonds:',
    ...bonds.map((bond, k) => `  [${Math.floor(k / S)}, ${k % S}]: ${bondMap(bond, elements, k)}`),
    'functions:',
    ...centres.flatMap(functionLines),
    '',
  ].join('\n');
}

function embeddingMap(e: AceEmbedding): string {
  return flowMap([
    ['ndensity', e.prefactors.length],
    ['FS_parameters', e.prefactors.flatMap((w, p) => [w, e.exponents[p]])],
    ['npoti', e.form],
    ['rho_core_cutoff', e.coreCutoff],
    ['drho_core_cutoff', e.coreWidth],
  ]);
}

function bondMap(bond: AceBond | undefined, elements: readonly string[], k: number): string {
  const pair = `${elements[Math.floor(k / elements.length)]} ${elements[k % elements.length]}`;
  if (!bond)
    throw new UserError(`.yace: bond ${pair} is missing, must be there for every pair; add it to the model`);
  if (bond.polynomial) return polynomialBondMap(bond.base, bond.polynomial);
  return flowMap([
    ['nradmax', bond.nradmax],
    ['lmax', bond.lmax],
    ['nradbasemax', bond.nradbase],
    ['radbasename', bond.base],
    ['radparameters', bond.radparameters],
    ['radcoefficients', bond.radcoefficients],
    ['prehc', bond.coreRepulsion[0]],
    ['lambdahc', bond.coreRepulsion[1]],
    ['rcut', bond.cutoff],
    ['dcut', bond.taper],
    ['rcut_in', bond.rIn],
    ['dcut_in', bond.deltaIn],
    ['inner_cutoff_type', bond.innerCutoff],
  ]);
}

/** Functions with the same slots: c̃_p(m) by m tuple. */
interface Group {
  readonly mus: readonly number[];
  readonly ns: readonly number[];
  readonly ls: readonly number[];
  readonly tuples: Map<string, { readonly m: readonly number[]; readonly ctilde: number[] }>;
}

function functionLines({ functions, embedding }: AceCentre, a: number): string[] {
  const P = embedding.prefactors.length;
  const groups = groupBySlots(functions, P);
  if (groups.length === 0) return [`  ${a}: []`];
  return [`  ${a}:`, ...groups.map((g) => `    - ${groupMap(g, a, P)}`)];
}

function groupMap({ mus, ns, ls, tuples }: Group, a: number, P: number): string {
  const kept = [...tuples.values()].filter(({ ctilde }) => ctilde.some((c) => Math.abs(c) >= 1e-15));
  // An untaught model has only zeros; one tuple keeps its place in the file.
  const list = kept.length > 0 ? kept : [...tuples.values()].slice(0, 1);
  return flowMap([
    ['mu0', a],
    ['rank', mus.length],
    ['ndensity', P],
    ['num_ms_combs', list.length],
    ['mus', mus],
    ['ns', ns],
    ['ls', ls],
    ['ms_combs', list.flatMap(({ m }) => m)],
    ['ctildes', list.flatMap(({ ctilde }) => ctilde)],
  ]);
}

function groupBySlots(functions: readonly AceFunction[], P: number): Group[] {
  const groups = new Map<string, Group>();
  for (const f of functions) {
    const order = f.mus.map((_, t) => t);
    order.sort((s, t) => f.mus[s] - f.mus[t] || f.ns[s] - f.ns[t] || f.ls[s] - f.ls[t]);
    const [mus, ns, ls] = [f.mus, f.ns, f.ls].map((list) => order.map((t) => list[t]));
    const key = [mus, ns, ls].join(';');
    const group = groups.get(key) ?? { mus, ns, ls, tuples: new Map() };
    groups.set(key, group);
    f.coupling.ms.forEach((ms, k) => {
      const m = representative(
        group,
        order.map((t) => ms[t]),
      );
      const entry = group.tuples.get(m.join()) ?? { m, ctilde: new Array<number>(P).fill(0) };
      group.tuples.set(m.join(), entry);
      for (let p = 0; p < P; p++) entry.ctilde[p] += f.coefficients[p] * f.coupling.weights[k];
    });
  }
  return [...groups.values()].sort((a, b) =>
    compareLists([a.mus.length, ...a.mus, ...a.ns, ...a.ls], [b.mus.length, ...b.mus, ...b.ns, ...b.ls]),
  );
}

/** Equal slots may swap their m, and m and −m have the same real part: the larger of the two sorted forms stands for all. */
function representative({ mus, ns, ls }: Group, m: readonly number[]): number[] {
  const sorted = (list: readonly number[]): number[] => {
    const order = list.map((_, t) => t);
    order.sort((s, t) => mus[s] - mus[t] || ns[s] - ns[t] || ls[s] - ls[t] || list[s] - list[t]);
    return order.map((t) => list[t]);
  };
  const plus = sorted(m);
  const minus = sorted(m.map((x) => 0 - x));
  return compareLists(plus, minus) >= 0 ? plus : minus;
}
