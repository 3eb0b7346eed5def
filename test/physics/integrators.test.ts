import { describe, expect, it } from 'vitest';
import { plainBackend } from '../../src/backend/plain/plainBackend.ts';
import type { MdState } from '../../src/core/mdState.ts';
import { BOLTZMANN, GPA } from '../../src/core/units.ts';
import { argon, argonCrystal, idealGas, startAt } from '../support/argon.ts';
import { average, estimate, integratorFrom, sample } from '../support/integrate.ts';

const crystal = argonCrystal(2);

/** Root mean square of the conserved quantity about its mean over 4 ps. */
async function ripple(options: Record<string, unknown>, timestep: number): Promise<number> {
  const integrator = integratorFrom({ ...options, timestep: `${timestep} fs` });
  const engine = await plainBackend.prepare(argon, integrator, startAt(crystal, 60));
  const conserved = (await sample(engine, 4000 / (4 * timestep), 4)).map((o) => o.conserved);
  const mean = average(conserved);
  return Math.sqrt(average(conserved.map((c) => (c - mean) ** 2)));
}

describe('error of the conserved quantity', () => {
  it.each([
    { kind: 'velocityVerlet' },
    { kind: 'noseHooverChain', temperature: '60 K', relaxation: '200 fs' },
  ])('$kind: halving the time step quarters it', async (options) => {
    const [coarse, fine] = [await ripple(options, 8), await ripple(options, 4)];
    expect(coarse).toBeGreaterThan(1e-6);
    expect(coarse / fine).toBeGreaterThan(3.4);
    expect(coarse / fine).toBeLessThan(4.6);
  });
});

describe('reversal of velocities', () => {
  it.each([{ kind: 'velocityVerlet' }, { kind: 'noseHooverChain', temperature: '60 K' }])(
    '$kind retraces its path',
    async (options) => {
      const integrator = integratorFrom({ ...options, timestep: '4 fs' });
      const start = startAt(crystal, 60);
      const there = await plainBackend.prepare(argon, integrator, start);
      await sample(there, 1, 200);
      const far = there.state();
      const turned: MdState = {
        ...far,
        velocities: far.velocities.map((v) => -v),
        extended: far.extended.map((w) => -w),
      };
      const back = await plainBackend.prepare(argon, integrator, turned);
      await sample(back, 1, 200);
      const end = back.state().structure.positions;
      const apart = (a: Float64Array) => Math.max(...a.map((r, k) => Math.abs(r - crystal.positions[k])));
      expect(apart(far.structure.positions)).toBeGreaterThan(0.1);
      expect(apart(end)).toBeLessThan(1e-9);
    },
  );
});

describe('ramps', () => {
  it.each([
    { kind: 'langevin', friction: '20 1/ps' },
    { kind: 'csvr', relaxation: '50 fs' },
  ])('$kind follows the temperature', async (options) => {
    const temperature = { from: '20 K', to: '80 K', over: '8 ps' };
    const integrator = integratorFrom({ ...options, timestep: '4 fs', temperature });
    const engine = await plainBackend.prepare(argon, integrator, startAt(crystal, 20));
    const seen = await sample(engine, 800, 5);
    const mean = (from: number, to: number) =>
      average(seen.filter((o) => o.time > from && o.time <= to).map((o) => o.temperature));
    expect(Math.abs(mean(3000, 5000) - 50)).toBeLessThan(6);
    expect(Math.abs(mean(9000, 16000) - 80)).toBeLessThan(6);
  });

  it('npt follows the pressure', async () => {
    const pressure = [
      { at: '0 ps', value: '0 GPa' },
      { at: '4 ps', value: '0 GPa' },
      { at: '5 ps', value: '1 GPa' },
    ];
    const integrator = integratorFrom({
      kind: 'npt',
      timestep: '4 fs',
      temperature: '30 K',
      pressure,
      bulkModulus: '3 GPa',
      cellRelaxation: '300 fs',
    });
    const engine = await plainBackend.prepare(argon, integrator, startAt(crystal, 30));
    const seen = await sample(engine, 500, 5);
    const mean = (from: number, to: number) =>
      average(seen.filter((o) => o.time > from && o.time <= to).map((o) => o.pressure * GPA));
    expect(Math.abs(mean(2000, 4000))).toBeLessThan(0.1);
    expect(Math.abs(mean(7000, 10000) - 1)).toBeLessThan(0.1);
  });
});

describe('deform', () => {
  it('the cell follows the strain path, there and back', async () => {
    const xx = [
      { at: '0 fs', value: 0 },
      { at: '200 fs', value: 0.1 },
      { at: '400 fs', value: 0 },
    ];
    const strain = { xx, xy: { rate: '0.5 1/ps' } };
    const integrator = integratorFrom({ kind: 'deform', timestep: '4 fs', strain });
    const engine = await plainBackend.prepare(argon, integrator, startAt(crystal, 10));
    await sample(engine, 1, 50);
    const [ax, , , bx, by, , , , cz] = engine.state().structure.cell;
    expect(ax / 10.7).toBeCloseTo(1.1, 12);
    expect(bx / by).toBeCloseTo(0.1, 12);
    expect(cz).toBe(10.7);
    await sample(engine, 1, 50);
    expect(engine.state().structure.cell[0]).toBeCloseTo(10.7, 11);
  });

  it('compressing an ideal gas heats it along the adiabat, T V^(2/3) = const', async () => {
    const normal = { from: 0, to: -0.2, over: '1 ps' };
    const strain = { xx: normal, yy: normal, zz: normal };
    const integrator = integratorFrom({ kind: 'deform', timestep: '4 fs', strain });
    const engine = await plainBackend.prepare(idealGas, integrator, startAt(crystal, 100));
    const [end] = await sample(engine, 1, 250);
    expect(end.volume / 1225.043).toBeCloseTo(0.512, 9);
    expect(end.temperature).toBeCloseTo(100 / 0.64, 8);
  });

  it('kept velocities feel nothing of the box', async () => {
    const strain = { xx: { amplitude: 0.1, period: '1 ps', cycles: 2 } };
    const integrator = integratorFrom({ kind: 'deform', timestep: '4 fs', strain, velocities: 'kept' });
    const engine = await plainBackend.prepare(idealGas, integrator, startAt(crystal, 100));
    const lengths: number[] = [];
    for (let k = 0; k < 8; k++) {
      const [o] = await sample(engine, 1, k < 4 ? 62 : 63);
      expect(o.temperature).toBeCloseTo(100, 9);
      lengths.push(engine.state().structure.cell[0] / 10.7 - 1);
    }
    for (const [k, time] of [62, 124, 186, 248, 311, 374, 437, 500].entries()) {
      const quarter = (time / 62.5) % 4;
      const wave = quarter < 1 ? quarter : quarter < 3 ? 2 - quarter : quarter - 4;
      expect(lengths[k]).toBeCloseTo(0.1 * wave, 9);
    }
  });

  it('relaxes the lateral axes to their pressure under tension', async () => {
    const integrator = integratorFrom({
      kind: 'deform',
      timestep: '4 fs',
      strain: { zz: { from: 0, to: 0.04, over: '4 ps' } },
      temperature: '20 K',
      pressure: '0 GPa',
      bulkModulus: '3 GPa',
      cellRelaxation: '300 fs',
    });
    const engine = await plainBackend.prepare(argon, integrator, startAt(argonCrystal(2, 5.31), 20));
    await sample(engine, 1, 1500);
    const seen = await sample(engine, 800, 5);
    const [xx, yy, zz] = [0, 1, 2].map((k) =>
      estimate(
        seen.map((o) => o.stress[k] * GPA),
        10,
      ),
    );
    for (const lateral of [xx, yy]) {
      expect(lateral.error).toBeLessThan(0.015);
      expect(Math.abs(lateral.mean)).toBeLessThan(4 * lateral.error);
    }
    expect(zz.mean).toBeGreaterThan(8 * zz.error);
    expect(engine.state().structure.cell[8]).toBeCloseTo(10.62 * 1.04, 11);
  });
});

it('the stress of an ideal gas is −NkT/V', async () => {
  const integrator = integratorFrom({ kind: 'velocityVerlet', timestep: '4 fs' });
  const engine = await plainBackend.prepare(idealGas, integrator, startAt(crystal, 300));
  const { pressure, volume, stress } = engine.observe();
  expect(pressure).toBeCloseTo((31 * BOLTZMANN * 300) / volume, 12);
  expect(-(stress[0] + stress[1] + stress[2]) / 3).toBeCloseTo(pressure, 15);
});

describe('what cannot be integrated is refused', () => {
  const prepare = (options: Record<string, unknown>, start: MdState) =>
    plainBackend.prepare(argon, integratorFrom({ timestep: '4 fs', ...options }), start);
  const npt = { kind: 'npt', temperature: '60 K', pressure: '0 GPa' };

  it('a pressure on a slab', async () => {
    const slab = { ...crystal, periodic: [true, true, false] as const };
    await expect(prepare(npt, startAt(slab, 60))).rejects.toThrow('periodic = [true, true, false]');
  });

  it('strain of a cluster without a cell', async () => {
    const cluster = { ...crystal, cell: new Float64Array(9), periodic: [false, false, false] as const };
    await expect(prepare({ kind: 'deform', strain: { xx: 0.1 } }, startAt(cluster, 60))).rejects.toThrow(
      'without a cell',
    );
  });

  it('the thermostat of another integrator', async () => {
    const start = { ...startAt(crystal, 60), extended: new Float64Array(4) };
    await expect(prepare(npt, start)).rejects.toThrow('4 extended variables, must be 1');
  });

  it('rescaling atoms at rest', async () => {
    const integrator = integratorFrom({ kind: 'csvr', timestep: '4 fs', temperature: '60 K' });
    const engine = await plainBackend.prepare(idealGas, integrator, startAt(crystal, 0));
    await expect(sample(engine, 1, 10)).rejects.toThrow('atoms at rest');
  });

  it('lateral pressure without a temperature', () => {
    const options = { kind: 'deform', timestep: '4 fs', strain: { xx: 0.1 }, pressure: '0 GPa' };
    expect(() => integratorFrom(options)).toThrow('no temperature');
  });
});
