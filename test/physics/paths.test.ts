import { beforeAll, describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { crystal, type PrototypeName } from '../../src/core/prototypes.ts';
import type { Structure } from '../../src/core/structure.ts';
import { nudgedElasticBand } from '../../src/properties/band.ts';
import { lowestCurvatures } from '../../src/properties/curvatures.ts';
import { refineSaddle } from '../../src/properties/dimer.ts';
import { type Evaluates, plainly } from '../../src/properties/evaluates.ts';
import { minimumEnergyPath } from '../../src/properties/minimumEnergyPath.ts';
import { nearestMoves } from '../../src/properties/pathEnds.ts';
import { relax } from '../../src/properties/relax.ts';
import { adatomMoves } from '../support/adatomMoves.ts';
import { vacancyHop } from '../support/vacancyHop.ts';

const make = (options: { kind: string; [key: string]: unknown }) =>
  plainly(potentials.create(potentials.schema.parse(options)));
const metal = (element: string) => make({ kind: 'eam', set: 'zhou', elements: [element] });
const unitOf = async (evaluates: Evaluates, prototype: PrototypeName, element: string, a: number) =>
  (await relax(evaluates, crystal(prototype, [element], a), { cell: true })).structure;
const settled = async (evaluates: Evaluates, s: Structure, hold?: Uint8Array) => {
  const found = await relax(evaluates, s, { cell: false, ...(hold && { hold }) });
  expect(found.converged).toBe(true);
  return found;
};

describe.each([
  ['Cu', 3.615, 0.5],
  ['Al', 4.05, 0.25],
] as const)('vacancy hop in %s', (element, a, least) => {
  const evaluates = metal(element);
  let hop: ReturnType<typeof vacancyHop>;
  let initial: Structure;
  let final: Structure;
  let barrier = 0;
  beforeAll(async () => {
    hop = vacancyHop(await unitOf(evaluates, 'fcc', element, a), [3, 3, 3]);
    const rest = await settled(evaluates, hop.initial);
    initial = rest.structure;
    final = (await settled(evaluates, hop.final)).structure;
    // What symmetry holds half way stays there and comes to rest on the saddle.
    barrier = (await settled(evaluates, hop.middle)).energy - rest.energy;
    expect(barrier).toBeGreaterThan(least);
  });

  it('climbs as high as symmetry says, in few rounds, to one direction down', async () => {
    const { value } = await nudgedElasticBand(evaluates, initial, final);
    const { converged, rounds, energies, saddle, images, mode } = value!;
    expect(converged).toBe(true);
    expect(rounds).toBeLessThan(20);
    expect(Math.abs(energies[saddle] - energies[0] - barrier)).toBeLessThan(1e-3);
    const refined = (await refineSaddle(evaluates, images[saddle], mode)).value!;
    expect(refined.force).toBeLessThan(1e-3);
    expect(Math.abs(refined.energy - energies[0] - barrier)).toBeLessThan(2e-5);
    const { values } = await lowestCurvatures(evaluates, refined.structure, { guess: refined.mode });
    expect(values[0]).toBeLessThan(-0.5);
    expect(values[1]).toBeGreaterThan(0.2);
  });

  it('finds the same with an even number of images, none of them in the middle', async () => {
    const { value } = await nudgedElasticBand(evaluates, initial, final, { images: 6 });
    const { converged, energies, saddle } = value!;
    expect(converged).toBe(true);
    expect(Math.abs(energies[saddle] - energies[0] - barrier)).toBeLessThan(1e-3);
  });
});

describe('adatom on (100)', () => {
  it.each([
    ['Cu', 3.615, 'hop'],
    ['Al', 4.05, 'exchange'],
  ] as const)(
    'of %s (%d Å): both ways are found from their ends, and the %s is the lower',
    async (element, a, lower) => {
      const evaluates = metal(element);
      const { initial, hop, exchange } = await adatomMoves(
        evaluates,
        await unitOf(evaluates, 'fcc', element, a),
        [3, 3, 4],
      );
      const barriers: Record<string, number> = {};
      for (const [name, final] of [
        ['hop', await hop()],
        ['exchange', await exchange()],
      ] as const) {
        const { value } = await minimumEnergyPath(evaluates, initial, final);
        const { converged, energies, saddle, curvatures, images } = value!;
        expect(converged).toBe(true);
        expect(curvatures[0]).toBeLessThan(-0.05);
        expect(curvatures[1]).toBeGreaterThan(0.1);
        expect(energies[0]).toBeCloseTo(energies[energies.length - 1], 4);
        const far = nearestMoves(images[0], images[images.length - 1]);
        const movers = initial.species.filter((_, i) => Math.hypot(...far.subarray(3 * i, 3 * i + 3)) > 1);
        expect(movers.length).toBe(name === 'hop' ? 1 : 2);
        barriers[name] = energies[saddle] - energies[0];
      }
      expect(Object.keys(barriers).sort((p, q) => barriers[p] - barriers[q])[0]).toBe(lower);
      expect(Math.min(...Object.values(barriers))).toBeGreaterThan(0.2);
    },
  );
});

describe('vacancy in silicon of Stillinger and Weber', () => {
  it('goes by the split vacancy, past the ridges on which symmetry would keep the band', async () => {
    const evaluates = make({ kind: 'stillingerWeber' });
    const hop = vacancyHop(await unitOf(evaluates, 'diamond', 'Si', 5.431), [2, 2, 2]);
    const [from, to] = [await settled(evaluates, hop.initial), await settled(evaluates, hop.final)];
    const half = await settled(evaluates, hop.middle);
    const { value } = await minimumEnergyPath(evaluates, from.structure, to.structure);
    const { converged, energies, rests, saddles, saddle, curvatures } = value!;
    expect(converged).toBe(true);
    expect(rests).toHaveLength(4);
    expect(energies[rests[1]]).toBeLessThan(energies[0] - 1);
    // Half way there is a saddle, between two halves of the split vacancy.
    expect(Math.abs(energies[saddles[1]] - half.energy)).toBeLessThan(1e-3);
    expect(Math.abs(energies[saddles[0]] - energies[saddles[2]])).toBeLessThan(1e-3);
    // On the ridge it would be 0.31 eV.
    expect(energies[saddle] - energies[0]).toBeCloseTo(0.152, 2);
    expect(curvatures[0]).toBeLessThan(-1);
    expect(curvatures[1]).toBeGreaterThan(0.1);
  });
});
