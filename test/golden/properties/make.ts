/**
 * Measures crystals with LAMMPS alone and writes lammps.json. From the repository root:
 *
 *   npx rolldown test/golden/properties/make.ts --platform node -o make.mjs && node make.mjs && rm make.mjs
 *
 * Potentials with a file are those that LAMMPS brings along.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { element } from '../../../src/core/elements.ts';
import { takeOut } from '../../../src/core/pointDefects.ts';
import { crystal } from '../../../src/core/prototypes.ts';
import { atomCount, type Structure, supercell } from '../../../src/core/structure.ts';
import { slab } from '../../../src/core/surfaces.ts';
import { ACCELERATION } from '../../../src/core/units.ts';
import { INTERSTITIALS, withInterstitial } from '../../../src/properties/interstitials.ts';
import { faultedStack } from '../../../src/properties/stackingFault.ts';

const FILES = '/usr/share/lammps/potentials';
const work = mkdtempSync(join(tmpdir(), 'properties-'));

interface Case {
  readonly name: string;
  readonly options: object;
  readonly crystal: readonly ['fcc' | 'bcc' | 'diamond', readonly string[], number];
  readonly commands: readonly string[];
  readonly repeat: number;
  readonly layers: number;
  readonly interstitials: readonly string[];
}

const cases: Case[] = [
  {
    name: 'copper',
    options: { kind: 'eam', file: 'Cu_mishin1.eam.alloy' },
    crystal: ['fcc', ['Cu'], 3.6149250656],
    commands: ['pair_style eam/alloy', `pair_coeff * * ${FILES}/Cu_mishin1.eam.alloy Cu`],
    repeat: 3,
    layers: 9,
    interstitials: ['dumbbell 100', 'octahedral'],
  },
  {
    name: 'iron',
    options: { kind: 'eam', file: 'Fe_mm.eam.fs' },
    crystal: ['bcc', ['Fe'], 2.8553],
    commands: ['pair_style eam/fs', `pair_coeff * * ${FILES}/Fe_mm.eam.fs Fe`],
    repeat: 4,
    layers: 12,
    interstitials: ['dumbbell 110'],
  },
  {
    name: 'silicon',
    options: { kind: 'stillingerWeber' },
    crystal: ['diamond', ['Si'], 5.43],
    commands: ['pair_style sw', `pair_coeff * * ${FILES}/Si.sw Si`],
    repeat: 2,
    layers: 12,
    interstitials: ['dumbbell 110'],
  },
];

let version = '';

/** Runs LAMMPS on a structure; the numbers printed after every `@`. */
function lammps(s: Structure, potential: readonly string[], lines: readonly string[]): number[][] {
  const n = atomCount(s);
  const { cell } = s;
  const atoms = Array.from(
    { length: n },
    (_, i) => `${i + 1} ${s.species[i] + 1} ${s.positions.slice(3 * i, 3 * i + 3).join(' ')}`,
  );
  writeFileSync(
    join(work, 'data'),
    `properties\n\n${n} atoms\n${s.elements.length} atom types\n0 ${cell[0]} xlo xhi\n0 ${cell[4]} ylo yhi\n0 ${cell[8]} zlo zhi\n` +
      `${cell[3]} ${cell[6]} ${cell[7]} xy xz yz\n\nMasses\n\n${s.elements.map((e, k) => `${k + 1} ${element(e).mass}`).join('\n')}\n\n` +
      `Atoms\n\n${atoms.join('\n')}\n`,
  );
  const all = [
    'units metal',
    'atom_modify map array sort 0 0',
    'box tilt large',
    `boundary p p ${s.periodic[2] ? 'p' : 'f'}`,
    `read_data ${join(work, 'data')}`,
    ...potential,
    'neigh_modify every 1 delay 0 check yes',
    'thermo_modify norm no',
    'min_modify line quadratic dmax 0.05',
    ...lines,
  ];
  writeFileSync(join(work, 'in'), `${all.join('\n')}\n`);
  const log = execFileSync('lmp', ['-in', join(work, 'in'), '-log', 'none'], { cwd: work, encoding: 'utf8', maxBuffer: 2 ** 28 });
  version = /LAMMPS \(([^)]*)\)/.exec(log)?.[1] ?? version;
  return Array.from(log.matchAll(/^@ (.*)$/gm), (m) => m[1].trim().split(/\s+/).map(Number));
}

const ENERGY = 'print "@ $(pe:%20.12f)"';
const SETTLE = ['min_style cg', 'minimize 0 1e-8 2000 20000', 'min_style fire', 'minimize 0 1e-6 3000 20000'];

function measure({ crystal: [prototype, elements, a], ...c }: Case) {
  const at = (s: Structure, lines: readonly string[] = []) =>
    lammps(s, c.commands, [...lines, 'run 0', ENERGY])[0][0];
  const unit = crystal(prototype, elements, a);
  const bulk = at(supercell(unit, [3, 3, 3])) / (27 * atomCount(unit));
  const formation = (s: Structure, lines: readonly string[] = []) => at(s, [...lines, ...SETTLE]) - bulk * atomCount(s);
  const whole = supercell(unit, [c.repeat, c.repeat, c.repeat]);
  const rooms: Readonly<Record<string, Parameters<typeof withInterstitial>[2]>> = INTERSTITIALS[prototype];
  const surface = (plane: '100' | '110' | '111') => {
    const cut = slab(unit, plane, [1, 1, c.layers], 12);
    return formation(supercell(cut, [2, 2, 1])) / (8 * cut.cell[0] * cut.cell[4]);
  };
  const fault = (slip: number) => {
    const stack = supercell(faultedStack(elements[0], a, 12, slip), [4, 4, 1]);
    return formation(stack, ['fix held all setforce 0 0 NULL']) / ((16 * a * a * Math.sqrt(3)) / 4);
  };
  return {
    a,
    energy: bulk,
    stretched: [-0.01, -0.005, 0.005, 0.01].map((e) => [
      e,
      at(supercell(crystal(prototype, elements, (1 + e) * a), [3, 3, 3])) / (27 * atomCount(unit)),
    ]),
    repeat: c.repeat,
    layers: c.layers,
    vacancy: formation(takeOut(whole, 1)),
    interstitials: Object.fromEntries(
      c.interstitials.map((name) => [name, formation(withInterstitial(whole, a, rooms[name]))]),
    ),
    surfaces: Object.fromEntries((['100', '110', '111'] as const).map((plane) => [plane, surface(plane)])),
    ...(prototype === 'fcc' && { faults: [0.5, 1].map((slip) => [slip, fault(slip)]) }),
    frequencies: frequencies(supercell(unit, [2, 2, 2]), c.commands),
  };
}

/** 1/fs, ascending: square roots of the eigenvalues of the whole supercell's dynamical matrix, negative where imaginary. */
function frequencies(s: Structure, potential: readonly string[]): number[] {
  const n = atomCount(s);
  const step = 0.01;
  const forces = (i: number, axis: number, sign: number) => {
    const moved = ['0', '0', '0'];
    moved[axis] = String(sign * step);
    const back = moved.map((x) => String(-Number(x)));
    return [
      `group one id ${i + 1}`,
      `displace_atoms one move ${moved.join(' ')}`,
      'run 0',
      ...Array.from({ length: n }, (_, j) => `print "@ $(fx[${j + 1}]:%20.12f) $(fy[${j + 1}]:%20.12f) $(fz[${j + 1}]:%20.12f)"`),
      `displace_atoms one move ${back.join(' ')}`,
      'group one delete',
    ];
  };
  const moves = Array.from({ length: 3 * n }, (_, k) => [1, -1].map((sign) => forces(Math.floor(k / 3), k % 3, sign)));
  const printed = lammps(s, potential, moves.flat(2)).flat();
  const mass = element(s.elements[0]).mass;
  const D = new Matrix(3 * n, 3 * n);
  for (let p = 0; p < 3 * n; p++)
    for (let q = 0; q < 3 * n; q++) {
      const [up, down] = [0, 1].map((side) => printed[(2 * p + side) * 3 * n + q]);
      D.set(p, q, ((down - up) / (2 * step) / mass) * ACCELERATION);
    }
  const symmetric = Matrix.add(D, D.transpose()).mul(0.5);
  return new EigenvalueDecomposition(symmetric, { assumeSymmetric: true }).realEigenvalues
    .sort((x, y) => x - y)
    .map((w) => Math.sign(w) * Math.sqrt(Math.abs(w)));
}

const measured = cases.map(({ name, options, crystal: made, ...c }) => {
  const found = measure({ name, options, crystal: made, ...c });
  console.log(name, { ...found, frequencies: found.frequencies.slice(-3) });
  return { name, options, crystal: made, ...found };
});
const text = JSON.stringify(
  { madeBy: `make.ts with LAMMPS ${version}`, cases: measured },
  (_, x) => (typeof x === 'number' ? Number(x.toPrecision(9)) : x),
  1,
);
writeFileSync(
  'test/golden/properties/lammps.json',
  `${text.replaceAll(/\[\s+([-\d.e,\s]+?)\s+\]/g, (_, n) => `[${n.replaceAll(/\s+/g, '')}]`)}\n`,
);
