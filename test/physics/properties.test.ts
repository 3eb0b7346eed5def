import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { potentials } from '../../potentials/registry.ts';
import { crystal } from '../../src/core/prototypes.ts';
import { structureFrom } from '../../src/core/structure.ts';
import { surfaceEnergy, vacancyEnergy } from '../../src/properties/defects.ts';
import { crystalElastic } from '../../src/properties/ensembleElastic.ts';
import { birchMurnaghan, equationOfState, fitBirchMurnaghan } from '../../src/properties/equationOfState.ts';
import { plainly } from '../../src/properties/evaluates.ts';
import { interstitialEnergy } from '../../src/properties/interstitials.ts';
import {
  forceConstants,
  phononFrequencies,
  reciprocalCell,
  TERAHERTZ,
} from '../../src/properties/phonons.ts';
import { primitiveCell } from '../../src/properties/primitive.ts';
import { quasiHarmonic, vibratingVolumes } from '../../src/properties/quasiHarmonic.ts';
import { relax } from '../../src/properties/relax.ts';
import { soundVelocities } from '../../src/properties/soundVelocities.ts';
import { stackingFaultCurve } from '../../src/properties/stackingFault.ts';
import { symmetryOf } from '../../src/properties/symmetry.ts';

const make = (options: { kind: string; [key: string]: unknown }) =>
  plainly(potentials.create(potentials.schema.parse(options)));

const silicon = make({ kind: 'stillingerWeber' });
const settled = await crystalElastic(
  silicon,
  crystal('diamond', ['Si'], 5.43),
  symmetryOf(crystal('diamond', ['Si'], 5.43)),
);
const atRest = settled.relaxation.structure;

describe('equation of state', () => {
  it('gives back the curve that it was made of', () => {
    const given = { V0: 16, E0: -3, B0: 120, B0Prime: 4.7 };
    const points = [14, 15, 15.5, 16.5, 17, 18].map((volume) => ({
      volume,
      energy: birchMurnaghan(given, volume),
    }));
    const { value } = fitBirchMurnaghan(points);
    expect(value).toMatchObject({
      V0: expect.closeTo(16, 8),
      E0: expect.closeTo(-3, 10),
      B0: expect.closeTo(120, 5),
      B0Prime: expect.closeTo(4.7, 5),
    });
    expect(value!.misfit).toBeLessThan(1e-9);
  });

  it('knows a crystal of Lennard-Jones: B₀ = 8 |E₀|/V₀ and B₀′ = 8', async () => {
    // Cut off between two shells, so that energies scale with the cell exactly.
    const argon = make({ kind: 'lennardJones', set: 'argon', cutoff: '5.9 Å', inner: '5.9 Å' });
    const { structure } = await relax(argon, crystal('fcc', ['Ar'], 5.3), { cell: true, stress: 1e-6 });
    const { value } = await equationOfState(argon, structure, { strain: 0.004 });
    expect(value!.B0 / ((160.2176634 * 8 * -value!.E0) / value!.V0)).toBeCloseTo(1, 3);
    expect(value!.B0Prime).toBeCloseTo(8, 1);
  });

  it('is as stiff as the elastic constants say', async () => {
    const { value } = await equationOfState(silicon, atRest);
    const { C } = settled.relaxed;
    expect(Math.abs(value!.B0 - (C[0] + 2 * C[1]) / 3)).toBeLessThan(0.1);
    expect(value!.V0).toBeCloseTo(atRest.cell[0] ** 3 / 8, 4);
  });

  it('says that there is no minimum where there is none', () => {
    const points = [14, 15, 16, 17, 18].map((volume) => ({ volume, energy: -volume }));
    expect(fitBirchMurnaghan(points).failure).toMatch(/no minimum/);
  });
});

describe('phonons', () => {
  const primitive = primitiveCell(atRest, symmetryOf(atRest));

  it('begin with the velocities of sound that follow from the elastic constants', async () => {
    const constants = await forceConstants(silicon, primitive, { size: 16 });
    expect(constants.sumRule).toBeLessThan(1e-3);
    const tiny = 2e-3;
    for (const direction of [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
      [3, 2, 1],
    ]) {
      const n = direction.map((x) => x / Math.hypot(...direction));
      const expected = soundVelocities(settled.relaxed.C, atRest, n);
      const slopes = phononFrequencies(
        constants,
        n.map((x) => x * tiny),
      ).map((w) => w / tiny);
      expected.forEach((v, k) => {
        expect(slopes[k] / v).toBeCloseTo(1, 2);
      });
    }
  });

  it('of an alternating chain are those of its formula', async () => {
    // Springs K between neighbours, masses m and M: ω² = K(1/m + 1/M) ± K √[(1/m + 1/M)² − 4 sin²(qa/2)/(mM)].
    const [K, edge] = [2, 4];
    const chain = structureFrom(['H', 'O'], [0, 0, 0, edge / 2, 0, 0], [edge, 0, 0, 0, 8, 0, 0, 0, 8]);
    const springs = {
      async evaluate(s: typeof chain) {
        const n = s.species.length;
        const forces = new Float64Array(3 * n);
        for (let i = 0; i < n; i++) {
          const j = (i + 1) % n;
          const image = i + 1 === n ? s.cell[0] : 0;
          const pull = K * (s.positions[3 * j] + image - s.positions[3 * i] - edge / 2);
          forces[3 * i] += pull;
          forces[3 * j] -= pull;
        }
        const none = new Float64Array(0);
        return {
          energy: 0,
          energies: none,
          forces,
          virial: none,
          projections: none,
          projectionWidth: 0,
          memberEnergies: none,
          memberForces: none,
          memberVirials: none,
        };
      },
    };
    const constants = await forceConstants(springs, chain, { size: 8 });
    const [m, M] = [1.008, 15.999];
    for (const part of [0.25, 0.5, 0.13]) {
      const q = part * reciprocalCell(chain.cell)[0];
      const found = phononFrequencies(constants, [q, 0, 0]);
      const sum = 1 / m + 1 / M;
      const root = Math.sqrt(sum ** 2 - (4 * Math.sin((q * edge) / 2) ** 2) / (m * M));
      const [low, high] = [sum - root, sum + root].map((x) => Math.sqrt(K * x * 9.64853321233e-3));
      expect(found[5]).toBeCloseTo(high, 9);
      expect(found[4]).toBeCloseTo(low, 9);
    }
  });
});

describe('quasi-harmonic silicon', () => {
  it('expands as its Grüneisen parameters say, and holds as much heat as its vibrations', async () => {
    const volumes = (
      await vibratingVolumes(silicon, primitiveCell(atRest, symmetryOf(atRest)), { mesh: 4, size: 9 })
    ).value!;
    const classical = quasiHarmonic(volumes, 600, true).value!;
    expect(classical.heatV).toBe(3);
    // α = Σ γ c/(3 B V), γ = −d ln ω/d ln V, each vibration holding k_B.
    const V = volumes[1].volume * (1 + classical.strain) ** 3;
    const [below, above] = [volumes[1], volumes[2]];
    const logs = (v: (typeof volumes)[number]) =>
      v.frequencies.reduce((sum, w) => sum + Math.log(w), 0) / v.frequencies.length;
    const gamma = -(logs(above) - logs(below)) / Math.log(above.volume / below.volume);
    const expected = (3 * 8.617333262e-5 * gamma * 160.2176634) / (3 * classical.bulk * V);
    expect(classical.expansion / expected).toBeCloseTo(1, 1);
    expect(classical.heatP - classical.heatV).toBeCloseTo(
      (9 * classical.expansion ** 2 * (classical.bulk / 160.2176634) * V * 600) / 8.617333262e-5,
      4,
    );
    const heats = [50, 300].map((T) => quasiHarmonic(volumes, T).value?.heatV);
    expect(heats[0]!).toBeLessThan(0.3);
    expect(heats[1]!).toBeGreaterThan(2);
    expect(heats[1]!).toBeLessThan(2.6);
  });

  it('says where it has no answer', () => {
    const rising = [1, 2, 3, 4, 5].map((k) => ({
      volume: 10 + k,
      energy: -k,
      frequencies: Float64Array.of(0.01),
    }));
    expect(quasiHarmonic(rising, 300).failure).toMatch(/no minimum/);
  });
});

const MISHIN = '/usr/share/lammps/potentials/Cu_mishin1.eam.alloy';
const absent = !existsSync(MISHIN) && process.env.CI === undefined;
if (absent) console.log(`skipped: ${MISHIN} is not there; it comes with LAMMPS`);

describe.skipIf(absent)('copper of Mishin et al., PRB 63, 224106 (2001), as published', () => {
  const JOULE = 16.02176634;

  it('defects, surfaces, stacking fault and phonons', async () => {
    const copper = make({ kind: 'eam', file: MISHIN });
    const { structure, energy } = await relax(copper, crystal('fcc', ['Cu'], 3.6), { cell: true });
    const a = structure.cell[0];
    expect(a).toBeCloseTo(3.615, 3);
    expect(energy / 4).toBeCloseTo(-3.54, 2);
    expect(Math.abs((await vacancyEnergy(copper, structure, [3, 3, 3])).value! - 1.272)).toBeLessThan(0.01);
    const surfaces = { '111': 1.239, '110': 1.475, '100': 1.345 } as const;
    for (const [plane, expected] of Object.entries(surfaces)) {
      const { value } = await surfaceEnergy(copper, structure, plane as keyof typeof surfaces, 9);
      expect(Math.abs(value! * JOULE - expected)).toBeLessThan(1e-3);
    }
    const fault = (await stackingFaultCurve(copper, 'Cu', a, { steps: 4 })).value!;
    expect(1e3 * JOULE * fault.intrinsic).toBeCloseTo(44.4, 0);
    expect(fault.unstable).toBeGreaterThan(3 * fault.intrinsic);
    const constants = await forceConstants(copper, primitiveCell(structure, symmetryOf(structure)), {
      size: 10,
    });
    const at = (q: readonly number[]) =>
      Array.from(
        phononFrequencies(
          constants,
          q.map((x) => (2 * Math.PI * x) / a),
        ),
        (w) => w * TERAHERTZ,
      );
    for (const [q, expected] of [
      [
        [1, 0, 0],
        [5.2, 7.82],
      ],
      [
        [0.5, 0.5, 0.5],
        [3.32, 7.78],
      ],
    ]) {
      const found = at(q);
      expect(Math.abs(found[0] - expected[0])).toBeLessThan(0.03);
      expect(Math.abs(found[2] - expected[1])).toBeLessThan(0.03);
    }
  });

  it('puts an interstitial into a dumbbell along 100 rather than elsewhere', async () => {
    const copper = make({ kind: 'eam', file: MISHIN });
    const unit = crystal('fcc', ['Cu'], 3.615);
    const at = async (name: string) =>
      (await interstitialEnergy(copper, unit, [3, 3, 3], 'fcc', name)).value!;
    expect(await at('dumbbell 100')).toBeLessThan(await at('octahedral'));
    await expect(at('nowhere')).rejects.toThrow('choose one');
  });
});
