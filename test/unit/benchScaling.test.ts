import { expect, it } from 'vitest';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { scaling } from '../../src/bench/scaling.ts';
import { scalingTable } from '../../src/bench/table.ts';

it('measures the sizes nearest to those asked for, and tells them in one table', async () => {
  const crystal = { prototype: 'fcc', elements: ['Cu'], a: 3.615 } as const;
  const found = await scaling(embeddedAtom(zhou(['Cu'], 4.2)), crystal, [100, 5e3], 2, 1);
  expect(found.map((f) => f.atoms)).toEqual([108, 5324]);
  for (const { rate, bytes } of found) {
    expect(rate).toBeGreaterThan(0);
    // Positions, forces and virials alone take 120.
    expect(bytes).toBeGreaterThan(120);
  }
  const size = (atoms: number, rate: number) => ({ atoms, rate, bytes: 825 });
  const table = scalingTable([
    ['small', [size(108, 128_720), size(1_000_188, 95_320)]],
    ['large', [size(108, 37_000), size(1_000_188, 25_000)]],
  ]);
  const words = table.split('\n').map((line) => line.trim().split(/\s+/).join(' '));
  expect(words).toEqual([
    'atoms small large',
    '108 128.72 ka/s 825 B 37.00 ka/s 825 B',
    '1000188 95.32 ka/s 825 B 25.00 ka/s 825 B',
  ]);
});
