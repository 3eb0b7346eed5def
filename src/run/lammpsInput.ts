import type { AceModel } from '../../potentials/ace/model.ts';
import { element } from '../core/elements.ts';
import type { Periodic } from '../core/structure.ts';

/** What the first step of LAMMPS should print for the exported structure. */
export interface Expectation {
  readonly periodic: Periodic;
  readonly atoms: number;
  /** eV, E₀ included. */
  readonly energy: number;
  /** eV: Σ E₀. */
  readonly e0: number;
  /** Largest γ and the id of its atom. */
  readonly grade: number;
  readonly atom: number;
}

/** An input script for `model` in LAMMPS; atom type k + 1 is element k. */
export function lammpsInput(model: AceModel, title: string, expected?: Expectation): string {
  const { elements } = model;
  const names = elements.join(' ');
  const zbl = zblLines(model);
  return [
    ...header(model, title, expected).map((line) => `# ${line}`.trimEnd()),
    '',
    'units metal',
    'atom_style atomic',
    `boundary ${(expected?.periodic ?? [true, true, true]).map((p) => (p ? 'p' : 's')).join(' ')}`,
    'box tilt large',
    'read_data structure.data',
    '',
    pairStyle('pace product', zbl.styles),
    `pair_coeff * * ${zbl.styles.length > 0 ? 'pace ' : ''}potential.yace ${names}`,
    ...zbl.coefficients,
    '',
    '# Grades: put these lines in place of the pair_style and the pair_coeff of pace above.',
    `# ${pairStyle('pace/extrapolation', zbl.styles)}`,
    `# pair_coeff * * ${zbl.styles.length > 0 ? 'pace/extrapolation ' : ''}potential.yaml potential.asi ${names}`,
    '# fix gamma all pair 10 pace/extrapolation gamma 1',
    '# compute gamma_max all reduce max f_gamma',
    '# dump gamma all custom 10 gamma.dump id type x y z f_gamma',
    '# thermo_style custom step temp pe press c_gamma_max',
    '',
    'thermo_style custom step temp pe press',
    'thermo_modify format float %.15g',
    'run 0',
    '',
  ].join('\n');
}

function header(model: AceModel, title: string, expected?: Expectation): string[] {
  const { elements, baseline } = model;
  return [
    `${title}: pair_style pace, a linear atomic cluster expansion${baseline ? ' over ZBL core repulsion' : ''}.`,
    'Needs a LAMMPS with the package ML-PACE, of 2023 or later.',
    `Atom types: ${elements.map((e, k) => `${k + 1} ${e}`).join(', ')}.`,
    'potential.yace holds the expansion and E0; potential.yaml the expansion alone, its format has no E0.',
    ...(baseline
      ? ['The repulsion is in neither file: without the zbl lines close atoms do not repel.']
      : []),
    '',
    ...(expected
      ? expectations(expected)
      : [
          'Put your own structure.data beside this file; `export --structure` writes one and says what to expect.',
        ]),
  ];
}

function expectations({ atoms, energy, e0, grade, atom }: Expectation): string[] {
  const perAtom = (E: number) => `${(E / atoms).toPrecision(12)} eV/atom (pe = ${E.toPrecision(14)} eV)`;
  return [
    'Expected of structure.data at step 0, radial functions from tables as LAMMPS has them:',
    `  with potential.yace            ${perAtom(energy)}`,
    `  with potential.yaml, no E0     ${perAtom(energy - e0)}`,
    `  largest extrapolation grade    ${grade.toPrecision(6)} (atom ${atom})`,
    'LAMMPS rounds the charge of the electron: its zbl energies are 3.3e-8 of themselves lower.',
  ];
}

function pairStyle(pace: string, zbl: readonly string[]): string {
  return zbl.length > 0 ? `pair_style hybrid/overlay ${pace} ${zbl.join(' ')}` : `pair_style ${pace}`;
}

/** zbl takes its range from pair_style, so every pair of elements has a sub-style of its own, told apart by number. */
function zblLines({ elements, baseline }: AceModel) {
  const S = elements.length;
  const pairs = elements.flatMap((_, a) => elements.slice(a).map((_, b) => [a, a + b] as const));
  const number = (k: number) => (pairs.length > 1 ? ` ${k + 1}` : '');
  const z = elements.map((e) => element(e).atomicNumber);
  if (!baseline) return { styles: [], coefficients: [] };
  return {
    styles: pairs.map(([a, b]) => `zbl ${baseline[a * S + b].inner} ${baseline[a * S + b].outer}`),
    coefficients: pairs.map(([a, b], k) => `pair_coeff ${a + 1} ${b + 1} zbl${number(k)} ${z[a]} ${z[b]}`),
  };
}
