/**
 * Measures elastic constants with LAMMPS alone and writes lammps.json. From the repository root:
 *
 *   npx rolldown test/golden/elastic/make.ts --platform node -o make.mjs && node make.mjs && rm make.mjs
 *
 * Potentials with a file are those that LAMMPS brings along.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { element } from '../../../src/core/elements.ts';
import { crystal, type PrototypeName } from '../../../src/core/prototypes.ts';
import { type Structure, supercell } from '../../../src/core/structure.ts';
import { COULOMB } from '../../../src/core/units.ts';

const FILES = '/usr/share/lammps/potentials';
const work = mkdtempSync(join(tmpdir(), 'elastic-'));
const DELTA = 5e-4;

const kJ = 0.01036426965;
const f0 = 4.184 * kJ;
const buck = (a: number, b: number, c: number) => `${f0 * b * Math.exp(a / b)} ${b} ${c * kJ}`;
const ion = (q: number) => q * Math.sqrt(COULOMB / 14.399645);

interface Case {
  readonly name: string;
  readonly options: object;
  readonly crystal: readonly [PrototypeName, readonly string[], number, number?];
  readonly commands: readonly string[];
  readonly charges?: readonly number[];
}

const eam = (name: string, file: string, symbol: string, prototype: PrototypeName, a: number): Case => ({
  name,
  options: { kind: 'eam', file },
  crystal: [prototype, [symbol], a],
  commands: [`pair_style eam/${file.endsWith('.fs') ? 'fs' : 'alloy'}`, `pair_coeff * * ${FILES}/${file} ${symbol}`],
});

const cases: Case[] = [
  eam('copper', 'Cu_mishin1.eam.alloy', 'Cu', 'fcc', 3.61),
  eam('aluminium', 'NiAlH_jea.eam.alloy', 'Al', 'fcc', 4.05),
  eam('nickel', 'NiAlH_jea.eam.alloy', 'Ni', 'fcc', 3.52),
  eam('iron', 'Fe_mm.eam.fs', 'Fe', 'bcc', 2.86),
  {
    name: 'silicon of Stillinger and Weber',
    options: { kind: 'stillingerWeber' },
    crystal: ['diamond', ['Si'], 5.43],
    commands: ['pair_style sw', `pair_coeff * * ${FILES}/Si.sw Si`],
  },
  {
    name: 'silicon of Tersoff',
    options: { kind: 'tersoff', set: 'Si1988', elements: ['Si'] },
    crystal: ['diamond', ['Si'], 5.43],
    commands: ['pair_style tersoff', `pair_coeff * * ${FILES}/Si.tersoff Si`],
  },
  {
    name: 'rutile of Matsui and Akaogi',
    options: { kind: 'buckingham', set: 'matsuiAkaogi', cutoff: '10 Å', damping: '5 Å' },
    crystal: ['rutile', ['Ti', 'O'], 4.5, 3.0],
    commands: [
      'pair_style hybrid/overlay buck/mdf 9.0 10.0 coul/dsf 0.2 10.0',
      'pair_coeff * * coul/dsf',
      `pair_coeff 1 1 buck/mdf ${buck(2 * 1.6339, 0.234, 54 * 54)}`,
      `pair_coeff 1 2 buck/mdf ${buck(1.6339 + 1.1823, 0.194, 54 * 22.5)}`,
      `pair_coeff 2 2 buck/mdf ${buck(2 * 1.1823, 0.154, 22.5 * 22.5)}`,
    ],
    charges: [ion(-1.098), ion(2.196)],
  },
];

let version = '';

/** Runs LAMMPS; the numbers printed after every `@`. */
function lammps(lines: readonly string[]): number[][] {
  writeFileSync(join(work, 'in'), `${lines.join('\n')}\n`);
  const log = execFileSync('lmp', ['-in', join(work, 'in'), '-log', 'none'], { cwd: work, encoding: 'utf8' });
  version = /LAMMPS \(([^)]*)\)/.exec(log)?.[1] ?? version;
  return Array.from(log.matchAll(/^@ (.*)$/gm), (m) => m[1].trim().split(/\s+/).map(Number));
}

function start(s: Structure, commands: readonly string[], charges: readonly number[] | undefined): string[] {
  const n = s.species.length;
  const { cell } = s;
  const atom = (i: number) =>
    `${i + 1} ${s.species[i] + 1} ${charges?.[s.species[i]] ?? 0} ${s.positions.slice(3 * i, 3 * i + 3).join(' ')}`;
  writeFileSync(
    join(work, 'data'),
    `elastic\n\n${n} atoms\n${s.elements.length} atom types\n0 ${cell[0]} xlo xhi\n0 ${cell[4]} ylo yhi\n0 ${cell[8]} zlo zhi\n` +
      `0 0 0 xy xz yz\n\nMasses\n\n${s.elements.map((e, k) => `${k + 1} ${element(e).mass}`).join('\n')}\n\n` +
      `Atoms\n\n${Array.from({ length: n }, (_, i) => atom(i)).join('\n')}\n`,
  );
  return [
    'units metal',
    'atom_style charge',
    'atom_modify map array sort 0 0',
    'box tilt large',
    `read_data ${join(work, 'data')}`,
    ...commands,
    'neigh_modify every 1 delay 0 check yes',
    'compute p all pressure NULL virial',
    'thermo_style custom step pe c_p[1] c_p[2] c_p[3] c_p[4] c_p[5] c_p[6]',
    'min_modify line quadratic dmax 0.01',
  ];
}

const SETTLE = ['min_style cg', 'minimize 0 1e-10 2000 20000', 'min_style fire', 'minimize 0 1e-9 5000 20000'];
/** GPa per bar, tensile positive. */
const PRESSURE = [1, 2, 3, 6, 5, 4].map((k) => `variable s${k} equal -c_p[${k}]*1e-4`);
const PRINT = 'print "@ ${s1} ${s2} ${s3} ${s6} ${s5} ${s4}"';

/** Deforms the box so that Voigt strain k is `amount`; shears are x += γ y and the like. */
function strain(k: number, amount: number): string {
  const moves = [
    `x scale ${1 + amount}`,
    `y scale ${1 + amount}`,
    `z scale ${1 + amount}`,
    `yz delta $(${amount}*lz)`,
    `xz delta $(${amount}*lz)`,
    `xy delta $(${amount}*ly)`,
  ];
  return `change_box all ${moves[k]} remap units box`;
}

function measure({ crystal: [prototype, elements, a, c], commands, charges }: Case) {
  const unit = supercell(crystal(prototype, elements, a, { c }), [2, 2, 2]);
  const head = start(unit, commands, charges);
  const round = ['fix r all box/relax couple xy x 0 y 0 z 0 vmax 1e-3', 'minimize 0 1e-9 2000 20000', 'unfix r'];
  const equilibrium = join(work, 'equilibrium');
  const [box] = lammps([
    ...head,
    'min_style cg',
    ...Array(6).fill(round).flat(),
    ...SETTLE,
    'variable s1 equal c_p[1]*1e-4',
    'variable s3 equal c_p[3]*1e-4',
    'print "@ $(lx:%20.15g) $(lz:%20.15g) ${s1} ${s3}"',
    `write_restart ${equilibrium}`,
  ]);
  const columns = (settle: boolean) => {
    const C = new Float64Array(36);
    for (let k = 0; k < 6; k++) {
      const [up, down] = [DELTA, -DELTA].map(
        (amount) =>
          lammps([
            'atom_modify map array sort 0 0',
            'box tilt large',
            `read_restart ${equilibrium}`,
            ...commands,
            'neigh_modify every 1 delay 0 check yes',
            'compute p all pressure NULL virial',
            'thermo_style custom step pe c_p[1] c_p[2] c_p[3] c_p[4] c_p[5] c_p[6]',
            'min_modify line quadratic dmax 0.01',
            strain(k, amount),
            ...(settle ? SETTLE : ['run 0']),
            ...PRESSURE,
            PRINT,
          ])[0],
      );
      for (let i = 0; i < 6; i++) C[6 * i + k] = (up[i] - down[i]) / (2 * DELTA);
    }
    return C;
  };
  const rounded = (C: Float64Array) => Array.from(C, (x) => Number(x.toFixed(4)) + 0);
  return {
    a: box[0] / 2,
    c: box[1] / 2,
    residual: [box[2], box[3]],
    relaxed: rounded(columns(true)),
    clamped: rounded(columns(false)),
  };
}

const measured = cases.map((one) => {
  const found = measure(one);
  console.log(one.name, found.a, found.c, found.residual, found.relaxed.filter((_, k) => [0, 1, 2, 14, 21, 35].includes(k)));
  return { name: one.name, options: one.options, crystal: one.crystal, ...found };
});
const text = JSON.stringify({ madeBy: `make.ts with LAMMPS ${version}`, cases: measured }, null, 1);
writeFileSync(
  'test/golden/elastic/lammps.json',
  `${text.replaceAll(/\[\s+([-\d.e,\s]+?)\s+\]/g, (_, n) => `[${n.replaceAll(/\s+/g, '')}]`)}\n`,
);
