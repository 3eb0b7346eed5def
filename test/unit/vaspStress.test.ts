import { describe, expect, it } from 'vitest';
import { parseXyz } from '../../src/io/extxyz.ts';
import { vaspStress } from '../../src/io/vaspStress.ts';

const frame = (stress: string) =>
  parseXyz(
    `1\nLattice="3 0 0 0 3 0 0 0 3" Properties=species:S:1:pos:R:3 kB="${stress}" pbc="T T T"\nSi 0 0 0\n`,
    'x.xyz',
  )[0];

describe('the stress of VASP', () => {
  it('is pressure in kB, XX YY ZZ XY YZ ZX', () => {
    const found = vaspStress(frame('1602.176634 2 3 4 5 6'), 'kB')!;
    expect(found[0]).toBeCloseTo(-1, 12);
    expect([...found].slice(1).map((x) => -x * 1602.176634)).toEqual(
      [2, 3, 5, 6, 4].map((x) => expect.closeTo(x, 9)),
    );
  });

  it('is absent where the key is, and refused where it is not six numbers', () => {
    expect(vaspStress(frame('1 2 3 4 5 6'), 'other')).toBeUndefined();
    expect(() => vaspStress(frame('1 2 3'), 'kB')).toThrow(/kB.*six finite numbers/);
  });
});
