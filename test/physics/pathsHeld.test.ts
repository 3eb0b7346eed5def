import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { attemptFrequency, nearestAtoms } from '../../src/properties/attempt.ts';
import { nudgedElasticBand } from '../../src/properties/band.ts';
import { refineSaddle } from '../../src/properties/dimer.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import { relax } from '../../src/properties/relax.ts';
import { settlingLeft } from '../../src/properties/settling.ts';
import { vacancyHop } from '../support/vacancyHop.ts';

const copper = plainly(
  potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] })),
);
const unit = (await relax(copper, crystal('fcc', ['Cu'], 3.615), { cell: true })).structure;
const hop = vacancyHop(unit, [4, 4, 4]);
const rest = await relax(copper, hop.initial, { cell: false });
const saddle = await relax(copper, hop.middle, { cell: false });
const whole = saddle.energy - rest.energy;

/** The hop in the relaxed surroundings of its beginning, of which `mobile` atoms at most may move. */
async function among(mobile: number) {
  const free = nearestAtoms(rest.structure, [hop.hopping], mobile);
  const hold = Uint8Array.from(hop.initial.species, (_, i) => Number(!free.includes(i)));
  const positions = rest.structure.positions.slice();
  for (let k = 3 * hop.hopping; k < 3 * hop.hopping + 3; k++)
    positions[k] += hop.final.positions[k] - hop.initial.positions[k];
  const last = await relax(copper, { ...rest.structure, positions }, { cell: false, hold });
  const { value } = await nudgedElasticBand(copper, rest.structure, last.structure, { hold });
  expect(value!.converged).toBe(true);
  return { band: value!, hold, free: free.length };
}

const regions = [await among(20), await among(60), await among(140)];

describe('a path on which only a region moves', () => {
  it('lies too high by what the rest would give way, an energy that falls with the number of those that move', async () => {
    const high = regions.map(({ band }) => band.energies[band.saddle] - band.energies[0] - whole);
    expect(regions.map(({ free }) => free)).toEqual([18, 54, 137]);
    for (const { band, hold } of regions)
      for (const { positions } of band.images)
        positions.forEach((x, k) => {
          if (hold[Math.floor(k / 3)]) expect(x).toBe(rest.structure.positions[k]);
        });
    // Strains fall off as R⁻³: 3 to 4 eV over the number.
    expect(high[0]).toBeGreaterThan(0.1);
    const left: number[] = [];
    for (const { band } of regions) {
      const [top, last] = [band.images[band.saddle], band.images[band.images.length - 1]];
      const [atTop, atLast] = [await settlingLeft(copper, top), await settlingLeft(copper, last)];
      left.push(Math.abs(band.energies[band.saddle] + atTop.shift - rest.energy - whole));
      expect(atTop.evaluations).toBeLessThan(40);
      // Both ends are one rest position but for where the vacancy is.
      expect(Math.abs(band.energies[band.energies.length - 1] + atLast.shift - rest.energy)).toBeLessThan(
        2e-3,
      );
    }
    // In second order all of it is had from the forces on what was held.
    expect(left[0]).toBeLessThan(3e-3);
    expect(Math.max(...left.slice(1))).toBeLessThan(5e-4);
    high.forEach((e, k) => {
      expect(e * regions[k].free).toBeGreaterThan(2.5);
      expect(e * regions[k].free).toBeLessThan(4.5);
    });
  });

  it('ends at the saddle of the whole once all may move', async () => {
    const { band } = regions[1];
    const { value } = await refineSaddle(copper, band.images[band.saddle], band.mode);
    expect(Math.abs(value!.energy - rest.energy - whole)).toBeLessThan(1e-4);
    expect(value!.evaluations).toBeLessThan(80);
  });
});

describe('attempt frequency of a vacancy', () => {
  it('is some THz', async () => {
    const free = nearestAtoms(rest.structure, [hop.hopping], 20);
    expect(free).toHaveLength(18);
    const { value } = await attemptFrequency(copper, rest.structure, saddle.structure, free);
    expect(value!.saddle.filter((nu) => nu < 0)).toHaveLength(1);
    expect(value!.frequency).toBeGreaterThan(4);
    expect(value!.frequency).toBeLessThan(9);
  });
});
