import { describe, expect, it } from 'vitest';
import { chiSquareTail, poissonInterval } from '../../src/core/interval.ts';
import { STREAM, uniforms } from '../../src/core/philox.ts';
import { BOLTZMANN } from '../../src/core/units.ts';
import { arrheniusRate, type Exposure, fitArrhenius, prefactorFor } from '../../src/events/arrhenius.ts';

const E = 0.7;
const NU = 5e-3; // 1/fs
const TEMPERATURES = [800, 900, 1000, 1150];
/** Events to be expected at each. */
const EXPECTED = [4, 9, 16, 30];

function trueRate(T: number): number {
  return NU * Math.exp(-E / (BOLTZMANN * T));
}

const scratch = new Float64Array(4);

/** A Poisson count by multiplied uniforms, from its place alone. */
function count(mean: number, replica: number, i: number): number {
  let product = 1;
  for (let n = 0; ; n++) {
    product *= uniforms(5, STREAM.velocities, 1000 * replica + 100 * i + n, 0, scratch)[0];
    if (product < Math.exp(-mean)) return n;
  }
}

const exposures = (counts: readonly number[]): Exposure[] =>
  counts.map((n, i) => ({
    temperature: TEMPERATURES[i],
    time: EXPECTED[i] / trueRate(TEMPERATURES[i]),
    count: n,
  }));

const logPoisson = ({ temperature, time, count }: Exposure, energy: number, logPrefactor: number) => {
  const mean = time * Math.exp(logPrefactor - energy / (BOLTZMANN * temperature));
  return count * Math.log(mean) - mean;
};

describe('the interval of a Poisson mean', () => {
  it('is that of the tables', () => {
    // Garwood (1936).
    expect(poissonInterval(0).low).toBe(0);
    expect(poissonInterval(0).high).toBeCloseTo(3.689, 3);
    expect(poissonInterval(1).low).toBeCloseTo(0.0253, 4);
    expect(poissonInterval(10).low).toBeCloseTo(4.795, 3);
    expect(poissonInterval(10).high).toBeCloseTo(18.39, 2);
  });

  it('leaves exactly 2.5 % beyond each end', () => {
    const atMost = (n: number, mean: number) => {
      let term = Math.exp(-mean);
      let sum = term;
      for (let k = 1; k <= n; k++) sum += term *= mean / k;
      return sum;
    };
    const { low, high } = poissonInterval(7);
    expect(low).toBeGreaterThan(2);
    expect(atMost(7, high)).toBeCloseTo(0.025, 8);
    expect(1 - atMost(6, low)).toBeCloseTo(0.025, 8);
  });
});

describe('the Arrhenius law of counts', () => {
  it('goes through both points where there are two temperatures', () => {
    const two = [
      { temperature: 700, time: 4e6, count: 12 },
      { temperature: 1000, time: 1e6, count: 57 },
    ];
    const fit = fitArrhenius(two)!;
    const [k1, k2] = two.map((e) => e.count / e.time);
    const inverse = 1 / (BOLTZMANN * 700) - 1 / (BOLTZMANN * 1000);
    const slope = Math.log(k2 / k1) / inverse;
    expect(slope).toBeGreaterThan(0.3);
    expect(fit.energy.value).toBeCloseTo(slope, 9);
    for (const [k, e] of two.entries())
      expect(arrheniusRate(fit, e.temperature) / [k1, k2][k]).toBeCloseTo(1, 9);
    // For large counts the bar is that of a difference of logarithms.
    const many = fitArrhenius(two.map((e) => ({ ...e, count: 1000 * e.count })))!;
    const half = (1.959964 * Math.sqrt(1 / 12000 + 1 / 57000)) / inverse;
    expect((many.energy.high - many.energy.low) / 2 / half).toBeCloseTo(1, 3);
    expect(fit.chance).toBeUndefined();
  });

  it('is where the likelihood is largest, and its bars where it has fallen by 1.92', () => {
    const seen = exposures([3, 11, 14, 33]);
    const { energy, prefactor, chance } = fitArrhenius(seen)!;
    const likelihood = (e: number, a: number) => seen.reduce((sum, x) => sum + logPoisson(x, e, a), 0);
    const a = Math.log(prefactor.value);
    const best = likelihood(energy.value, a);
    for (const [de, da] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-2],
      [0, -1e-2],
      [1e-3, 1e-2],
    ])
      expect(likelihood(energy.value + de, a + da)).toBeLessThan(best);
    for (const end of [energy.low, energy.high]) {
      const profile = likelihood(end, Math.log(prefactorFor(seen, end)));
      expect(best - profile).toBeCloseTo(1.9207, 3);
    }
    // ν: scan E for the best at either end.
    for (const end of [prefactor.low, prefactor.high]) {
      let profile = Number.NEGATIVE_INFINITY;
      for (let e = 0.2; e < 1.4; e += 1e-4) profile = Math.max(profile, likelihood(e, Math.log(end)));
      expect(best - profile).toBeCloseTo(1.9207, 2);
    }
    expect(chance).toBeGreaterThan(0.3);
  });

  it('finds the truth, and its 95 % bars hold it about 95 times in 100', () => {
    const replicas = 600;
    let energyHeld = 0;
    let prefactorHeld = 0;
    let sum = 0;
    let poor = 0;
    for (let r = 0; r < replicas; r++) {
      const fit = fitArrhenius(exposures(EXPECTED.map((mean, i) => count(mean, r, i))))!;
      sum += fit.energy.value;
      if (fit.energy.low <= E && E <= fit.energy.high) energyHeld++;
      if (fit.prefactor.low <= NU && NU <= fit.prefactor.high) prefactorHeld++;
      if (fit.chance! < 0.05) poor++;
    }
    expect(sum / replicas).toBeCloseTo(E, 1);
    // Three standard deviations of the binomial of 600 at 0.95 are 0.027.
    for (const held of [energyHeld, prefactorHeld]) {
      expect(held / replicas).toBeGreaterThan(0.923);
      expect(held / replicas).toBeLessThan(0.977);
    }
    expect(poor / replicas).toBeLessThan(0.09);
  });

  it('is told by a run without any event, too', () => {
    const without = exposures([0, 9, 16, 30]);
    const [, ...rest] = without;
    expect(fitArrhenius(without)!.energy.value).toBeGreaterThan(fitArrhenius(rest)!.energy.value + 0.01);
  });

  it('says nothing where all events happened at one temperature', () => {
    expect(fitArrhenius(exposures([0, 0, 0, 30]))).toBeUndefined();
    expect(fitArrhenius([])).toBeUndefined();
  });

  it('scatters more than it may where the law is another', () => {
    expect(fitArrhenius(exposures([30, 2, 25, 10]))!.chance).toBeLessThan(1e-4);
    expect(chiSquareTail(3.841, 1)).toBeCloseTo(0.05, 4);
  });
});
