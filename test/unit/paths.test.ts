import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { closestPair } from '../../src/core/closestPair.ts';
import { uniforms } from '../../src/core/philox.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { type Structure, structureFrom } from '../../src/core/structure.ts';
import { attemptFrequency, normalModes } from '../../src/properties/attempt.ts';
import { nudgedElasticBand } from '../../src/properties/band.ts';
import { lowestCurvatures } from '../../src/properties/curvatures.ts';
import { refineSaddle } from '../../src/properties/dimer.ts';
import { type Evaluates, plainly } from '../../src/properties/evaluates.ts';
import { hessianOf } from '../../src/properties/hessian.ts';
import { interpolated } from '../../src/properties/interpolate.ts';
import { minimumEnergyPath } from '../../src/properties/minimumEnergyPath.ts';
import { pathEnds } from '../../src/properties/pathEnds.ts';
import { forceConstants, phononFrequencies, TERAHERTZ } from '../../src/properties/phonons.ts';
import { relax } from '../../src/properties/relax.ts';
import { settlingEnergy } from '../../src/properties/settling.ts';
import { adatomMoves } from '../support/adatomMoves.ts';
import { mullerBrown, pointAt, STATIONARY, UNIT } from '../support/mullerBrown.ts';
import { vacancyHop } from '../support/vacancyHop.ts';

const surface = mullerBrown();
const settled = async (at: readonly number[]) =>
  (await relax(surface, pointAt(at), { cell: false, force: 1e-6 })).structure;
const first = await settled(STATIONARY.first.at);
const middle = await settled(STATIONARY.middle.at);
const last = await settled(STATIONARY.last.at);

const copper = plainly(
  potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Cu'] })),
);
const aluminium = plainly(
  potentials.create(potentials.schema.parse({ kind: 'eam', set: 'zhou', elements: ['Al'] })),
);
const unit = (await relax(copper, crystal('fcc', ['Cu'], 3.61), { cell: true })).structure;
const hop = vacancyHop(unit, [2, 2, 2]);
const atRest = async (s: Structure) => (await relax(copper, s, { cell: false, force: 1e-5 })).structure;
const rest = await atRest(hop.initial);
const saddle = await atRest(hop.middle);

describe('band on the surface of Müller and Brown', () => {
  it.each([
    ['first', 'middle', 'high', first, middle],
    ['middle', 'last', 'low', middle, last],
    ['first', 'last', 'high', first, last],
  ] as const)('finds the published saddle from %s to %s', async (_, __, name, from, to) => {
    const { value } = await nudgedElasticBand(surface, from, to);
    expect(value!.converged).toBe(true);
    const top = value!.images[value!.saddle].positions;
    expect(value!.energies[value!.saddle] / UNIT).toBeCloseTo(STATIONARY[name].energy, 1);
    for (const x of [0, 1]) expect(Math.abs(top[x] - STATIONARY[name].at[x])).toBeLessThan(2e-3);
  });

  it('is refined by a dimer to where forces end, and climbs to it from aside', async () => {
    const aside = pointAt([STATIONARY.low.at[0] + 0.1, STATIONARY.low.at[1] + 0.08]);
    const found = await refineSaddle(surface, aside, Float64Array.of(1, 0, 0), { force: 1e-5 });
    const { structure, energy, force, curvature, mode } = found.value!;
    expect(force).toBeLessThan(1e-5);
    expect(energy / UNIT).toBeCloseTo(STATIONARY.low.energy, 2);
    expect(structure.positions[0]).toBeCloseTo(STATIONARY.low.at[0], 2);
    const H = await hessianOf(surface, structure, [0], 1e-4);
    const { realEigenvalues } = new EigenvalueDecomposition(square(H), { assumeSymmetric: true });
    expect(curvature / Math.min(...realEigenvalues)).toBeCloseTo(1, 1);
    expect(Math.hypot(...mode)).toBeCloseTo(1, 9);
  });

  it('goes by the minimum between, over both saddles', async () => {
    const { value } = await minimumEnergyPath(surface, first, last);
    expect(value!.converged).toBe(true);
    expect(value!.saddles.map((k) => Math.round(value!.energies[k] / UNIT))).toEqual([-41, -72]);
    expect(value!.rests.map((k) => Math.round(value!.energies[k] / UNIT))).toEqual([-147, -81, -108]);
    expect(value!.saddle).toBe(value!.saddles[0]);
    expect(value!.curvatures[0]).toBeLessThan(-5);
    expect(value!.curvatures[1]).toBeGreaterThan(1);
    const steps = value!.distances.slice(1).map((d, k) => d - value!.distances[k]);
    expect(Math.min(...steps)).toBeGreaterThan(0);
  });

  it('takes more images where the barrier fits between two', async () => {
    const steep: Evaluates = {
      async evaluate({ positions: [x, y, z] }, want) {
        const hill = 0.6 * Math.exp(-(((x - 0.5) / 0.25) ** 2));
        const forces = Float64Array.of(-0.1 * (x - 4) + (hill * 2 * (x - 0.5)) / 0.25 ** 2, -5 * y, -5 * z);
        const energy = 0.05 * (x - 4) ** 2 + hill + 2.5 * (y * y + z * z);
        return { ...(await surface.evaluate(first, want)), energy, forces };
      },
    };
    const at = async (x: number) =>
      (await relax(steep, pointAt([x, 0]), { cell: false, force: 1e-6 })).structure;
    const [from, to] = [await at(0), await at(3.9)];
    const coarse = await nudgedElasticBand(steep, from, to, { images: 3 });
    expect(coarse.value).toMatchObject({
      converged: false,
      failure: expect.stringMatching(/take more of them/),
    });
    const { value } = await minimumEnergyPath(steep, from, to, { images: 3 });
    expect(value!.converged).toBe(true);
    expect(value!.images).toHaveLength(9);
    // Where the slope of the hill is that of the bowl.
    const top = (await refineSaddle(steep, pointAt([0.5, 0]), Float64Array.of(1, 0, 0), { force: 1e-6 }))
      .value!;
    expect(top.structure.positions[0]).toBeCloseTo(0.48158, 4);
    expect(value!.energies[value!.saddle]).toBeCloseTo(top.energy, 4);
  });

  it('takes up a former path where it was', async () => {
    const tilted = mullerBrown([0.02, -0.01]);
    const there = async (s: Structure) => (await relax(tilted, s, { cell: false, force: 1e-6 })).structure;
    const [from, to] = [await there(first), await there(middle)];
    const fresh = (await nudgedElasticBand(tilted, from, to)).value!;
    const { images } = (await nudgedElasticBand(surface, first, middle)).value!;
    const again = (await nudgedElasticBand(tilted, from, to, { guess: images })).value!;
    expect(again.converged).toBe(true);
    expect(again.energies[again.saddle]).toBeCloseTo(fresh.energies[fresh.saddle], 4);
    expect(again.rounds).toBeLessThan(fresh.rounds);
  });

  it('says why there is no path', async () => {
    const fails = async (from: Structure, to: Structure) =>
      (await nudgedElasticBand(surface, from, to)).failure;
    expect(await fails(first, first)).toMatch(/one rest position/);
    expect(await fails(first, pointAt([0, 0]))).toMatch(/last end is not at rest/);
    const { value } = await nudgedElasticBand(surface, first, last, { steps: 3 });
    expect(value).toMatchObject({
      converged: false,
      rounds: 3,
      failure: expect.stringMatching(/after 3 rounds/),
    });
  });
});

describe('ends of a path', () => {
  it.each([
    [7.3, -7.2, 0.1],
    [unit.cell[0], unit.cell[0] - 0.01, 101],
  ])(
    'are brought near each other through the faces of the cell, without a drift of %d %d %d Å',
    (...drift) => {
      const positions = hop.final.positions.map((x, k) => x + drift[k % 3] + (k < 3 ? unit.cell[0] * 2 : 0));
      const { value } = pathEnds(hop.initial, { ...hop.final, positions });
      const moves = value!.final.positions.map((x, k) => x - hop.initial.positions[k]);
      const far = Math.hypot(...moves.subarray(3 * hop.hopping, 3 * hop.hopping + 3));
      const n = hop.initial.species.length;
      expect(far).toBeCloseTo((unit.cell[0] / Math.SQRT2) * (1 - 1 / n), 6);
      expect(Math.abs(moves.reduce((sum, x) => sum + x, 0))).toBeLessThan(1e-9);
    },
  );

  it('must have one cell, the same atoms, and held atoms in one place', () => {
    const wide = { ...hop.final, cell: hop.final.cell.map((x) => 1.001 * x) };
    expect(pathEnds(hop.initial, wide).failure).toMatch(/cells of the ends differ by 0.10 %/);
    const other = { ...hop.final, elements: ['Al'] };
    expect(pathEnds(hop.initial, other).failure).toMatch(/other atoms/);
    const hold = new Uint8Array(31).fill(1);
    expect(pathEnds(hop.initial, hop.final, hold).failure).toMatch(/held atoms lie up to 2.56 Å apart/);
    hold[hop.hopping] = 0;
    expect(pathEnds(hop.initial, hop.final, hold).value).toBeDefined();
  });
});

describe('first guess', () => {
  it('keeps atoms apart that straight lines would lead into each other', async () => {
    const swap = hop.initial.positions.slice();
    const other = [...hop.initial.species.keys()].find(
      (i) => i !== hop.hopping && distanceOf(hop.initial, i, hop.hopping) < 2.7,
    )!;
    for (let x = 0; x < 3; x++) {
      swap[3 * hop.hopping + x] = hop.initial.positions[3 * other + x];
      swap[3 * other + x] = hop.initial.positions[3 * hop.hopping + x];
    }
    const images = await interpolated(
      { initial: hop.initial, final: { ...hop.initial, positions: swap } },
      9,
    );
    const least = images.map((positions) => distanceOf({ ...hop.initial, positions }, other, hop.hopping));
    expect(Math.min(...least)).toBeGreaterThan(1.2);
    const lengths = images.slice(1).map((image, k) => Math.hypot(...image.map((x, i) => x - images[k][i])));
    expect(Math.max(...lengths) / Math.min(...lengths)).toBeLessThan(1.5);
  });

  it('pushes nothing that hardly moves among its neighbours', async () => {
    const unit = (await relax(aluminium, crystal('fcc', ['Al'], 4.05), { cell: true })).structure;
    const { initial, corner } = await adatomMoves(aluminium, unit, [3, 3, 4]);
    const { initial: start, final } = pathEnds(initial, await corner()).value!;
    const images = await interpolated({ initial: start, final }, 9);
    const far = [...start.species.keys()].map((i) =>
      Math.hypot(...[0, 1, 2].map((x) => final.positions[3 * i + x] - start.positions[3 * i + x])),
    );
    expect(far.filter((f) => f > 2)).toHaveLength(2);
    for (const image of images) expect(closestPair({ ...start, positions: image })).toBeGreaterThan(2.1);
  });
});

describe('first guess of three atoms', () => {
  it('has no force of the published function across it', async () => {
    const at = (...positions: number[]) => structureFrom(['Cu', 'Cu', 'Cu'], positions);
    const [initial, final] = [at(0, 0, 0, 2.5, 0, 0, 1.2, 2, 0), at(-0.2, 0, 0, 2.6, 0.1, 0, 1, -2.2, 0.8)];
    const images = await interpolated({ initial, final }, 5);
    const bonds = [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const;
    const lengths = (r: Float64Array) =>
      bonds.map(([i, j]) => Math.hypot(...[0, 1, 2].map((x) => r[3 * i + x] - r[3 * j + x])));
    const [from, to] = [lengths(initial.positions), lengths(final.positions)];
    const closest = Math.min(...from, ...to);
    const S = (r: Float64Array, part: number) =>
      lengths(r).reduce(
        (sum, d, p) => sum + 2.5 * (closest / d) ** 4 * (from[p] + part * (to[p] - from[p]) - d) ** 2,
        0,
      );
    for (let k = 1; k < 4; k++) {
      const force = images[k].map((_, i) => {
        const moved = (by: number) => S(images[k].with(i, images[k][i] + by), k / 4);
        return (moved(-1e-5) - moved(1e-5)) / 2e-5;
      });
      const way = images[k + 1].map((x, i) => x - images[k - 1][i]);
      const tau = way.map((x) => x / Math.hypot(...way));
      const along = force.reduce((sum, f, i) => sum + f * tau[i], 0);
      const across = force.map((f, i) => f - along * tau[i]);
      for (const i of [0, 1, 2]) expect(Math.hypot(...across.subarray(3 * i, 3 * i + 3))).toBeLessThan(0.1);
    }
    // A straight line is far from that.
    const half = initial.positions.map((x, i) => (x + final.positions[i]) / 2);
    expect(S(half, 0.5)).toBeGreaterThan(2 * S(images[2], 0.5));
  });
});

describe('curvatures', () => {
  const atoms = Array.from(rest.species, (_, i) => i);

  it.each([
    ['at a saddle', saddle, undefined],
    ['with atoms held', saddle, 20],
    ['at rest, where several are equal', rest, undefined],
  ] as const)('are the least eigenvalues of all second derivatives %s', async (_, s, from) => {
    const free = atoms.slice(0, from);
    const hold = Uint8Array.from(atoms, (i) => Number(i >= free.length));
    const H = await hessianOf(copper, s, free, 1e-3);
    const { realEigenvalues } = new EigenvalueDecomposition(square(H), { assumeSymmetric: true });
    const expected = realEigenvalues.filter((c) => Math.abs(c) > 1e-6).sort((a, b) => a - b);
    const { values, converged, evaluations } = await lowestCurvatures(copper, s, {
      count: 3,
      hold,
      residual: 1e-3,
      step: 1e-3,
    });
    expect(converged).toBe(true);
    expect(evaluations).toBeLessThan(2 * 3 * free.length + 1);
    values.forEach((c, k) => {
      expect(c).toBeCloseTo(expected[k], 4);
    });
    expect(values.filter((c) => c < -0.1)).toHaveLength(s === saddle ? 1 : 0);
  });

  it('give what other forces would settle by', async () => {
    const forces = new Float64Array(93);
    const four = new Float64Array(4);
    for (let k = 0; k < 93; k++) forces[k] = 0.1 * (uniforms(1, 1, 0, k, four)[0] - 0.5);
    for (let x = 0; x < 3; x++) {
      const mean = forces.reduce((sum, f, k) => (k % 3 === x ? sum + f / 31 : sum), 0);
      for (let k = x; k < 93; k += 3) forces[k] -= mean;
    }
    const H = square(await hessianOf(copper, saddle, atoms));
    // A stiff answer to shifting the whole leaves the rest as it is.
    for (let a = 0; a < 93; a++) for (let b = a % 3; b < 93; b += 3) H.set(a, b, H.get(a, b) + 1);
    const moved = solve(H, Matrix.columnVector(forces));
    const expected = -0.5 * forces.reduce((sum, f, k) => sum + f * moved.get(k, 0), 0);
    const { shift, size } = await settlingEnergy(copper, saddle, forces);
    expect(Math.abs(expected)).toBeGreaterThan(1e-3);
    expect(shift / expected).toBeCloseTo(1, 2);
    expect(size).toBeGreaterThan(Math.abs(shift));
  });
});

describe('attempt frequency', () => {
  it('has the modes that phonons at the centre of the zone have', async () => {
    const all = Array.from(rest.species, (_, i) => i);
    for (const s of [rest, saddle]) {
      const constants = await forceConstants(copper, s, { size: 1 });
      const expected = [...phononFrequencies(constants, [0, 0, 0])].map((w) => w * TERAHERTZ);
      const kept = expected.filter((nu) => Math.abs(nu) > 0.05);
      const found = await normalModes(copper, s, all, true);
      expect(found).toHaveLength(90);
      found.forEach((nu, k) => {
        expect(nu).toBeCloseTo(kept[k], 2);
      });
    }
  });

  it('is √(k/m)/2π times the ratio of the stiffnesses across, of one atom in a field', async () => {
    const top = (
      await refineSaddle(surface, pointAt(STATIONARY.low.at), Float64Array.of(1, 0, 0), { force: 1e-6 })
    ).value!;
    const { value } = await attemptFrequency(surface, middle, top.structure);
    const stiffness = async (at: Structure) =>
      new EigenvalueDecomposition(square(await hessianOf(surface, at, [0], 1e-4)), { assumeSymmetric: true })
        .realEigenvalues;
    const product = (k: readonly number[]) => k.reduce((all, x) => all * x, 1);
    const [low, high] = [await stiffness(middle), await stiffness(top.structure)];
    expect(product(low)).toBeGreaterThan(0);
    expect(product(high)).toBeLessThan(0);
    // √(eV/Å²/u)/2π is 15.633302 THz.
    const expected = 15.633302 * Math.sqrt(product(low) / product(high.filter((k) => k > 0)) / 1.008);
    expect(value!.rest).toHaveLength(3);
    // Displacements of 0.01 Å reach as far as that on a surface this curved.
    expect(Math.abs(value!.frequency / expected - 1)).toBeLessThan(2e-3);
  });

  it('counts unstable modes', async () => {
    expect((await attemptFrequency(copper, saddle, saddle)).failure).toMatch(/rest position has 1 unstable/);
    expect((await attemptFrequency(copper, rest, rest)).failure).toMatch(/saddle has 0 unstable/);
  });
});

function square(H: Float64Array): Matrix {
  return Matrix.from1DArray(Math.sqrt(H.length), Math.sqrt(H.length), Array.from(H));
}

function distanceOf({ positions: p, cell }: Structure, i: number, j: number): number {
  const d = [0, 1, 2]
    .map((x) => p[3 * i + x] - p[3 * j + x])
    .map((x, k) => x - cell[4 * k] * Math.round(x / cell[4 * k]));
  return Math.hypot(...d);
}
