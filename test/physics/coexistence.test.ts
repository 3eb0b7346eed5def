import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { localStructure } from '../../src/analysis/localStructure.ts';
import { wasmBackend } from '../../src/backend/wasm/wasmBackend.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { atomCount } from '../../src/core/structure.ts';
import { halfMolten, meltingPoint } from '../../src/properties/coexistence.ts';

// The mechanics alone: a melting point takes tens of picoseconds and a thousand atoms.
describe('coexistence, in seconds', () => {
  const copper = potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] }));
  const dynamics = { backend: wasmBackend(1), potential: copper, signal: new AbortController().signal };
  const unit = crystal('fcc', ['Cu'], 3.615);
  const small = { repeat: [3, 3, 8], time: 1500, timestep: 3 } as const;

  it('begins with half a crystal below half a liquid', async () => {
    const s = await halfMolten(dynamics, unit, { low: 1000, high: 2500, ...small });
    expect(atomCount(s)).toBe(288);
    const codes = localStructure(s);
    const middle = s.cell[8] / 2;
    const share = (inside: (z: number) => boolean) => {
      const chosen = [...codes].filter((_, i) => inside(s.positions[3 * i + 2]));
      return chosen.filter((code) => code === 1).length / chosen.length;
    };
    expect(share((z) => z > 3 && z < middle - 5)).toBeGreaterThan(0.9);
    expect(share((z) => z > middle + 3 && z < s.cell[8] - 3)).toBeLessThan(0.2);
  });

  it('melts far above the melting point, and says so where it never grew', async () => {
    const { value, failure } = await meltingPoint(dynamics, unit, {
      low: 2500,
      high: 3100,
      tolerance: 400,
      ...small,
    });
    expect(value).toBeUndefined();
    expect(failure).toMatch(/did not grow even at 2500 K/);
  });

  it('stops when it is told to', async () => {
    const control = new AbortController();
    control.abort(new Error('enough'));
    const stopped = { ...dynamics, signal: control.signal };
    await expect(meltingPoint(stopped, unit, { low: 1000, high: 2000, ...small })).rejects.toThrow('enough');
  });
});
