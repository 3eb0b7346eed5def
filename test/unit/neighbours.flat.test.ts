import { expect, it } from 'vitest';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { structureFrom } from '../../src/core/structure.ts';

it.each([3, 5, 10.2])('finds the neighbours in clusters without extent, cutoff %d Å', (cutoff) => {
  const line = structureFrom(['Cu', 'Cu', 'Cu'], [0, 0, 0, 2, 0, 0, 4, 0, 0]);
  const within = [0, 1, 2].map(
    (i) => [0, 1, 2].filter((j) => j !== i && 2 * Math.abs(i - j) < cutoff).length,
  );
  const { offsets } = buildNeighbours(line, cutoff);
  expect(within.map((_, i) => offsets[i + 1] - offsets[i])).toEqual(within);
  expect(buildNeighbours(structureFrom(['Cu'], [1, 1, 1]), cutoff).indices.length).toBe(0);
});
