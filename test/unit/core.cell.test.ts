import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  completeCell,
  heights,
  inverse3,
  isOpenCell,
  multiply3,
  signedVolume,
  transformRows,
  volume,
} from '../../src/core/cell.ts';

const component = fc.double({ min: -5, max: 5, noNaN: true });
const cell = fc
  .array(component, { minLength: 9, maxLength: 9 })
  .map((c) => Float64Array.from(c))
  .filter((c) => Math.abs(signedVolume(c)) > 1);

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-10): void {
  expect(a.length).toBe(b.length);
  for (let k = 0; k < a.length; k++) expect(Math.abs(a[k] - b[k])).toBeLessThan(tolerance);
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

describe('cell', () => {
  it('is inverted, from either side', () => {
    fc.assert(
      fc.property(cell, (c) => {
        expectClose(multiply3(c, inverse3(c)), IDENTITY);
        expectClose(multiply3(inverse3(c), c), IDENTITY);
      }),
    );
  });

  it('multiplies rows from the left: fractional coordinates and back, in place too', () => {
    fc.assert(
      fc.property(cell, fc.array(component, { minLength: 6, maxLength: 6 }), (c, list) => {
        const rows = Float64Array.from(list);
        const fractional = transformRows(rows, inverse3(c), new Float64Array(6));
        expectClose(transformRows(fractional, c, fractional), rows);
        expectClose(transformRows(Float64Array.from(IDENTITY), c, new Float64Array(9)), c);
      }),
    );
  });

  it('has the volume a·(b×c), signed by its hand, that a product multiplies', () => {
    expect(signedVolume([2, 0, 0, 0, 3, 0, 0, 0, 4])).toBe(24);
    expect(signedVolume([0, 3, 0, 2, 0, 0, 0, 0, 4])).toBe(-24);
    expect(volume([0, 3, 0, 2, 0, 0, 0, 0, 4])).toBe(24);
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        expect(signedVolume(multiply3(a, b)) / (signedVolume(a) * signedVolume(b))).toBeCloseTo(1, 8);
      }),
    );
  });

  it('has heights one over the length of its reciprocal vectors', () => {
    expect(heights([2, 0, 0, 1, 3, 0, 5, 7, 4])[2]).toBe(4);
    fc.assert(
      fc.property(cell, (c) => {
        const inverse = inverse3(c);
        heights(c).forEach((h, k) => {
          expect(h * Math.hypot(inverse[k], inverse[3 + k], inverse[6 + k])).toBeCloseTo(1, 8);
        });
      }),
    );
  });

  it('is completed by unit vectors at right angles where directions are open', () => {
    fc.assert(
      fc.property(cell, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), (c, keep) => {
        const given = c.map((x, k) => (keep[Math.floor(k / 3)] ? x : 0));
        const full = completeCell(given);
        expect(isOpenCell(given)).toBe(!keep.includes(true));
        const row = (a: number) => full.subarray(3 * a, 3 * a + 3);
        const dot = (a: number, b: number) => row(a).reduce((sum, x, k) => sum + x * row(b)[k], 0);
        for (let a = 0; a < 3; a++) {
          if (keep[a]) expect(row(a)).toEqual(c.subarray(3 * a, 3 * a + 3));
          else expect(dot(a, a)).toBeCloseTo(1, 12);
          for (let b = 0; b < 3; b++)
            if (a !== b && !keep[a]) expect(Math.abs(dot(a, b))).toBeLessThan(1e-10);
        }
        expect(volume(full)).toBeGreaterThan(0);
      }),
    );
  });
});
