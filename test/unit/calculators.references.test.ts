import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { volume } from '../../src/core/cell.ts';
import { UserError } from '../../src/core/errors.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';
import { argon, makeCalculator } from './calculatorProgram.ts';

const root = mkdtempSync(join(tmpdir(), 'serendip-calculators-'));
afterAll(() => rmSync(root, { recursive: true }));
const never = new AbortController().signal;

/** Argon crystal, shaken, in a triclinic left-handed cell that LAMMPS does not take as it stands. */
function crystal(element = 'Ar', a = 5.3, basis: readonly number[] = [0, 0, 0]): Structure {
  const primitive = structureFrom(
    Array(basis.length / 3).fill(element),
    basis.map((x) => x * a),
    [a / 2, a / 2, 0, a / 2, 0, a / 2, 0, a / 2, a / 2],
  );
  const s = supercell(primitive, [3, 2, 2]);
  const move = new Float64Array(4);
  for (let i = 0; i < s.species.length; i++) {
    normals(1, STREAM.rattle, 0, i, move);
    for (let x = 0; x < 3; x++) s.positions[3 * i + x] += 0.08 * move[x];
  }
  const strain = [1.02, 0.03, 0, 0.01, 0.99, -0.02, 0.02, 0, 1.01];
  const bent = (rows: Float64Array) =>
    rows.map((_, k) =>
      [0, 1, 2].reduce((sum, y) => sum + rows[k - (k % 3) + y] * strain[3 * y + (k % 3)], 0),
    );
  return { ...s, positions: bent(s.positions), cell: bent(s.cell) };
}

function job(signal = never) {
  return { directory: mkdtempSync(join(root, 'job-')), signal };
}

function make(options: object, elements = ['Ar']) {
  return makeCalculator(options, root, elements);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (x, k) => Math.abs(x - b[k])));
}

describe('potential as reference', () => {
  it('gives energy, forces, and the stress that a strained cell shows', async () => {
    const calculator = make(argon);
    const s = crystal();
    const { energy, forces, stress } = await calculator.label(s, job());
    expect(Math.max(...forces)).toBeGreaterThan(0.01);
    const slope = async (h: number) => {
      const along = async (t: number) => {
        const stretch = (rows: Float64Array) => rows.map((x, k) => (k % 3 === 2 ? x * (1 + t) : x));
        const strained = { ...s, positions: stretch(s.positions), cell: stretch(s.cell) };
        return (await calculator.label(strained, job())).energy;
      };
      return ((await along(h)) - (await along(-h))) / (2 * h) / volume(s.cell);
    };
    expect(energy).toBeLessThan(0);
    expect(Math.abs(stress![2])).toBeGreaterThan(1e-4);
    const [coarse, fine] = [(await slope(2e-3)) - stress![2], (await slope(1e-3)) - stress![2]];
    expect(Math.abs(fine)).toBeLessThan(1e-5);
    expect(coarse / fine).toBeCloseTo(4, 0);
  });

  it('has no stress without a volume, waits when told to, and can be interrupted', async () => {
    const pair = structureFrom(['Ar', 'Ar'], [0, 0, 0, 3.8, 0, 0]);
    expect((await make(argon).label(pair, job())).stress).toBeUndefined();
    const slow = make({ ...argon, delay: '1 h' });
    await expect(slow.label(pair, job(AbortSignal.timeout(20)))).rejects.toThrow(/aborted/i);
    expect(slow.fingerprint).toBe(make(argon).fingerprint);
  });
});

const lmp = spawnSync('lmp', ['-h']).status === 0;
const noLammps = !lmp && !process.env.CI;
if (noLammps) console.warn('skipped: LAMMPS (lmp) is not installed');

describe.skipIf(noLammps)('LAMMPS as reference', () => {
  const mdf = 'lj/mdf 9.1935 10.215';
  const pairs = `pair_coeff * * ${119.8 * 8.617333262e-5} 3.405 9.1935 10.215`;

  it.each([
    ['periodic', crystal()],
    ['slab', { ...crystal(), periodic: [true, true, false] as const }],
    ['wire', { ...crystal(), periodic: [false, false, true] as const }],
    ['cluster', structureFrom(['Ar', 'Ar', 'Ar'], [0, 0, 0, 3.5, 1, 0, -20, 2, 3])],
  ])('agrees with the built-in Lennard-Jones: %s', async (_, s) => {
    const ours = await make(argon).label(s, job());
    const theirs = await make({ kind: 'lammps', commands: [`pair_style ${mdf}`, pairs] }).label(s, job());
    expect(Math.max(...ours.forces)).toBeGreaterThan(1e-3);
    expect(theirs.energy).toBeCloseTo(ours.energy, 9);
    expect(largestDifference(theirs.forces, ours.forces)).toBeLessThan(1e-10);
    expect(theirs.stress !== undefined).toBe(s.periodic.every((p) => p));
    if (ours.stress && theirs.stress) {
      expect(Math.abs(ours.stress[3])).toBeGreaterThan(1e-6);
      expect(largestDifference(theirs.stress, ours.stress)).toBeLessThan(1e-9);
    }
  });

  it('agrees with the built-in Stillinger-Weber, its file named relative to the folder', async () => {
    writeFileSync(
      join(root, 'my.sw'),
      'Si Si Si 2.1683 2.0951 1.80 21.0 1.20 -0.333333333333 7.049556277 0.6022245584 4.0 0.0 0.0\n',
    );
    const s = crystal('Si', 5.5, [0, 0, 0, 0.25, 0.25, 0.25]);
    const commands = ['pair_style sw', 'pair_coeff * * my.sw {elements}'];
    const calculator = make({ kind: 'lammps', commands }, ['Si']);
    const theirs = await calculator.label(s, job());
    const potential = { kind: 'stillingerWeber', epsilon: '2.1683 eV', cosTheta0: -0.333333333333 };
    const ours = await make({ kind: 'potential', potential }).label(s, job());
    expect(Math.max(...ours.forces)).toBeGreaterThan(0.1);
    expect(theirs.energy).toBeCloseTo(ours.energy, 8);
    expect(largestDifference(theirs.forces, ours.forces)).toBeLessThan(1e-9);
    expect(largestDifference(theirs.stress!, ours.stress!)).toBeLessThan(1e-8);
    writeFileSync(join(root, 'my.sw'), '# another\n');
    expect(make({ kind: 'lammps', commands }, ['Si']).fingerprint).not.toBe(calculator.fingerprint);
  });

  it('converts real units', async () => {
    const s = crystal();
    const ours = await make(argon).label(s, job());
    const epsilon = (119.8 * 8.617333262e-5 * 96.48533212331) / 4.184;
    const real = pairs.replace(/\* \* \S+/, `* * ${epsilon}`);
    const commands = [`pair_style ${mdf}`, real];
    const theirs = await make({ kind: 'lammps', units: 'real', commands }).label(s, job());
    expect(theirs.energy / ours.energy).toBeCloseTo(1, 9);
    expect(largestDifference(theirs.forces, ours.forces)).toBeLessThan(1e-9);
    expect(largestDifference(theirs.stress!, ours.stress!)).toBeLessThan(1e-8);
  });

  it('maps types to elements by name, and says what is wrong', async () => {
    const pair = structureFrom(['Ne', 'Ar'], [0, 0, 0, 3.2, 0, 0]);
    const commands = [
      'pair_style lj/cut 8',
      'pair_coeff 1 1 0 1',
      'pair_coeff 2 2 0 1',
      'pair_coeff 1 2 0.01 3',
    ];
    const label = await make({ kind: 'lammps', commands }, ['Ar', 'Kr']).label(
      structureFrom(['Kr', 'Ar'], [0, 0, 0, 3.2, 0, 0]),
      job(),
    );
    const x = (3 / 3.2) ** 6;
    expect(label.energy).toBeCloseTo(0.04 * (x * x - x), 12);
    await expect(make({ kind: 'lammps', commands }).label(pair, job())).rejects.toThrow(/must name Ne too/);
    await expect(
      make({ kind: 'lammps', commands: ['pair_style nonsense'] }).label(crystal(), job()),
    ).rejects.toThrow(
      /exit code 1; its files are in .*; it printed last:\n[\s\S]*Unrecognized pair style 'nonsense'/,
    );
  });
});

it('says what to install where LAMMPS is missing', async () => {
  const calculator = make({ kind: 'lammps', program: 'no-such-lmp', commands: ['pair_style none'] });
  const error = await calculator.label(crystal(), job()).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).exitCode).toBe(2);
  expect((error as UserError).message).toMatch(/program 'no-such-lmp' is not there; install LAMMPS/);
});
