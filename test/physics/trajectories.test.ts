import { describe, expect, test } from 'vitest';
import { selfDiffusion, squareDisplacements } from '../../src/analysis/displacement.ts';
import { firstShell, pairDistribution } from '../../src/analysis/pairDistribution.ts';
import { normals, STREAM } from '../../src/core/philox.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, structureFrom, supercell } from '../../src/core/structure.ts';

describe('pair distribution', () => {
  const a = 3.6;

  test('the first shell of fcc holds 12 neighbours at a/√2', () => {
    const found = pairDistribution([supercell(crystal('fcc', ['Cu'], a), [3, 3, 3])], 8, 160);
    expect(found.density).toBeCloseTo(4 / a ** 3, 12);
    const shell = firstShell(found)!;
    expect(shell.distance).toBeCloseTo(a / Math.SQRT2, 1);
    expect(shell.neighbours).toBeCloseTo(12, 6);
  });

  test('is one everywhere for an ideal gas', () => {
    const gas = Array.from({ length: 4 }, (_, k) => {
      const gauss = new Float64Array(4);
      const positions = Float64Array.from({ length: 3 * 400 }, (_, i) => {
        if (i % 3 === 0) normals(7, STREAM.velocities, k, i, gauss);
        // Far wider than the cell, so that they lie in it anywhere.
        return 1e3 * gauss[i % 3];
      });
      return structureFrom(Array(400).fill('Ar'), positions, [20, 0, 0, 0, 20, 0, 0, 0, 20]);
    });
    const { g } = pairDistribution(gas, 8, 16);
    for (const value of g.slice(4)) expect(Math.abs(value - 1)).toBeLessThan(0.05);
  });
});

describe('displacement', () => {
  const cell = [10, 0, 0, 0, 10, 0, 0, 0, 10];

  test('follows an atom through the boundary and takes off the drift', () => {
    const at = (x: number) => structureFrom(['Cu', 'Cu'], [x % 10, 0, 0, 5, 5, 5], cell);
    // One of two atoms moves 12 Å: each is 6 Å from where it was, seen from their common centre.
    expect(squareDisplacements([at(0), at(4), at(8), at(12)]).at(-1)![0]).toBeCloseTo(36, 10);
  });

  test('a random walk diffuses as its steps say, within the interval', () => {
    const [atoms, steps, width] = [200, 150, 0.2];
    const gauss = new Float64Array(4);
    const frames: Structure[] = [];
    const positions = new Float64Array(3 * atoms);
    for (let k = 0; k < steps; k++) {
      frames.push(structureFrom(Array(atoms).fill('Cu'), positions, cell));
      for (let i = 0; i < atoms; i++) {
        normals(11, STREAM.velocities, k, i, gauss);
        for (let x = 0; x < 3; x++) positions[3 * i + x] += width * gauss[x];
      }
    }
    const [found] = selfDiffusion(
      frames,
      frames.map((_, k) => 50 * k),
    )!;
    // ⟨Δr²⟩ = 3 w² for each step of 50 fs.
    const expected = width ** 2 / (2 * 50);
    expect(found.half).toBeLessThan(0.5 * expected);
    expect(Math.abs(found.mean - expected)).toBeLessThan(found.half);
    expect(selfDiffusion(frames.slice(0, 10), [])).toBeUndefined();
  });
});
