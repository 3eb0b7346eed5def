import { describe, expect, it } from 'vitest';
import { normals, STREAM } from '../../src/core/philox.ts';
import { vectorEntropy } from '../../src/uncertainty/vectorEntropy.ts';

const four = new Float64Array(4);
/** `members` draws of q normals of given standard deviations, correlated by `mix` with the first. */
function draws(members: number, sigma: readonly number[], mix: number, seed = 1): Float64Array {
  return Float64Array.from({ length: members * sigma.length }, (_, at) => {
    const [m, k] = [Math.floor(at / sigma.length), at % sigma.length];
    const first = normals(seed, STREAM.select, m, 0, four)[0];
    const own = normals(seed, STREAM.select, m, k, four)[0];
    return sigma[k] * (k === 0 ? first : mix * first + Math.sqrt(1 - mix * mix) * own);
  });
}
const ones = (q: number) => new Float64Array(q).fill(1);

describe('vector entropy', () => {
  it('of one response is that of a normal', () => {
    const y = draws(40, [3], 0);
    const mean = y.reduce((s, x) => s + x, 0) / 40;
    const variance = y.reduce((s, x) => s + (x - mean) ** 2, 0) / 40;
    expect(vectorEntropy(y, 40, ones(1))).toBeCloseTo(0.5 * Math.log(2 * Math.PI * Math.E * variance), 10);
  });

  it('of very many members is that of the distribution they are drawn from', () => {
    const [members, mix, sigma] = [20_000, 0.8, [1, 2, 0.5]];
    // Two responses share the first: det of the correlation matrix [[1, m, m], [m, 1, m²], [m, m², 1]] = (1 − m²)².
    const logDet = 2 * sigma.reduce((s, x) => s + Math.log(x), 0) + 2 * Math.log(1 - mix * mix);
    const truth = 0.5 * (3 * Math.log(2 * Math.PI * Math.E) + logDet);
    expect(vectorEntropy(draws(members, sigma, mix), members, ones(3))).toBeCloseTo(truth, 1);
  });

  it('does not depend on units', () => {
    const y = draws(6, [1, 2, 3], 0.5);
    const other = y.map((x, k) => x * [1, 160, 1e-3][k % 3]);
    expect(vectorEntropy(other, 6, Float64Array.of(1, 160, 1e-3))).toBeCloseTo(
      vectorEntropy(y, 6, ones(3)),
      9,
    );
  });

  it('is finite with fewer members than responses, and where all agree', () => {
    expect(Number.isFinite(vectorEntropy(draws(3, [1, 1, 1, 1, 1, 1, 1], 0.5), 3, ones(7)))).toBe(true);
    expect(vectorEntropy(new Float64Array(21), 3, ones(7))).toBeLessThan(-100);
  });

  it('sees what a scalar cannot: responses that go together are known better than those that do not', () => {
    const together = vectorEntropy(draws(12, [1, 1], 0.99), 12, ones(2));
    const apart = vectorEntropy(draws(12, [1, 1], 0), 12, ones(2));
    expect(together).toBeLessThan(apart - 0.3);
  });
});
