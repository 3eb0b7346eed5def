import { describe, expect, it } from 'vitest';
import { schedule, valueAt } from '../../integrators/schedule.ts';
import { quantity } from '../../src/core/quantity.ts';
import { BOLTZMANN } from '../../src/core/units.ts';
import { kineticEnergy, massesOf, maxwellBoltzmann, temperatureOf } from '../../src/core/velocities.ts';
import { argonCrystal } from '../support/argon.ts';

describe('schedule', () => {
  const temperature = schedule(quantity('temperature'));
  const at = (input: unknown, times: readonly number[]) =>
    times.map((t) => valueAt(temperature.parse(input), t));

  it('a value holds for ever', () => {
    expect(at('300 K', [-1, 0, 1e9])).toEqual([300, 300, 300]);
  });

  it('a ramp is linear and holds its end', () => {
    const ramp = { from: '300 K', to: '2000 K', over: '20 ps' };
    expect(at(ramp, [0, 5000, 10000, 20000, 1e9])).toEqual([300, 725, 1150, 2000, 2000]);
  });

  it('a list is joined by straight lines, steps included', () => {
    const list = [
      { at: '1 ps', value: '300 K' },
      { at: '2 ps', value: '400 K' },
      { at: '2.000001 ps', value: '100 K' },
    ];
    expect(at(list, [0, 1500, 2000, 3000])).toEqual([300, 350, 400, 100]);
  });

  it('a cycle of heat, hold, quench and anneal repeats and then rests', () => {
    const once = [
      { at: '0 ps', value: '300 K' },
      { at: '5 ps', value: '900 K' },
      { at: '15 ps', value: '900 K' },
      { at: '15.01 ps', value: '300 K' },
      { at: '20 ps', value: '300 K' },
    ];
    const one = [0, 2500, 5000, 10000, 15000, 15005, 15010, 17000];
    const expected = [300, 600, 900, 900, 900, 600, 300, 300];
    for (const passage of [0, 1, 2])
      for (const [k, value] of at(
        { cycle: once, times: 3 },
        one.map((t) => t + 20000 * passage),
      ).entries())
        expect(value, `${one[k]} of passage ${passage}`).toBeCloseTo(expected[k], 6);
    expect(at({ cycle: once, times: 3 }, [60000, 62500, 1e9])).toEqual([300, 300, 300]);
    const complaint = (input: unknown) => temperature.safeParse(input).error?.issues.map((i) => i.message);
    expect(complaint({ cycle: once.slice(0, 2), times: 2 })).toEqual([
      'cycle must end with the value it begins with, to be gone through again',
    ]);
    expect(complaint({ cycle: once.slice(1), times: 2 })?.[0]).toContain('must begin with an entry at 0');
  });

  it('refuses lists that are empty or out of order, and bare numbers', () => {
    const backwards = [
      { at: '2 ps', value: '1 K' },
      { at: '1 ps', value: '2 K' },
    ];
    const complaint = (input: unknown) => temperature.safeParse(input).error?.issues.map((i) => i.message);
    expect(complaint([])).toEqual(['must have at least one entry {at, value}']);
    expect(complaint(backwards)).toEqual(['must be in ascending order of `at`']);
    expect(complaint(300)).toEqual(['a number and a unit are needed; write a number, a blank and one of: K']);
    expect(complaint({ from: '1 K', to: '2 J', over: '1 ps' })).toEqual([
      "to unknown temperature unit 'J'; write a number, a blank and one of: K",
    ]);
  });
});

describe('Maxwell-Boltzmann velocities', () => {
  const crystal = argonCrystal(5);
  const masses = massesOf(crystal);
  const freedom = 3 * masses.length - 3;

  it('have no total momentum and the exact temperature on request', () => {
    const v = maxwellBoltzmann(crystal, 300, 4, true);
    for (let x = 0; x < 3; x++) {
      const momentum = masses.reduce((sum, m, i) => sum + m * v[3 * i + x], 0);
      expect(Math.abs(momentum)).toBeLessThan(1e-12);
    }
    expect(temperatureOf(kineticEnergy(masses, v), freedom)).toBeCloseTo(300, 9);
  });

  it('have a Gaussian spread: mean 0, variance kT/m, kurtosis 3', () => {
    const v = maxwellBoltzmann(crystal, 300, 4);
    const width = Math.sqrt((BOLTZMANN * 300 * 9.64853321233e-3) / 39.948);
    const moment = (p: number) => v.reduce((sum, x) => sum + (x / width) ** p, 0) / v.length;
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / v.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / v.length));
    expect(moment(2)).not.toBe(1);
  });

  it('depend on the seed and on nothing else', () => {
    expect(maxwellBoltzmann(crystal, 300, 4)).toEqual(maxwellBoltzmann(crystal, 300, 4));
    expect(maxwellBoltzmann(crystal, 300, 5)).not.toEqual(maxwellBoltzmann(crystal, 300, 4));
  });
});
