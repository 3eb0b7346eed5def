import { expect, it } from 'vitest';
import { embeddedAtom } from '../../potentials/eam/embeddedAtom.ts';
import { zhou } from '../../potentials/eam/zhou.ts';
import { buildNeighbours } from '../../src/core/neighbours.ts';
import { crystal } from '../../src/core/prototypes.ts';
import type { Structure } from '../../src/core/structure.ts';
import { detectionSchema } from '../../src/events/options.ts';
import { restBasins } from '../../src/events/restBasins.ts';
import { normal } from '../support/alloys.ts';
import { vacancyHop } from '../support/vacancyHop.ts';

const copper = embeddedAtom(zhou(['Cu'], 5));
const evaluates = {
  cutoff: copper.cutoff,
  evaluate: async (s: Structure, want: Parameters<typeof copper.evaluate>[2]) =>
    copper.evaluate(s, buildNeighbours(s, copper.cutoff), want),
};
const { initial, final } = vacancyHop(crystal('fcc', ['Cu'], 3.615), [3, 3, 3]);

/** A frame of a hot crystal, as if. */
function shaken(s: Structure, seed: number) {
  const structure = { ...s, positions: s.positions.map((x, k) => x + 0.12 * normal(seed, k)) };
  return { step: 0, structure, velocities: new Float64Array(0), extended: new Float64Array(0) };
}

it('a basin is what frames come to rest in: thermal motion does not leave it, a hop does, and one can be back', async () => {
  const basins = restBasins(evaluates, detectionSchema.parse({}));
  await basins.enter(shaken(initial, 1));
  expect(await basins.changed(shaken(initial, 2))).toBe(false);
  expect(await basins.changed(shaken(final, 3))).toBe(true);
  await basins.enter(shaken(final, 3));
  expect(await basins.changed(shaken(final, 4))).toBe(false);
  expect(await basins.changed(shaken(initial, 5))).toBe(true);
});
