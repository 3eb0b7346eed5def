import { describe, expect, it } from 'vitest';
import { normals, STREAM } from '../../src/core/philox.ts';
import { crystal } from '../../src/core/prototypes.ts';
import type { Structure } from '../../src/core/structure.ts';
import { supercell } from '../../src/core/structure.ts';
import { barriersOf, ownBarrier, pathEnergies, referencePoint } from '../../src/events/barrier.ts';
import { nudgedElasticBand } from '../../src/properties/band.ts';
import { refineSaddle } from '../../src/properties/dimer.ts';
import { type Evaluates, memberPotentials, plainly } from '../../src/properties/evaluates.ts';
import { relax } from '../../src/properties/relax.ts';
import { mullerBrown, pointAt, STATIONARY } from '../support/mullerBrown.ts';
import { toyLearnable } from '../support/toyLearnable.ts';

const surface = mullerBrown();
const TIGHT = { cell: false, force: 1e-6 } as const;

/** The barrier from the middle minimum to the last, each at its own rest position and saddle. */
async function pathOn(evaluates: Evaluates) {
  const rest = await relax(evaluates, pointAt(STATIONARY.middle.at), TIGHT);
  const last = await relax(evaluates, pointAt(STATIONARY.last.at), TIGHT);
  const { value } = await refineSaddle(evaluates, pointAt(STATIONARY.low.at), Float64Array.of(0.7, -0.7, 0), {
    force: 1e-5,
  });
  return {
    rest: rest.structure,
    last: last.structure,
    saddle: value!.structure,
    barrier: value!.energy - rest.energy,
  };
}

const mean = await pathOn(surface);

/** The surface with waves on it, whose size (eV) and phases `seed` decides. */
function wavy(seed: number, size: number): Evaluates {
  const waves = Array.from({ length: 6 }, (_, k) => {
    const four = normals(seed, STREAM.rattle, k, 0, new Float64Array(4)).slice();
    return { amplitude: (size * four[0]) / 2, k: [3 * four[1], 3 * four[2]], phase: 6 * four[3] };
  });
  return {
    async evaluate(s, want) {
      const e = await surface.evaluate(s, want);
      const [x, y] = s.positions;
      let energy = e.energy;
      const forces = e.forces.slice();
      for (const { amplitude, k, phase } of waves) {
        const angle = k[0] * x + k[1] * y + phase;
        energy += amplitude * Math.cos(angle);
        for (const a of [0, 1]) forces[a] += amplitude * k[a] * Math.sin(angle);
      }
      return { ...e, energy, forces };
    },
  };
}

const asked = async (reference: Evaluates, s: Structure) => {
  const { energy, forces } = await reference.evaluate(s, ['forces']);
  return referencePoint(surface, s, { energy, forces: forces.slice() });
};

describe('bar of a barrier, the reference asked', () => {
  it('holds the barrier of the reference at its own rest position and saddle', async () => {
    let [missed, shift, left] = [0, 0, 0];
    const trials = 60;
    for (let seed = 1; seed <= trials; seed++) {
      const reference = wavy(seed, 0.03);
      const points = { rest: await asked(reference, mean.rest), saddle: await asked(reference, mean.saddle) };
      const truth = (await pathOn(reference)).barrier;
      const path = { energies: [0, mean.barrier, 0], saddle: 1 };
      const { value, bar } = barriersOf(path, { first: points.rest, saddle: points.saddle }).forward;
      expect(value).toBe(mean.barrier);
      const own = ownBarrier(points.rest, points.saddle);
      if (Math.abs(truth - value) > bar || Math.abs(truth - own.value) > own.bar) missed++;
      shift += Math.abs(truth - value) / trials;
      left += Math.abs(truth - own.value) / trials;
    }
    expect(shift).toBeGreaterThan(0.01);
    // What second order leaves is small beside what the labels' energies alone tell.
    expect(left).toBeLessThan(shift / 20);
    expect(missed).toBeLessThanOrEqual(0.05 * trials);
  });

  it('is asked of the first and the last image apart', async () => {
    const reference = wavy(3, 0.03);
    const path = { energies: [0, mean.barrier, mean.barrier - 0.36], saddle: 1 };
    const [first, saddle] = [await asked(reference, mean.rest), await asked(reference, mean.saddle)];
    const { forward, backward } = barriersOf(path, { first, saddle });
    expect(forward.bar).toBeGreaterThan(0);
    expect(backward).toEqual({ value: expect.closeTo(0.36, 9), bar: Number.NaN });
  });
});

describe('energies of members at the images of the mean', () => {
  it('differ from those at their own saddles in second order only', async () => {
    const wrong = await Promise.all(
      [0.02, 0.01].map(async (tilt) => {
        const member = mullerBrown([tilt, -tilt]);
        const energy = async (s: Structure) => (await member.evaluate(s, [])).energy;
        const at = (await energy(mean.saddle)) - (await energy(mean.rest));
        return { off: at - (await pathOn(member)).barrier, change: at - mean.barrier };
      }),
    );
    expect(wrong[0].change / wrong[1].change).toBeCloseTo(2, 1);
    expect(Math.abs(wrong[0].off)).toBeGreaterThan(1e-5);
    expect(wrong[0].off / wrong[1].off).toBeCloseTo(4, 0);
    expect(Math.abs(wrong[0].off)).toBeLessThan(0.1 * Math.abs(wrong[0].change));
  });

  it('are those of each member alone, over its own first image', async () => {
    const base = toyLearnable(['Cu'], { wall: 2 });
    const coefficients = (k: number) =>
      Float64Array.from(
        { length: base.functionCount },
        (_, v) => Math.sin(1 + v) + 0.1 * Math.cos(v * (k + 1)),
      );
    const members = [0, 1, 2].map(coefficients);
    const ensemble = base.withParameters({ e0: new Float64Array(1), mean: coefficients(5), members });
    const start = supercell(crystal('fcc', ['Cu'], 3.6), [2, 2, 2]);
    const images = [0, 1, 2].map((k) => ({
      ...start,
      positions: start.positions.map((x, i) => x + (i === 4 ? 0.3 * k : 0)),
    }));
    const { energies, members: curves, spreads } = await pathEnergies(plainly(ensemble), images);
    expect(curves).toHaveLength(3);
    expect(spreads).toHaveLength(3);
    expect(Math.min(...spreads.slice(1))).toBeGreaterThan(1e-3);
    expect(energies[0]).toBe(0);
    for (const [m, member] of memberPotentials(ensemble).entries()) {
      const alone: number[] = [];
      for (const image of images) alone.push((await plainly(member).evaluate(image, [])).energy);
      curves[m].forEach((e, k) => {
        expect(e).toBeCloseTo(alone[k] - alone[0], 8);
      });
      expect(Math.abs(curves[m][2])).toBeGreaterThan(1e-3);
    }
    const { members: none } = await pathEnergies(surface, [mean.rest, mean.saddle]);
    expect(none).toEqual([]);
  });

  it('make the record of a path', async () => {
    const { value } = await nudgedElasticBand(surface, mean.rest, mean.last);
    const { energies } = await pathEnergies(surface, value!.images);
    const { forward, backward } = barriersOf({ energies, saddle: value!.saddle });
    expect(forward.value).toBeCloseTo(mean.barrier, 4);
    expect(backward.value - forward.value).toBeCloseTo(
      value!.energies[0] - value!.energies[value!.energies.length - 1],
      9,
    );
  });
});
