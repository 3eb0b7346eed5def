import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { heights, multiply3, signedVolume, volume } from '../../src/core/cell.ts';
import { UserError } from '../../src/core/errors.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { type Structure, structureFrom, symbolsOf } from '../../src/core/structure.ts';
import { parseCif } from '../../src/io/cif.ts';
import { parseLammpsData } from '../../src/io/lammpsData.ts';
import { formatPoscar, parsePoscar } from '../../src/io/poscar.ts';
import { readStructureFile } from '../../src/io/readStructureFile.ts';
import { restrictedFrame, turnBack, turnTensorBack } from '../../src/io/restrictedCell.ts';
import { formatLammpsData } from '../../src/io/writeLammpsData.ts';
import { formatXyz } from '../../src/io/writeXyz.ts';
import { messageOf, mutation } from './ioFuzz.ts';

const root = mkdtempSync(join(tmpdir(), 'serendip-formats-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Distances from every atom to its neighbours within 6 Å, sorted: what no change of frame may alter. */
function distances(s: Structure): number[] {
  const list = buildNeighbours(s, 6);
  const out: number[] = [];
  for (let i = 0; i < s.species.length; i++)
    for (let p = list.offsets[i]; p < list.offsets[i + 1]; p++) {
      const d = [0, 1, 2].map((x) => {
        const shift = [0, 1, 2].reduce((sum, a) => sum + list.shifts[3 * p + a] * s.cell[3 * a + x], 0);
        return s.positions[3 * list.indices[p] + x] - s.positions[3 * i + x] + shift;
      });
      out.push(Math.hypot(...d));
    }
  return out.sort((a, b) => a - b);
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  expect(Math.max(0, ...Array.from(a, (x, k) => Math.abs(x - b[k])))).toBeLessThan(tolerance);
}

/** Pairs right at the range of `distances` may be in one of the lists alone. */
function expectSameDistances(a: Structure, b: Structure): void {
  const [p, q] = [distances(a), distances(b)].map((list) => list.filter((d) => d < 6 - 1e-6));
  const common = Math.min(p.length, q.length);
  expectClose(p.slice(0, common), q.slice(0, common), 1e-9);
  for (const d of [...p.slice(common), ...q.slice(common)]) expect(d).toBeGreaterThan(6 - 2e-6);
}

function neverThrowsAnythingElse(valid: string, parse: (text: string) => unknown, runs = 800): void {
  parse(valid);
  let refused = 0;
  fc.assert(
    fc.property(mutation(valid), (text) => {
      try {
        parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        refused++;
      }
    }),
    { numRuns: runs },
  );
  expect(refused).toBeGreaterThan(runs / 10);
}

const POSCAR = `two atoms
2.0
1 0 0
0 2 0
0.5 0 3
Cu_pv O
1 1
Selective dynamics
Direct
0 0 0 T T F
0.5 0.5 0.5 F F F O
`;

describe('POSCAR', () => {
  it('reads symbols, selective dynamics and direct coordinates', () => {
    const s = parsePoscar(POSCAR, 'POSCAR');
    expect(symbolsOf(s)).toEqual(['Cu', 'O']);
    expect([...s.cell]).toEqual([2, 0, 0, 0, 4, 0, 1, 0, 6]);
    expect([...s.positions]).toEqual([0, 0, 0, 1.5, 2, 3]);
    expect(s.periodic).toEqual([true, true, true]);
  });

  it('scales by a volume, and by one factor a direction; cartesian coordinates too', () => {
    const cartesian = POSCAR.replace('Selective dynamics\nDirect', 'cartesian');
    const byVolume = parsePoscar(cartesian.replace('2.0', '-384'), 'p');
    expect(volume(byVolume.cell)).toBeCloseTo(384, 10);
    expect(byVolume.positions[3]).toBeCloseTo(2, 12);
    const byThree = parsePoscar(cartesian.replace('2.0', '1 2 3'), 'p');
    expect([...byThree.positions.slice(3)]).toEqual([0.5, 1, 1.5]);
    expect(byThree.cell[8]).toBe(9);
  });

  it.each([
    [
      'VASP 4',
      POSCAR.replace('Cu_pv O\n', ''),
      /POSCAR:6 elements: got 1 1, must be chemical symbols, as VASP 5 writes them; insert a line/,
    ],
    ['unknown element', POSCAR.replace('Cu_pv', 'Xx'), /POSCAR:6 element: got Xx/],
    ['counts', POSCAR.replace('1 1\n', '1\n'), /POSCAR:7 counts: got 1 numbers/],
    ['too many', POSCAR.replace('1 1\n', '1 100000000\n'), /POSCAR:7 counts: got 100000001 atoms/],
    ['mode', POSCAR.replace('Direct', '0 0 0'), /POSCAR:9 coordinates: got 0, must be Direct or Cartesian/],
    ['scale', POSCAR.replace('2.0', '0'), /POSCAR:2 scale: got 0/],
    ['flat', POSCAR.replace('0 2 0', '2 0 0'), /volume 0/],
    ['cut off', POSCAR.split('\n').slice(0, 10).join('\n'), /POSCAR:10 position: got nothing/],
  ])('says what is wrong: %s', (_, text, message) => {
    expect(messageOf(() => parsePoscar(text, 'POSCAR'))).toMatch(message);
  });

  it('writes the atoms in their order, bitwise, and only what is periodic', () => {
    const s = structureFrom(
      ['Cu', 'O', 'Cu'],
      [0.1, -0, 1 / 3, 1, 2, 3, 4, 5, 6],
      [7, 0, 0, 0.3, 8, 0, 0, 0, 9],
    );
    expect(parsePoscar(formatPoscar(s), 'p')).toEqual(s);
    expect(() => formatPoscar({ ...s, periodic: [true, true, false] })).toThrow(/must be periodic/);
  });

  it('survives mutation', () => neverThrowsAnythingElse(POSCAR, (text) => parsePoscar(text, 'p')));
});

const DATA = `LAMMPS data file

2 atoms
2 atom types

0.5 4.5 xlo xhi
0 5 ylo yhi
0 6 zlo zhi
0.1 -0.2 0.3 xy xz yz

Masses

1 63.546 # Cu
2 15.999 # O

Atoms # charge

2 2 -1.5 1 2 3 0 0 1 # second
1 1 1.5 0.5 0 0

Velocities

1 0 0 0
2 0 0 0
`;

describe('LAMMPS data', () => {
  it('reads box, types and positions by id', () => {
    const s = parseLammpsData(DATA, 'd', { periodic: [true, true, false] });
    expect(symbolsOf(s)).toEqual(['Cu', 'O']);
    expect([...s.cell]).toEqual([4, 0, 0, 0.1, 5, 0, -0.2, 0.3, 6]);
    expect([...s.positions]).toEqual([0.5, 0, 0, 1, 2, 3]);
    expect(s.periodic).toEqual([true, true, false]);
  });

  it('takes elements from the caller first, then type labels, and the style from the words', () => {
    const bare = DATA.replaceAll(/ # (?:Cu|O|charge)/g, '');
    expect(symbolsOf(parseLammpsData(bare, 'd', { elements: ['Ni', 'Al'] }))).toEqual(['Ni', 'Al']);
    const labels = bare
      .replace('Masses', 'Atom Type Labels\n\n1 Au\n2 Ag\n\nMasses')
      .replace('1 1 1.5', '1 Au 1.5');
    expect(symbolsOf(parseLammpsData(labels, 'd'))).toEqual(['Au', 'Ag']);
    expect(messageOf(() => parseLammpsData(bare, 'd'))).toMatch(
      /d:11 element of atom type 1: got none, must be a chemical symbol; give the elements in the order of types, or write/,
    );
  });

  it.each([
    ['style', DATA.replace('charge', 'full'), /d:16 atom style: got full, must be atomic or charge/],
    ['words', DATA.replace('charge', 'atomic'), /d:18 atom: got 9 words, must be 5 or 8 for style atomic/],
    ['count', DATA.replace('2 atoms', '3 atoms'), /d:16 Atoms: got 2 lines, must be the 3/],
    [
      'box',
      DATA.replace('0 6 zlo', '6 0 zlo'),
      /d:8 zlo zhi: got 6 0, must be two numbers, the second greater/,
    ],
    ['no box', DATA.replace('0 6 zlo zhi', ''), /zlo zhi: got none/],
    ['id', DATA.replace('\n1 1 1.5', '\n2 1 1.5'), /atom id: got 2 twice/],
    ['type', DATA.replace('1 1 1.5', '1 3 1.5'), /d:19 atom type: got 3, must be at most 2/],
    ['section', `${DATA}\nBonds\n\n1 1 1 2\n`, /section: got Bonds/],
  ])('says what is wrong: %s', (_, text, message) => {
    expect(messageOf(() => parseLammpsData(text, 'd'))).toMatch(message);
  });

  it('survives mutation', () => neverThrowsAnythingElse(DATA, (text) => parseLammpsData(text, 'd')));

  const component = fc.double({ min: -3, max: 3, noNaN: true });
  const triclinic = fc
    .tuple(
      fc.array(component, { minLength: 9, maxLength: 9 }),
      fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 9, maxLength: 9 }),
    )
    .map(([bend, r]) =>
      structureFrom(
        ['Cu', 'O', 'Cu'],
        r,
        bend.map((x, k) => x + (k % 4 === 0 ? 6 : 0)),
      ),
    )
    .filter((s) => Math.min(...heights(s.cell)) > 2);

  it('turns any cell into restricted form and vectors and tensors back', () => {
    fc.assert(
      fc.property(triclinic, fc.boolean(), (right, mirror) => {
        const s = mirror ? { ...right, cell: right.cell.map((x, k) => (k < 3 ? -x : x)) } : right;
        const { structure, rotation } = restrictedFrame(s);
        const [, xy, xz, , , yz] = structure.cell;
        expect([xy, xz, yz].map(Math.abs)).toEqual([0, 0, 0]);
        expect(Math.min(structure.cell[0], structure.cell[4], structure.cell[8])).toBeGreaterThan(0);
        expect(signedVolume(structure.cell) / volume(s.cell)).toBeCloseTo(1, 10);
        expectClose(turnBack(structure.positions, rotation), s.positions, 1e-12);
        expectClose(turnBack(structure.cell, rotation), s.cell, 1e-12);
        const outer = (u: ArrayLike<number>) => [0, 1, 2].flatMap((p) => [0, 1, 2].map((q) => u[p] * u[q]));
        expectClose(turnTensorBack(outer(structure.positions), rotation), outer(s.positions), 1e-10);
        const transposed = [0, 3, 6, 1, 4, 7, 2, 5, 8].map((k) => rotation[k]);
        expectClose(multiply3(rotation, transposed), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-14);
        expectSameDistances(parseLammpsData(formatLammpsData(s).text, 'd'), s);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a cell that is restricted already as it is', () => {
    const s = structureFrom(['Cu'], [0.1, 1 / 3, 7], [4, 0, 0, 0.1, 5, 0, -0.2, 0.3, 6]);
    expect(parseLammpsData(formatLammpsData(s, ['Cu', 'O'], 'charge').text, 'd')).toEqual(s);
  });

  const lmp = spawnSync('lmp', ['-h']).status === 0;
  if (!lmp && !process.env.CI) console.warn('skipped: LAMMPS (lmp) is not installed');
  it.skipIf(!lmp && !process.env.CI)('is read by LAMMPS, and reads what LAMMPS writes', () => {
    const s = structureFrom(['Cu', 'O', 'Cu'], [0, 0, 0, 2, 1, 1, 9, 9, 9], [5, 3, 0, -2, 6, 1, 1, 1, -7]);
    writeFileSync(join(root, 'a.data'), formatLammpsData(s).text);
    const script = [
      'atom_style atomic',
      'box tilt large',
      'read_data a.data',
      'pair_style zero 3',
      'pair_coeff * *',
      'write_data b.data',
    ];
    writeFileSync(join(root, 'in'), script.join('\n'));
    const run = spawnSync('lmp', ['-in', 'in', '-log', 'none'], { cwd: root, encoding: 'utf8' });
    expect(run.status, run.stdout).toBe(0);
    const back = readStructureFile(join(root, 'b.data'), { elements: s.elements });
    expect(symbolsOf(back)).toEqual(symbolsOf(s));
    expectSameDistances(back, s);
  });
});

const CIF = `# rock salt
data_NaCl
_cell_length_a 5.64(2)
_cell_length_b 5.64
_cell_length_c 5.64
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
_publ_section_title
;
loop_ is no loop here
;
loop_
_space_group_symop_operation_xyz
'x,y,z' 'x, y+1/2, z+1/2' "1/2+x,y,z+0.5" 'X+1/2,Y+1/2,Z'
loop_
_atom_site_label _atom_site_type_symbol
_atom_site_fract_x _atom_site_fract_y _atom_site_fract_z _atom_site_occupancy
Na1 Na1+ 0 0 0 1.0
Cl1 Cl1- 0.5000(3) 0.5 .5 1
`;

describe('CIF', () => {
  it('repeats the sites by the listed operations', () => {
    const s = parseCif(CIF, 'c');
    expect(symbolsOf(s)).toEqual([...Array(4).fill('Na'), ...Array(4).fill('Cl')]);
    const near = distances(s);
    expect(near[0]).toBeCloseTo(2.82, 12);
    expect(near.filter((d) => Math.abs(d - 2.82) < 1e-9)).toHaveLength(8 * 6);
  });

  it('puts atoms on special positions once, and reads hexagonal cells', () => {
    const zinc = `data_Zn
_cell_length_a 2.66
_cell_length_b 2.66
_cell_length_c 4.95
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 120
loop_
_symmetry_equiv_pos_as_xyz
x,y,z
-y,x-y,z
-x+y,-x,z
-x,-y,-z
y,-x+y,-z
x-y,x,-z
loop_
_atom_site.label
_atom_site.fract_x
_atom_site.fract_y
_atom_site.fract_z
Zn1 0.3333 0.6667 0.25
`;
    const s = parseCif(zinc, 'z');
    expect(symbolsOf(s)).toEqual(['Zn', 'Zn']);
    expect(volume(s.cell)).toBeCloseTo((Math.sqrt(3) / 2) * 2.66 ** 2 * 4.95, 10);
    expect(distances(s)[0]).toBeCloseTo(Math.min(2.66, Math.hypot(2.66 / Math.sqrt(3), 4.95 / 2)), 2);
  });

  it.each([
    [
      'occupancy',
      CIF.replace('0 0 0 1.0', '0 0 0 0.5'),
      /c:20 occupancy: got 0.5, must be 1; choose one ordered/,
    ],
    ['operation', CIF.replace('x,y,z', 'x,y'), /c:16 symmetry operation: got x,y, must be three terms/],
    ['singular operation', CIF.replace('x,y,z', 'x,x,z'), /symmetry operation: got x,x,z/],
    [
      'group alone',
      CIF.replace(/loop_\n_space[^\n]*\n[^\n]*\n/, ''),
      /c:9 space group: got F m -3 m, must be P 1, or its operations/,
    ],
    ['cell', CIF.replace('_cell_length_b 5.64', ''), /_cell_length_b: got nothing/],
    ['angles', CIF.replace('alpha 90', 'alpha 200'), /cell: got 5.64 5.64 5.64 200 90 90/],
    ['element', CIF.replace('Na1+', 'Qq'), /element: got Qq/],
    ['unknown coordinate', CIF.replace('Na1+ 0 0 0', 'Na1+ ? 0 0'), /fractional coordinate: got \?/],
    [
      'two sites at one place',
      CIF.replace('0.5000(3) 0.5 .5', '0 0.5 .5'),
      /site Cl1: got the place of site Na1/,
    ],
    ['two blocks', `${CIF}data_again\n`, /data block: got data_again, must be the only one/],
    ['loop', `${CIF}Cl2`, /loop_: got 13 values for 6 tags/],
    ['quotation', CIF.replace("'F m -3 m'", "'F m -3 m"), /quotation: got 'F m -3 m, must be closed/],
    ['text', CIF.replace('here\n;', 'here\n'), /text field: got ;, must be closed/],
  ])('says what is wrong: %s', (_, text, message) => {
    expect(messageOf(() => parseCif(text, 'c'))).toMatch(message);
  });

  it('survives mutation', () => neverThrowsAnythingElse(CIF, (text) => parseCif(text, 'c')));
});

describe('readStructureFile', () => {
  const s = structureFrom(['Cu', 'O'], [0, 0, 0, 1.5, 2, 3], [2, 0, 0, 0, 4, 0, 1, 0, 6]);

  it.each([
    ['a.xyz', formatXyz({ structure: s })],
    ['frame.dat', formatXyz({ structure: s })],
    ['POSCAR-1', POSCAR],
    ['b.vasp', POSCAR],
    ['structure.in', POSCAR],
    ['e.data', DATA],
    ['unnamed', DATA],
    ['f.cif', CIF],
    ['crystal.txt', CIF],
  ])('tells the format of %s', (name, text) => {
    writeFileSync(join(root, name), text);
    expect(readStructureFile(join(root, name)).species.length).toBeGreaterThan(1);
  });

  it('asks which frame is meant', () => {
    const path = join(root, 'many.xyz');
    const moved = { ...s, positions: s.positions.map((x) => x + 1) };
    writeFileSync(path, formatXyz({ structure: s }) + formatXyz({ structure: moved }));
    expect(() => readStructureFile(path)).toThrow(/got no choice among 2 frames, must be 1 to 2 or -1/);
    expect(() => readStructureFile(path, { frame: 3 })).toThrow(/got frame 3 among 2/);
    expect(readStructureFile(path, { frame: -1 })).toEqual(moved);
    expect(readStructureFile(path, { frame: 1 })).toEqual(s);
  });

  it('says so when it cannot', () => {
    expect(() => readStructureFile(join(root, 'absent.cif'))).toThrow(UserError);
    writeFileSync(join(root, 'README'), 'hello');
    expect(() => readStructureFile(join(root, 'README'))).toThrow(/README: got a file of unknown format/);
  });
});
