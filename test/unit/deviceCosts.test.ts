import { describe, expect, it } from 'vitest';
import { aceCosts } from '../../src/backend/webgpu/costs.ts';
import { drawnAlloy } from '../support/alloys.ts';

describe('costs on the device', () => {
  const potential = drawnAlloy('ChebExpCos');
  const at = (neighbours: number, listed = neighbours) => aceCosts(potential, 0, { neighbours, listed });

  it('are linear in neighbours, and those of products do not depend on them', () => {
    const [none, some, more] = [at(0), at(50), at(100)];
    for (const what of ['flops', 'cacheBytes', 'memoryBytes'] as const) {
      expect(more.forces[what] - some.forces[what]).toBe(some.forces[what] - none.forces[what]);
      expect(at(50, 60).forces[what]).toBeGreaterThan(some.forces[what]);
    }
    const phase = (c: typeof none, name: string) => c.phases.find((p) => p.phase === name);
    expect(phase(more, 'backwards')).toEqual(phase(none, 'backwards'));
  });

  it('of sums over neighbours are those of the loops, harmonic by harmonic', () => {
    const K = 5;
    const harmonics = 10;
    const flops = (n: number) => at(n).phases.find((p) => p.phase === 'expand')!.flops;
    // Fours of radial functions, real and imaginary parts, a multiplication and an addition.
    const sums = 8 * 2 * 2 * harmonics;
    expect(flops(1)).toBeGreaterThan(sums);
    expect(flops(1)).toBeLessThan(sums + 2 * 40 + 6 * (harmonics + 3 + K + 2) + 1);
  });

  it('of a grade grow with the square of the functions', () => {
    const size = potential.tables.centres[0].functionCount;
    const { flops } = at(50).phases.find((p) => p.phase === 'grade')!;
    expect(flops).toBeGreaterThanOrEqual(2 * size * size);
    expect(flops).toBeLessThan(2 * size * (size + 64));
  });
});
