import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { structureFrom } from '../../src/core/structure.ts';
import { appendDurable, writeFileAtomic } from '../../src/io/durable.ts';
import { parseXyz, readXyz, streamXyz } from '../../src/io/extxyz.ts';
import { formatXyz, writeXyz, type XyzOutput } from '../../src/io/writeXyz.ts';
import { isLabelled, labelOf, uncheckedLabelOf } from '../../src/io/xyzLabel.ts';
import { messageOf, mutation } from './ioFuzz.ts';

const folder = mkdtempSync(join(tmpdir(), 'serendip-io-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LABELLED = `2
Lattice="4 0 0 0 5 0 0 0 6" Properties=species:S:1:pos:R:3:REF_forces:R:3:tag:I:1:fixed:L:1 REF_energy=-1.5 REF_stress="1 2 3 4 5 6" pbc="T T F" name="a b"
Cu 0 0 0 0.5 0 0 7 T
Al 1.0d0 2 .25e1 -0.5 0 0 -8 F
`;

describe('extended XYZ', () => {
  it('reads cell, columns, info and the label', () => {
    const [frame] = parseXyz(LABELLED, 'a.xyz');
    expect(frame.structure.elements).toEqual(['Al', 'Cu']);
    expect([...frame.structure.species]).toEqual([1, 0]);
    expect([...frame.structure.positions]).toEqual([0, 0, 0, 1, 2, 2.5]);
    expect([...frame.structure.cell]).toEqual([4, 0, 0, 0, 5, 0, 0, 0, 6]);
    expect(frame.structure.periodic).toEqual([true, true, false]);
    expect(frame.columns.tag).toEqual(Int32Array.of(7, -8));
    expect(frame.columns.fixed).toEqual(Uint8Array.of(1, 0));
    expect(frame.info.name).toBe('a b');
    expect(frame.place.line).toBe(2);
    expect(labelOf(frame)).toEqual({
      energy: -1.5,
      forces: Float64Array.of(0.5, 0, 0, -0.5, 0, 0),
      stress: Float64Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  it('takes a plain XYZ file as an isolated cluster', () => {
    const [frame] = parseXyz('1\nwater, or the "like\nO 0 0 0\n\n', 'w.xyz');
    expect(frame.structure.periodic).toEqual([false, false, false]);
    expect([...frame.structure.cell]).toEqual(Array(9).fill(0));
    expect(frame.info.comment).toBe('water, or the "like');
    expect(isLabelled(frame)).toBe(false);
  });

  it.each([
    ['quoted with escapes', 'a="x \\"y\\" \\\\ z\\n"', { a: 'x "y" \\ z\n' }],
    ['braces and brackets', 'a={1 2} b=[[1, 2], [3, 4]]', { a: '1 2', b: '[1, 2], [3, 4]' }],
    ['blanks around =', 'a = 1 b= 2', { a: '1', b: '2' }],
    ['flags and = in values', 'flag url=x?a=1', { flag: 'T', url: 'x?a=1' }],
    ['single quotes', "a='1 2' 'b c'=3", { a: '1 2', 'b c': '3' }],
  ])('parses comment lines: %s', (_, comment, info) => {
    expect({ ...parseXyz(`1\n${comment}\nH 0 0 0`, 'c.xyz')[0].info }).toEqual(info);
  });

  it('looks for labels in the stated order', () => {
    const energy = (info: string) =>
      labelOf(parseXyz(`1\n${info} Properties=species:S:1:pos:R:3:force:R:3\nH 0 0 0 1 2 3`, 'e.xyz')[0])
        .energy;
    expect(energy('Energy=4 free_energy=3 energy=2 REF_energy=1')).toBe(1);
    expect(energy('Energy=4 free_energy=3 energy=2')).toBe(2);
    expect(energy('Energy=4 free_energy=3')).toBe(3);
    expect(energy('Energy=4')).toBe(4);
  });

  it('turns a virial into a stress: −W/V, nine numbers symmetric, in Voigt order', () => {
    const stress = (info: string) =>
      labelOf(
        parseXyz(
          `1\nLattice="2 0 0 0 2 0 0 0 2" energy=1 ${info} Properties=species:S:1:pos:R:3:force:R:3\nH 0 0 0 1 2 3`,
          's.xyz',
        )[0],
      ).stress;
    expect(stress('virial="8 48 40 48 16 32 40 32 24"')).toEqual(Float64Array.of(-1, -2, -3, -4, -5, -6));
    expect(stress('stress="1 6 5 6 2 4 5 4 3"')).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(stress('stress="9 9 9 9 9 9" virial="8 0 0 0 0 0"')?.[0]).toBe(-1);
    expect(stress('REF_stress="3 0 0 0 0 0" virial="8 0 0 0 0 0"')?.[0]).toBe(3);
    expect(stress('')).toBeUndefined();
    expect(() => stress('stress="1 2 3 4 5 6 7 8 9"')).toThrow(/symmetric/);
    expect(() => stress('stress="1 2 3"')).toThrow(/6 or 9 numbers/);
  });

  it('never takes a missing label for zero, nor NaN for a label', () => {
    const frame = (info: string, column: string) =>
      parseXyz(
        `1\n${info} Properties=species:S:1:pos:R:3${column}\nH 0 0 0${column && ' nan 0 0'}`,
        'm.xyz',
      )[0];
    expect(() => labelOf(frame('a=1', ':forces:R:3'))).toThrow(
      'm.xyz:2 energy: got none, must be REF_energy or energy or free_energy or Energy; ',
    );
    expect(() => labelOf(frame('energy=1', ''))).toThrow(/m.xyz:2 forces: got none/);
    expect(() => labelOf(frame('energy=1', ':forces:R:3'))).toThrow(/force on atom 0: got NaN/);
    expect(uncheckedLabelOf(frame('energy=1', ':forces:R:3')).forces[0]).toBeNaN();
  });

  it.each([
    ['count', 'x\n\nH 0 0 0', /f.xyz:1 number of atoms: got x, must be a whole number ≥ 1; /],
    ['cut off', '3\n\nH 0 0 0', /f.xyz:1 frame: got 1 atoms before the end of the file, must be 3 atoms; /],
    ['words', '1\n\nH 0 0', /f.xyz:3 atom: got 3 words, must be the 4 words/],
    ['position', '1\n\nH 0 0 1e', /f.xyz:3 position: got 1e, must be a finite number/],
    ['infinite position', '1\n\nH 0 0 inf', /f.xyz:3 position: got inf/],
    ['element', '1\n\nXq 0 0 0', /f.xyz:3 species: got Xq, must be a chemical symbol/],
    ['lattice', '1\nLattice="1 2"\nH 0 0 0', /f.xyz:2 Lattice: got 2 numbers, must be 9/],
    ['flat cell', '1\nLattice="1 0 0 2 0 0 0 0 1"\nH 0 0 0', /linearly dependent/],
    ['pbc', '1\npbc="T T T"\nH 0 0 0', /f.xyz:2 pbc: got T T T with no lattice vector a/],
    ['quote', '1\na="b\nH 0 0 0', /must be closed with "/],
    ['twice', '1\na=1 a=2\nH 0 0 0', /f.xyz:2 a: got it twice/],
    ['properties', '1\nProperties=species:S:1:pos:Q:3\nH 0 0 0', /must be name:type:width/],
    ['empty', '\n\n', /f.xyz:1 frames: got none/],
  ])('says what is wrong: %s', (_, text, message) => {
    expect(messageOf(() => parseXyz(text, 'f.xyz'))).toMatch(message);
  });
});

const real = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0));
const anyReal = fc.oneof(fc.double(), fc.constant(-0));
const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const output: fc.Arbitrary<XyzOutput> = fc.integer({ min: 1, max: 5 }).chain((n) =>
  fc.record({
    structure: fc
      .record({
        symbols: fc.array(fc.constantFrom('H', 'Cu', 'W', 'Si'), { minLength: n, maxLength: n }),
        positions: fc.array(real, { minLength: 3 * n, maxLength: 3 * n }),
        open: fc.boolean(),
        side: fc.array(fc.double({ min: 1, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }),
        shear: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }),
        pbc: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      })
      .map(({ symbols, positions, open, side: [a, b, c], shear: [x, y, z], pbc }) =>
        open
          ? structureFrom(symbols, positions)
          : structureFrom(symbols, positions, [a, 0, 0, x, b, 0, y, z, c], pbc),
      ),
    label: fc.record({
      energy: anyReal,
      forces: fc.array(anyReal, { minLength: 3 * n, maxLength: 3 * n }).map((f) => Float64Array.from(f)),
      stress: fc.array(anyReal, { minLength: 6, maxLength: 6 }).map((f) => Float64Array.from(f)),
    }),
    info: fc.dictionary(
      fc.string().filter((k) => k !== '' && !/Lattice|pbc|Properties/.test(k)),
      fc.string({ unit: 'binary' }).filter((s) => !s.includes('\r')),
      { maxKeys: 4 },
    ),
    columns: fc.dictionary(
      word,
      fc.oneof(
        fc.array(anyReal, { minLength: 2 * n, maxLength: 2 * n }).map((c) => Float64Array.from(c)),
        fc.array(fc.integer(), { minLength: n, maxLength: n }).map((c) => Int32Array.from(c)),
        fc
          .array(fc.integer({ min: 0, max: 1 }), { minLength: n, maxLength: n })
          .map((c) => Uint8Array.from(c)),
        fc.array(word, { minLength: n, maxLength: n }),
      ),
      { maxKeys: 3 },
    ),
  }),
);

const bits = (x: Float64Array) => new BigUint64Array(x.buffer, x.byteOffset, x.length);

describe('extended XYZ properties', () => {
  it('reads back bitwise what it wrote', () => {
    fc.assert(
      fc.property(fc.array(output, { minLength: 1, maxLength: 3 }), (frames) => {
        const back = parseXyz(frames.map(formatXyz).join(''), 'r.xyz');
        expect(back.length).toBe(frames.length);
        back.forEach((frame, k) => {
          expect(frame.structure).toEqual(frames[k].structure);
          expect(bits(frame.structure.positions)).toEqual(bits(frames[k].structure.positions));
          expect(uncheckedLabelOf(frame)).toEqual(frames[k].label);
          for (const [key, value] of Object.entries(frames[k].info ?? {}))
            expect(frame.info[key]).toBe(value);
          for (const [key, value] of Object.entries(frames[k].columns ?? {}))
            expect(frame.columns[key]).toEqual(value);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('either parses a mutated file or says what is wrong', () => {
    const valid = LABELLED + formatXyz({ structure: structureFrom(['H'], [0, 0, 0]) });
    let refused = 0;
    fc.assert(
      fc.property(mutation(valid), (text) => {
        try {
          for (const frame of parseXyz(text, 'z.xyz')) if (isLabelled(frame)) labelOf(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          refused++;
        }
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

describe('files', () => {
  it('replaces a file as a whole and leaves nothing else behind', () => {
    const path = join(folder, 'a.xyz');
    writeFileAtomic(path, 'old');
    writeXyz(path, [{ structure: structureFrom(['H'], [0, 0, 0]) }]);
    expect(readXyz(path)).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['a.xyz']);
    expect(() => writeFileAtomic(join(folder, 'none', 'b'), '')).toThrow(/ENOENT/);
    appendDurable(path, 'more');
    expect(readFileSync(path, 'utf8')).toMatch(/H 0 0 0\nmore$/);
  });

  it('streams the same frames as it reads at once, and notices a cut', async () => {
    const path = join(folder, 's.xyz');
    writeFileAtomic(path, `\n${LABELLED}\n${LABELLED}`);
    const streamed = [];
    for await (const frame of streamXyz(path)) streamed.push(frame);
    expect(streamed).toEqual(readXyz(path));
    writeFileAtomic(path, LABELLED + LABELLED.slice(0, -40));
    await expect(async () => {
      for await (const _ of streamXyz(path));
    }).rejects.toThrow(/s.xyz:5 frame: got 1 atoms/);
  });

  const data = new URL('../../../shared/data/', import.meta.url);
  const absent = !existsSync(data) && !process.env.CI;
  if (absent) console.warn('skipped: published data sets are absent (../shared/data)');
  it.skipIf(absent)('reads published data sets and writes them back bitwise', () => {
    const frames = ['Cu_df2_1k.xyz', 'mlearn/Si.test.xyz', 'Al_fhiaims_small.xyz', 'W/elastic.xyz'].flatMap(
      (name) => readXyz(new URL(name, data).pathname),
    );
    expect(frames.length).toBeGreaterThan(1000);
    const back = parseXyz(frames.map(formatXyz).join(''), 'back');
    back.forEach((frame, k) => {
      expect(Number.isFinite(labelOf(frame).energy)).toBe(true);
      expect({ ...frame, place: 0 }).toEqual({ ...frames[k], place: 0 });
    });
  });
});
