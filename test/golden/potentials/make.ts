/**
 * Labels perturbed structures with LAMMPS and writes CuZr.eam.alloy, CuZr.eam.fs and lammps.json. From the repository root:
 *
 *   npx rolldown test/golden/potentials/make.ts --platform node -o make.mjs && node make.mjs && rm make.mjs
 *
 * Coulomb energies are scaled from LAMMPS's e²/(4πε₀) = 14.399645 eV Å to the CODATA value used here.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EamFunctions } from '../../../potentials/eam/embeddedAtom.ts';
import { formatSetfl, interpolate, tabulate } from '../../../potentials/eam/setfl.ts';
import { zhou } from '../../../potentials/eam/zhou.ts';
import { TERSOFF_SETS } from '../../../potentials/tersoff/parameters.ts';
import { volume } from '../../../src/core/cell.ts';
import { element } from '../../../src/core/elements.ts';
import { STREAM, uniforms } from '../../../src/core/philox.ts';
import { COULOMB } from '../../../src/core/units.ts';

const here = 'test/golden/potentials';
const work = mkdtempSync(join(tmpdir(), 'golden-'));
const SCALE = COULOMB / 14.399645;

interface Atoms {
  symbols: string[];
  positions: number[];
  cell: number[];
}

/** A crystal repeated twice along x in a lower-triangular cell, every coordinate displaced. */
function atoms(cell: number[], symbols: string[], fractions: number[], amplitude: number, seed: number): Atoms {
  const all = [...symbols, ...symbols];
  const u = new Float64Array(4);
  const positions = all.flatMap((_, i) => {
    const k = i % symbols.length;
    const f = [fractions[3 * k] + (i < symbols.length ? 0 : 1), fractions[3 * k + 1], fractions[3 * k + 2]];
    uniforms(seed, STREAM.rattle, 0, i, u);
    return [0, 1, 2].map(
      (x) => f[0] * cell[x] + f[1] * cell[3 + x] + f[2] * cell[6 + x] + amplitude * (2 * u[x] - 1),
    );
  });
  return { symbols: all, positions, cell: cell.map((h, k) => (k < 3 ? 2 * h : h)) };
}

const orthogonal = (a: number, c = a) => [a, 0, 0, 0, a, 0, 0, 0, c];
const triclinic = (a: number, c = a) => [a, 0, 0, 0.2 * a, 0.98 * a, 0, -0.1 * a, 0.15 * a, 1.01 * c];
const FCC = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
const DIAMOND = [...FCC, ...FCC.map((f) => f + 0.25)];
const RUTILE = [0, 0, 0, 0.5, 0.5, 0.5, 0.305, 0.305, 0, 0.695, 0.695, 0, 0.805, 0.195, 0.5, 0.195, 0.805, 0.5];

function pairOf(symbols: string[], fractions: number[], a: number, amplitude: number, seed: number, c = a): Atoms[] {
  return [
    atoms(orthogonal(a, c), symbols, fractions, amplitude, seed),
    atoms(triclinic(a, c), symbols, fractions, amplitude, seed + 100),
  ];
}

/** Energy (eV), forces (eV/Å) and −V·stress (eV, row order) from LAMMPS. */
function lammps({ symbols, positions, cell }: Atoms, elements: string[], commands: string[], charges?: number[]) {
  const type = (s: string) => elements.indexOf(s) + 1;
  const at = (i: number) => positions.slice(3 * i, 3 * i + 3).join(' ');
  writeFileSync(
    join(work, 'data'),
    `golden\n\n${symbols.length} atoms\n${elements.length} atom types\n0 ${cell[0]} xlo xhi\n0 ${cell[4]} ylo yhi\n` +
      `0 ${cell[8]} zlo zhi\n${cell[3]} ${cell[6]} ${cell[7]} xy xz yz\n\nMasses\n\n` +
      `${elements.map((e, k) => `${k + 1} ${element(e).mass}`).join('\n')}\n\nAtoms\n\n` +
      `${symbols.map((s, i) => `${i + 1} ${type(s)} ${charges ? charges[type(s) - 1] : 0} ${at(i)}`).join('\n')}\n`,
  );
  const input = [
    'units metal',
    'atom_style charge',
    'box tilt large',
    `read_data ${join(work, 'data')}`,
    ...commands,
    'compute v all pressure NULL virial',
    'thermo_style custom pe c_v[1] c_v[2] c_v[3] c_v[4] c_v[5] c_v[6]',
    'thermo_modify format float %.17g',
    `dump d all custom 1 ${join(work, 'dump')} id fx fy fz`,
    'dump_modify d sort id format float %.17g',
    'run 0',
  ].join('\n');
  writeFileSync(join(work, 'in'), `${input}\n`);
  const log = execFileSync('lmp', ['-in', join(work, 'in'), '-log', 'none'], { cwd: work, encoding: 'utf8' });
  const lines = log.split('\n');
  const [energy, ...p] = lines[lines.findIndex((l) => l.includes('PotEng')) + 1].trim().split(/\s+/).map(Number);
  // LAMMPS metal units: 1 eV/Å³ is 1.6021765e6 bar.
  const [xx, yy, zz, xy, xz, yz] = p.map((x) => (x * volume(Float64Array.from(cell))) / 1.6021765e6);
  const forces = readFileSync(join(work, 'dump'), 'utf8')
    .trim()
    .split('\n')
    .slice(-symbols.length)
    .flatMap((l) => l.trim().split(/\s+/).slice(1).map(Number));
  const version = /LAMMPS \(([^)]*)\)/.exec(log)?.[1];
  return { energy, forces, virial: [xx, xy, xz, xy, yy, yz, xz, yz, zz], version };
}

/** A density that differs by who feels it, which only the Finnis-Sinclair form can say. */
function lopsided(f: EamFunctions): EamFunctions {
  const density = f.density.map((g, k) => (r: number, out: Float64Array) => {
    g(r, out);
    const weight = 1 + 0.1 * (k % f.elements.length);
    out[0] *= weight;
    out[1] *= weight;
  });
  return { ...f, density };
}

const alloy = tabulate(zhou(['Cu', 'Zr']), 500, 300, 100);
const fs = tabulate(lopsided(interpolate(alloy)), 300, 200, 100);
const comment = 'Sampled from the analytic functions of Zhou, Johnson and Wadley (2004)';
writeFileSync(`${here}/CuZr.eam.alloy`, formatSetfl(alloy, comment));
writeFileSync(`${here}/CuZr.eam.fs`, formatSetfl(fs, `${comment}; densities made lopsided`, true));
const dense = tabulate(zhou(['Cu', 'Zr']), 40000, 100000, 100);
writeFileSync(join(work, 'dense.eam.alloy'), formatSetfl(dense, comment));

writeFileSync(
  join(work, 'Si.sw'),
  `Si Si Si 2.1683 2.0951 1.8 21 1.2 ${-1 / 3} 7.049556277 0.6022245584 4 0 0\n`,
);
writeFileSync(join(work, 'sic.tersoff'), tersoffFile('CSiGe1989', ['C', 'Si'], 0.9776));
writeFileSync(join(work, 'si.tersoff'), tersoffFile('Si1988', ['Si'], 1));

/** Tersoff's mixing rules, written out entry by entry as LAMMPS wants them. */
function tersoffFile(set: keyof typeof TERSOFF_SETS, elements: string[], chi: number): string {
  const of = TERSOFF_SETS[set].atoms as Record<string, (typeof TERSOFF_SETS)['Si1988']['atoms'][string]>;
  const lines = elements.flatMap((a) =>
    elements.flatMap((b) =>
      elements.map((c) => {
        const [p, q, s] = [of[a], of[b], of[c]];
        const [R, S] = [Math.sqrt(p.R * s.R), Math.sqrt(p.S * s.S)];
        const B = (a === b ? 1 : chi) * Math.sqrt(p.B * q.B);
        const angular = [3, 1, p.lambda3, p.c, p.d, p.h, p.n, p.beta];
        const bond = [(p.mu + q.mu) / 2, B, (R + S) / 2, (S - R) / 2, (p.lambda + q.lambda) / 2];
        return [a, b, c, ...angular, ...bond, Math.sqrt(p.A * q.A)].join(' ');
      }),
    ),
  );
  return `${lines.join('\n')}\n`;
}

const CU_ZR = pairOf(['Cu', 'Zr', 'Cu', 'Cu'], FCC, 3.9, 0.2, 1);
const SI = pairOf(Array(8).fill('Si'), DIAMOND, 5.43, 0.3, 2);
const SIC = pairOf(['Si', 'Si', 'Si', 'Si', 'C', 'C', 'C', 'C'], DIAMOND, 4.36, 0.2, 3);
const AR = pairOf(Array(4).fill('Ar'), FCC, 5.2, 0.4, 4);
const TIO2 = pairOf(['Ti', 'Ti', 'O', 'O', 'O', 'O'], RUTILE, 4.594, 0.15, 5, 2.959);
const DENSE = pairOf(['Cu', 'Zr', 'Cu', 'Cu'], FCC, 3.0, 0.2, 6);

const LJ = { epsilon: '10.3 meV', sigma: '3.4 Å' };
const kJ = 0.01036426965;
const f0 = 4.184 * kJ;
const buck = (a: number, b: number, c: number) => `${f0 * b * Math.exp(a / b)} ${b} ${c * kJ}`;
const RIGID_IONS = [
  `pair_coeff 1 1 buck/mdf ${buck(2 * 1.6339, 0.234, 54 * 54)}`,
  `pair_coeff 1 2 buck/mdf ${buck(1.6339 + 1.1823, 0.194, 54 * 22.5)}`,
  `pair_coeff 2 2 buck/mdf ${buck(2 * 1.1823, 0.154, 22.5 * 22.5)}`,
];
const ions = [-1.098, 2.196].map((q) => q * Math.sqrt(SCALE));

const cases = [
  {
    name: 'tabulated alloy',
    options: { kind: 'eam', file: 'CuZr.eam.alloy' },
    structures: CU_ZR,
    elements: ['Cu', 'Zr'],
    commands: ['pair_style eam/alloy', `pair_coeff * * ${process.cwd()}/${here}/CuZr.eam.alloy Cu Zr`],
  },
  {
    name: 'tabulated Finnis-Sinclair',
    options: { kind: 'eam', file: 'CuZr.eam.fs' },
    structures: CU_ZR,
    elements: ['Cu', 'Zr'],
    commands: ['pair_style eam/fs', `pair_coeff * * ${process.cwd()}/${here}/CuZr.eam.fs Cu Zr`],
  },
  {
    name: 'analytic alloy, LAMMPS on a fine table of it',
    options: { kind: 'eam', set: 'zhou', elements: ['Cu', 'Zr'] },
    structures: CU_ZR,
    elements: ['Cu', 'Zr'],
    commands: ['pair_style eam/alloy', `pair_coeff * * ${work}/dense.eam.alloy Cu Zr`],
  },
  {
    name: 'silicon',
    options: { kind: 'stillingerWeber' },
    structures: SI,
    elements: ['Si'],
    commands: ['pair_style sw', `pair_coeff * * ${work}/Si.sw Si`],
  },
  {
    name: 'silicon of 1988',
    options: { kind: 'tersoff', set: 'Si1988', elements: ['Si'] },
    structures: SI,
    elements: ['Si'],
    commands: ['pair_style tersoff', `pair_coeff * * ${work}/si.tersoff Si`],
  },
  {
    name: 'silicon carbide of 1989',
    options: { kind: 'tersoff', set: 'CSiGe1989', elements: ['C', 'Si'] },
    structures: SIC,
    elements: ['C', 'Si'],
    commands: ['pair_style tersoff', `pair_coeff * * ${work}/sic.tersoff C Si`],
  },
  {
    name: 'argon, tapered',
    options: { kind: 'lennardJones', atoms: { Ar: LJ }, inner: '7 Å', cutoff: '8.5 Å' },
    structures: AR,
    elements: ['Ar'],
    commands: ['pair_style lj/mdf 7.0 8.5', 'pair_coeff 1 1 0.0103 3.4'],
  },
  {
    name: 'argon, truncated',
    options: { kind: 'lennardJones', atoms: { Ar: LJ }, inner: '8.5 Å', cutoff: '8.5 Å' },
    structures: AR,
    elements: ['Ar'],
    commands: ['pair_style lj/cut 8.5', 'pair_coeff 1 1 0.0103 3.4'],
  },
  {
    // `coul/dsf` has an erfc good to 1e-7 only; `coul/wolf` has the same forces with an exact one.
    name: 'titanium dioxide, forces',
    options: { kind: 'buckingham', set: 'matsuiAkaogi', cutoff: '10 Å', damping: '5 Å' },
    structures: TIO2,
    elements: ['O', 'Ti'],
    commands: [
      'pair_style hybrid/overlay buck/mdf 9.0 10.0 coul/wolf 0.2 10.0',
      'pair_coeff * * coul/wolf',
      ...RIGID_IONS,
    ],
    charges: ions,
    energyToo: false,
  },
  {
    name: 'titanium dioxide, energy',
    options: { kind: 'buckingham', set: 'matsuiAkaogi', cutoff: '10 Å', damping: '5 Å' },
    structures: TIO2,
    elements: ['O', 'Ti'],
    commands: [
      'pair_style hybrid/overlay buck/mdf 9.0 10.0 coul/dsf 0.2 10.0',
      'pair_coeff * * coul/dsf',
      ...RIGID_IONS,
    ],
    charges: ions,
    tolerance: 5e-6,
  },
  {
    name: 'core repulsion',
    options: { kind: 'zbl', elements: ['Cu', 'Zr'], inner: '1.4 Å', outer: '2.6 Å' },
    structures: DENSE,
    elements: ['Cu', 'Zr'],
    commands: [
      `pair_style hybrid/scaled ${SCALE} zbl 1.4 2.6`,
      'pair_coeff 1 1 zbl 29 29',
      'pair_coeff 1 2 zbl 29 40',
      'pair_coeff 2 2 zbl 40 40',
    ],
  },
];

let version: string | undefined;
const golden = cases.map(({ name, options, structures, elements, commands, charges, energyToo = true, tolerance }) => ({
  name,
  options,
  ...(tolerance === undefined ? {} : { tolerance }),
  commands: commands.map((c) => c.replaceAll(/\S*\/(?=\S*\.(eam|sw|tersoff))/g, '')),
  frames: structures.map((s) => {
    const label = lammps(s, elements, commands, charges);
    version = label.version;
    return { ...s, ...(energyToo ? { energy: label.energy } : {}), forces: label.forces, virial: label.virial };
  }),
}));
const text = JSON.stringify({ madeBy: `make.ts with LAMMPS ${version}`, cases: golden }, null, 1);
// One line an array of numbers.
writeFileSync(`${here}/lammps.json`, `${text.replaceAll(/\[\s+([-\d.e,\s]+?)\s+\]/g, (_, n) => `[${n.replaceAll(/\s+/g, '')}]`)}\n`);
