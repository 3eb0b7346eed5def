import { describe, expect, it } from 'vitest';
import { degreesOfFreedom } from '../../integrators/substeps.ts';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import { supercell } from '../../src/core/structure.ts';
import { BOLTZMANN, GPA } from '../../src/core/units.ts';
import { argon, argonCrystal, idealGas, startAt } from '../support/argon.ts';
import { type Estimate, estimate, integratorFrom, sample } from '../support/integrate.ts';

/** Within `sigmas` standard errors; the error itself must be small enough for the test to mean something. */
function expectNear(found: Estimate, expected: number, worst: number, sigmas = 4): void {
  expect(found.error).toBeLessThan(worst * Math.abs(expected));
  expect(Math.abs(found.mean - expected)).toBeLessThan(sigmas * found.error);
}

const thermostats = [
  { kind: 'langevin', friction: '10 1/ps' },
  { kind: 'noseHooverChain' },
  { kind: 'csvr', relaxation: '50 fs' },
  { kind: 'npt', relaxation: '50 fs', pressure: '0.1 GPa', bulkModulus: '3 GPa' },
  { kind: 'npt', relaxation: '50 fs', pressure: '0.1 GPa', bulkModulus: '3 GPa', thermostat: 'langevin' },
];

describe('canonical distribution of the kinetic energy', () => {
  it.each(thermostats)('$kind: mean ½NkT, variance ½N(kT)²', async (options) => {
    const integrator = integratorFrom({ timestep: '4 fs', temperature: '60 K', ...options });
    const engine = await plainBackend.prepare(argon, integrator, startAt(argonCrystal(2), 60));
    await sample(engine, 1, 1000);
    const kinetic = (await sample(engine, 1200, 5)).map((o) => o.kineticEnergy);
    const n = degreesOfFreedom(integrator, 32);
    const kT = BOLTZMANN * 60;
    expectNear(estimate(kinetic), (n * kT) / 2, 0.02);
    expectNear(estimate(kinetic.map((k) => (k - (n * kT) / 2) ** 2)), (n * kT * kT) / 2, 0.12);
  });
});

describe('few degrees of freedom, where one more or less shows', () => {
  it.each([
    { kind: 'csvr', repeats: [2, 1, 1] as const, freedom: 21 },
    { kind: 'csvr', repeats: [1, 1, 1] as const, freedom: 9 },
    { kind: 'langevin', repeats: [1, 1, 1] as const, freedom: 12 },
  ])('$kind with $freedom: mean and variance', async ({ kind, repeats, freedom }) => {
    const coupling = kind === 'csvr' ? { relaxation: '10 fs' } : { friction: '100 1/ps' };
    const integrator = integratorFrom({ kind, timestep: '10 fs', temperature: '300 K', ...coupling });
    const gas = supercell(argonCrystal(1), repeats);
    const engine = await plainBackend.prepare(idealGas, integrator, startAt(gas, 300));
    const kinetic = (await sample(engine, 5000, 2)).map((o) => o.kineticEnergy / (BOLTZMANN * 300));
    expectNear(estimate(kinetic), freedom / 2, 0.01);
    expectNear(estimate(kinetic.map((k) => (k - freedom / 2) ** 2)), freedom / 2, 0.04);
  });
});

describe('constant pressure', () => {
  /**
   * p(V) ∝ V^k exp(−PV/kT) is a gamma distribution: mean (k+1)kT/P, variance (k+1)(kT/P)². Momenta are strained with
   * the box; all N of them give k = N, the N−1 that are free where the total is fixed give k = N−1.
   */
  it.each([
    { thermostat: 'csvr', shape: 8 },
    { thermostat: 'langevin', shape: 9 },
  ])('ideal gas under $thermostat: mean and variance of the volume', async ({ thermostat, shape }) => {
    const integrator = integratorFrom({
      kind: 'npt',
      timestep: '4 fs',
      temperature: '300 K',
      pressure: '0.1 GPa',
      thermostat,
      relaxation: '50 fs',
      cellRelaxation: '2 ps',
      bulkModulus: '0.1 GPa',
    });
    const engine = await plainBackend.prepare(
      idealGas,
      integrator,
      startAt(supercell(argonCrystal(1), [2, 1, 1]), 300),
    );
    const unit = (BOLTZMANN * 300) / (0.1 / GPA);
    const volumes = (await sample(engine, 1600, 100)).map((o) => o.volume / unit);
    expectNear(estimate(volumes), shape, 0.05);
    expectNear(estimate(volumes.map((v) => (v - shape) ** 2)), shape, 0.2);
  });

  it.each(['isotropic', 'anisotropic', 'full'])(
    '%s: the mean stress of a crystal is the one asked for',
    async (cell) => {
      const integrator = integratorFrom({
        kind: 'npt',
        cell,
        timestep: '4 fs',
        temperature: '30 K',
        pressure: '0.2 GPa',
        relaxation: '50 fs',
        cellRelaxation: '400 fs',
        bulkModulus: '3 GPa',
      });
      const engine = await plainBackend.prepare(argon, integrator, startAt(argonCrystal(2), 30));
      expect(engine.observe().pressure * GPA).toBeLessThan(0.1);
      await sample(engine, 1, 2000);
      const seen = await sample(engine, 1000, 5);
      expectNear(estimate(seen.map((o) => o.pressure * GPA)), 0.2, 0.05);
      if (cell === 'isotropic') return;
      for (const k of [0, 1, 2]) expectNear(estimate(seen.map((o) => -o.stress[k] * GPA)), 0.2, 0.1);
      if (cell === 'full')
        for (const k of [3, 4, 5]) {
          const { mean, error } = estimate(seen.map((o) => o.stress[k] * GPA));
          expect(Math.abs(mean)).toBeLessThan(4 * error);
          expect(error).toBeLessThan(0.01);
        }
    },
  );
});
