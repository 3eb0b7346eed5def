import { describe, expect, it } from 'vitest';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { supercell } from '../../src/core/structure.ts';
import { relaxMobile } from '../../src/extract/relax.ts';
import { rattled } from '../support/gradedGupta.ts';
import { gupta } from '../support/gupta.ts';

const potential = gupta(3.4);
const hot = rattled(supercell(crystal('fcc', ['Cu'], 3.6), [3, 3, 3]), 0.1);
const evaluate = (s: typeof hot) => potential.evaluate(s, buildNeighbours(s, 3.4), ['forces']);
const mobile = Uint8Array.from(hot.species, (_, i) => Number(i % 3 === 0));
const force = (s: typeof hot, which: number) =>
  Math.max(
    ...evaluate(s)
      .forces.filter((_, k) => mobile[Math.floor(k / 3)] === which)
      .map(Math.abs),
  );

describe('relaxMobile', () => {
  it('lowers the energy by moving the mobile atoms alone, and leaves its input as it was', () => {
    const before = hot.positions.slice();
    const relaxed = relaxMobile(hot, mobile, potential, 200, 1e-3);
    expect(hot.positions).toEqual(before);
    expect(evaluate(relaxed).energy).toBeLessThan(evaluate(hot).energy - 0.1);
    expect(force(hot, 1)).toBeGreaterThan(0.5);
    expect(force(relaxed, 1)).toBeLessThan(1e-3);
    expect(force(relaxed, 0)).toBeGreaterThan(0.1);
    relaxed.positions.forEach((v, k) => {
      if (!mobile[Math.floor(k / 3)]) expect(v).toBe(before[k]);
    });
  });

  it('stops at once where it is calm, and after the steps it may take', () => {
    expect(relaxMobile(hot, mobile, potential, 50, 1e3).positions).toEqual(hot.positions);
    const few = relaxMobile(hot, mobile, potential, 2, 1e-6);
    const moves = few.positions.map((v, k) => Math.abs(v - hot.positions[k]));
    expect(Math.max(...moves)).toBeGreaterThan(0);
    expect(Math.max(...moves)).toBeLessThanOrEqual(0.2);
  });
});
