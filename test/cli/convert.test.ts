import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convertCommand } from '../../src/cli/convert.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { type Structure, structureFrom, symbolsOf } from '../../src/core/structure.ts';
import { readXyz } from '../../src/io/extxyz.ts';
import { readStructureFile } from '../../src/io/readStructureFile.ts';
import { formatXyz } from '../../src/io/writeXyz.ts';
import { labelOf } from '../../src/io/xyzLabel.ts';
import { runCommand, scratch } from './command.ts';

const path = scratch();
const run = (from: string, to: string, ...more: string[]) =>
  runCommand(convertCommand, ['convert', path(from), path(to), ...more]);

const crystal = structureFrom(
  ['Ni', 'Al', 'Ni'],
  [0.1, 0, 0, 1.9, 0.4, -0.2, 0.2, 1.9, 6.1],
  [0, 4, 1, 4.2, 0.3, 0, 0.4, 0, 4.1],
);
const cluster = structureFrom(['Al', 'Al'], [0, 0, 0, 2.5, 0.1, 0]);
const [FORCES, STRESS] = [
  Float64Array.from({ length: 9 }, (_, k) => k / 7),
  Float64Array.of(1, 2, 3, 4, 5, 6),
];
const labelled = [
  formatXyz({
    structure: crystal,
    label: { energy: -20.25, forces: FORCES, stress: STRESS },
    info: { name: 'one', group: 'melt', faithful: false },
    columns: { core: Int32Array.of(1, 0, 1), site: ['a', 'b', 'c'] },
  }),
  formatXyz({
    structure: cluster,
    label: { energy: -7, forces: new Float64Array(6) },
    info: { name: 'two' },
  }),
].join('');

const species = (s: Structure) => symbolsOf(s).sort();
/** Distances of all pairs within 5 Å, which no change of frame alters. */
function distances(s: Structure): number[] {
  const { offsets, indices, shifts } = buildNeighbours(s, 5);
  return symbolsOf(s)
    .flatMap((_, i) =>
      Array.from(indices.subarray(offsets[i], offsets[i + 1]), (j, k) => {
        const T = shifts.subarray(3 * (offsets[i] + k), 3 * (offsets[i] + k) + 3);
        const d = [0, 1, 2].map(
          (x) =>
            s.positions[3 * j + x] -
            s.positions[3 * i + x] +
            T.reduce((sum, t, a) => sum + t * s.cell[3 * a + x], 0),
        );
        return Math.hypot(...d);
      }),
    )
    .sort((p, q) => p - q);
}

describe('serendip convert, labels', () => {
  writeFileSync(path('ours.xyz'), labelled);

  it('writes energies as pacemaker fits them, with weights for what does not count', async () => {
    await run('ours.xyz', 'theirs.xyz', '--to', 'pacemaker', '--e0', 'Ni=-5.5', 'Al=-3');
    const [first, second] = readXyz(path('theirs.xyz'));
    expect(Number(first.info.energy)).toBe(-20.25 + 2 * 5.5 + 3);
    expect(first.info).toMatchObject({ energy_total: '-20.25', w_energy: '0', name: 'one', group: 'melt' });
    expect(Object.keys(first.info)).not.toContain('REF_energy');
    expect(first.columns).toEqual({
      forces: FORCES,
      w_forces: Float64Array.of(1, 0, 1),
      site: ['a', 'b', 'c'],
    });
    expect(Number(second.info.energy)).toBe(-1);
    expect(second.info.w_energy).toBe('1');
    expect(second.columns.w_forces).toEqual(Float64Array.of(1, 1));
  });

  it('brings them back bit by bit', async () => {
    await run('theirs.xyz', 'again.xyz', '--to', 'serendip', '--e0', 'Ni=-5.5', 'Al=-3');
    const [ours, again] = ['ours.xyz', 'again.xyz'].map((name) => readXyz(path(name)));
    expect(again.map((f) => labelOf(f))).toEqual(ours.map((f) => labelOf(f)));
    expect(again.map((f) => f.structure)).toEqual(ours.map((f) => f.structure));
    expect(again[0].info).toHaveProperty('REF_energy');
    expect(again[0].info).not.toHaveProperty('energy_total');
  });

  it('takes corrected energies where there is no other, raised by E0 where it is given', async () => {
    const frame = (info: string) =>
      `2\nProperties=species:S:1:pos:R:3:forces:R:3 ${info}\nCu 0 0 0 1 0 0\nCu 2 0 0 -1 0 0\n`;
    writeFileSync(
      path('fitted.xyz'),
      frame('energy=-1.5') + frame('energy_corrected=-1.5') + frame('energy_corrected_per_atom=-0.75'),
    );
    const energies = async (...more: string[]) => {
      await run('fitted.xyz', 'out.xyz', '--to', 'serendip', ...more);
      return readXyz(path('out.xyz')).map((f) => Number(f.info.REF_energy));
    };
    expect(await energies()).toEqual([-1.5, -1.5, -1.5]);
    expect(await energies('--e0', 'Cu=-3.5')).toEqual([-8.5, -8.5, -8.5]);
    writeFileSync(path('fitted.xyz'), frame('energy=-1.5 energy_total=-9'));
    expect(await energies()).toEqual([-9]);
    await expect(energies('--e0', 'Cu=-3.5')).rejects.toThrow(/energy_total -9, must be -8\.5/);
  });

  it('fits E0 to the frames whose energy counts', async () => {
    const label = { energy: -14.5, forces: FORCES };
    writeFileSync(path('three.xyz'), labelled + formatXyz({ structure: crystal, label }));
    const printed = await run('three.xyz', 'theirs.xyz', '--to', 'pacemaker', '--e0', 'fit');
    const [, al, ni] = /^E0 in eV: Al=(\S+) Ni=(\S+)\n/.exec(printed)!;
    expect([Number(al), Number(ni)]).toEqual([expect.closeTo(-3.5, 12), expect.closeTo(-5.5, 12)]);
    const energies = readXyz(path('theirs.xyz')).map((f) => Number(f.info.energy));
    expect(energies).toEqual([-20.25 + 14.5, 0, 0].map((E) => expect.closeTo(E, 11)));
  });

  it.each([
    ['no E0', ['--to', 'pacemaker'], /--e0: got none/],
    ['an element without E0', ['--to', 'pacemaker', '--e0', 'Al=-3'], /element Ni, must be one of Al/],
    ['E0 that is no number', ['--to', 'pacemaker', '--e0', 'Al=low'], /--e0: got 'Al=low'/],
    ['E0 without a direction', ['--e0', 'Al=-3'], /must stand with --to/],
    [
      'E0 to be fitted to what is fitted',
      ['--to', 'serendip', '--e0', 'fit'],
      /must stand with --to pacemaker/,
    ],
  ])('refuses %s', async (_, more, rule) => {
    await expect(run('ours.xyz', 'x.xyz', ...more)).rejects.toThrow(rule);
  });

  it('refuses what pacemaker would: partly periodic frames', async () => {
    const slab = { ...crystal, periodic: [true, true, false] as const };
    writeFileSync(path('slab.xyz'), formatXyz({ structure: slab, label: { energy: 1, forces: FORCES } }));
    await expect(run('slab.xyz', 'x.xyz', '--to', 'pacemaker', '--e0', 'fit')).rejects.toThrow(
      /slab\.xyz:2: got periodicity true true false/,
    );
  });
});

describe('serendip convert, structures', () => {
  writeFileSync(path('one.xyz'), formatXyz({ structure: crystal }));

  it.each(['POSCAR', 'a.cif', 'a.data'])('to %s and back keeps atoms and distances', async (name) => {
    await run('one.xyz', name);
    await run(name, 'back.xyz');
    const [{ structure }] = readXyz(path('back.xyz'));
    expect(species(structure)).toEqual(species(crystal));
    const [ours, theirs] = [distances(structure), distances(crystal)];
    expect(theirs.length).toBeGreaterThan(50);
    expect(ours.length).toBe(theirs.length);
    for (const [k, d] of ours.entries()) expect(d).toBeCloseTo(theirs[k], 10);
  });

  it('keeps a POSCAR bit by bit, and LAMMPS types in the order asked for', async () => {
    await run('one.xyz', 'POSCAR.bits');
    expect(readStructureFile(path('POSCAR.bits'))).toEqual(crystal);
    await run('one.xyz', 'typed.data', '--elements', 'Ni', 'Zr', 'Al');
    expect(readFileSync(path('typed.data'), 'utf8')).toMatch(/3 atom types[\s\S]*3 26\.98\S* # Al/);
    await expect(run('one.xyz', 'typed.data', '--elements', 'Ni')).rejects.toThrow(/must name Al too/);
  });

  it('takes one frame of several, and refuses to choose', async () => {
    await run('ours.xyz', 'last.xyz', '--frame', '-1');
    expect(readXyz(path('last.xyz')).map((f) => f.structure)).toEqual([cluster]);
    await expect(run('ours.xyz', 'first.cif')).rejects.toThrow(/among 2 frames/);
    await run('ours.xyz', 'first.cif', '--frame', '1');
    expect(species(readStructureFile(path('first.cif')))).toEqual(['Al', 'Ni', 'Ni']);
  });

  it('refuses names of no format, and cells that a format cannot hold', async () => {
    await expect(run('one.xyz', 'a.pdb')).rejects.toThrow(/must end in \.xyz, \.cif/);
    await expect(run('ours.xyz', 'a.cif', '--frame', '2')).rejects.toThrow(/CIF: got periodicity/);
  });
});
