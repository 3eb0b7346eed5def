/**
 * k = ν exp(−E/k_B T) from counts of events. A count n_i in a time t_i at β_i = 1/k_B T_i is Poisson with mean ν t_i exp(−E β_i); ν and E
 * maximise the likelihood, which weighs a run without any event as it deserves, as a line through ln k cannot. For given E the best ν is
 * N / Σ t_i exp(−E β_i), so the likelihood of E alone is −N ln Σ t_i exp(−E β_i) − E Σ n_i β_i. Bars hold all values whose profile likelihood
 * lies within χ²₁(0.95)/2 of the largest: Venzon and Moolgavkar, J. R. Stat. Soc. C 37, 87 (1988).
 */
import { type Bounds, chiSquareTail } from '../core/interval.ts';
import { BOLTZMANN } from '../core/units.ts';

/** What was counted under one condition. */
export interface Exposure {
  /** K */
  readonly temperature: number;
  /** fs, that were watched. */
  readonly time: number;
  readonly count: number;
}

/** A value and its 95 % bar. */
export interface Estimate extends Bounds {
  readonly value: number;
}

export interface Arrhenius {
  /** eV */
  readonly energy: Estimate;
  /** 1/fs */
  readonly prefactor: Estimate;
  /** How often counts scatter about the law more than these do, 0 … 1; undefined at two temperatures, where any counts fit. */
  readonly chance: number | undefined;
}

/** χ²₁(0.95)/2 */
const DROP = 1.9207294103;

/** Undefined unless something was counted at two temperatures at least: without that no slope is likelier than an infinite one. */
export function fitArrhenius(exposures: readonly Exposure[]): Arrhenius | undefined {
  const watched = exposures.filter(({ time, temperature }) => time > 0 && temperature > 0);
  const counted = watched.filter(({ count }) => count > 0).map(({ temperature }) => temperature);
  if (new Set(counted).size < 2) return undefined;
  const likelihood = likelihoodOf(watched);
  const { step } = likelihood;
  const E = fallingRoot(likelihood.slope, 0, step);
  const best = likelihood.ofEnergy(E);
  const logarithm = likelihood.logPrefactor(E);
  const energy = barOf((e) => likelihood.ofEnergy(e) - best + DROP, E, step);
  const top = likelihood.ofLogPrefactor(logarithm);
  const bar = barOf((a) => likelihood.ofLogPrefactor(a) - top + DROP, logarithm, 1);
  return {
    energy: { value: E, ...energy },
    prefactor: { value: Math.exp(logarithm), low: Math.exp(bar.low), high: Math.exp(bar.high) },
    chance: chanceOf(watched, E, logarithm),
  };
}

/** 1/fs */
export function arrheniusRate({ energy, prefactor }: Arrhenius, temperature: number): number {
  return prefactor.value * Math.exp(-energy.value / (BOLTZMANN * temperature));
}

/** 1/fs, the likeliest for a given activation energy, eV. */
export function prefactorFor(exposures: readonly Exposure[], energy: number): number {
  return Math.exp(likelihoodOf(exposures).logPrefactor(energy));
}

/** Logarithms of likelihoods, but for what does not depend on E and ν. */
function likelihoodOf(exposures: readonly Exposure[]) {
  const beta = exposures.map(({ temperature }) => 1 / (BOLTZMANN * temperature));
  const logTime = exposures.map(({ time }) => Math.log(time));
  const N = exposures.reduce((sum, { count }) => sum + count, 0);
  const counted = exposures.reduce((sum, { count }, i) => sum + count * beta[i], 0);
  /** ln Σ t exp(−Eβ), and the mean of β under these weights. */
  const weigh = (E: number) => {
    const exponents = beta.map((b, i) => logTime[i] - E * b);
    const most = Math.max(...exponents);
    const weights = exponents.map((x) => Math.exp(x - most));
    const sum = weights.reduce((a, b) => a + b, 0);
    return {
      logSum: most + Math.log(sum),
      mean: weights.reduce((all, w, i) => all + w * beta[i], 0) / sum,
    };
  };
  const step = 1 / (Math.max(...beta) - Math.min(...beta));
  return {
    /** eV in which the likelihood changes. */
    step,
    ofEnergy: (E: number) => -N * weigh(E).logSum - E * counted,
    slope: (E: number) => N * weigh(E).mean - counted,
    logPrefactor: (E: number) => Math.log(N) - weigh(E).logSum,
    /** The largest over all E for a given ln ν. */
    ofLogPrefactor: (a: number) => {
      const E = fallingRoot(
        (e) => {
          const { logSum, mean } = weigh(e);
          return a + logSum + Math.log(mean) - Math.log(counted);
        },
        0,
        step,
      );
      return a * N - E * counted - Math.exp(a + weigh(E).logSum);
    },
  };
}

/** By the deviance, whose law is χ² where counts are not tiny. */
function chanceOf(exposures: readonly Exposure[], E: number, logPrefactor: number): number | undefined {
  const freedom = exposures.length - 2;
  if (freedom < 1) return undefined;
  const deviance = exposures.reduce((sum, { temperature, time, count }) => {
    const mean = time * Math.exp(logPrefactor - E / (BOLTZMANN * temperature));
    return sum + 2 * ((count > 0 ? count * Math.log(count / mean) : 0) - (count - mean));
  }, 0);
  return chiSquareTail(deviance, freedom);
}

/** Where a function that is positive at `from` and falls to both sides of it crosses zero. */
function barOf(f: (x: number) => number, from: number, step: number): Bounds {
  return {
    low: -fallingRoot((x) => f(-x), -from, step),
    high: fallingRoot(f, from, step),
  };
}

/** The root of a falling function near `from`, bracketed by doubled steps and halved to rounding. */
function fallingRoot(f: (x: number) => number, from: number, step: number): number {
  const rising = f(from) > 0;
  let near = from;
  let far = from;
  for (let size = rising ? step : -step; f(far) > 0 === rising; size *= 2) {
    near = far;
    far += size;
    if (!Number.isFinite(far)) return far;
  }
  for (let k = 0; k < 200; k++) {
    const middle = (near + far) / 2;
    if (middle === near || middle === far) break;
    if (f(middle) > 0 === rising) near = middle;
    else far = middle;
  }
  return (near + far) / 2;
}
