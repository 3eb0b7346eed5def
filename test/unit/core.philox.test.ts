import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normals, philox4x32, STREAM, type Stream, uniforms } from '../../src/core/philox.ts';

const hex = (words: Uint32Array) => Array.from(words, (w) => w.toString(16).padStart(8, '0')).join(' ');

/** The ten rounds in exact integers. */
function reference(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  const low = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & low, (p0 >> 32n) ^ c3 ^ k1, p0 & low];
    k0 = (k0 + 0x9e3779b9n) & low;
    k1 = (k1 + 0xbb67ae85n) & low;
  }
  return [c0, c1, c2, c3].map(Number);
}

describe('philox4x32', () => {
  it.each([
    [[0, 0, 0, 0, 0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [Array(6).fill(0xffffffff), '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ])('gives the known answers of Random123', (input, answer) => {
    const [c0, c1, c2, c3, k0, k1] = input;
    expect(hex(philox4x32(c0, c1, c2, c3, k0, k1, new Uint32Array(4)))).toBe(answer);
  });

  it('multiplies exactly', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (c, k) => {
        expect([...philox4x32(...c, ...k, new Uint32Array(4))]).toEqual(reference(c, k));
      }),
      { numRuns: 300 },
    );
  });
});

describe('uniforms and normals', () => {
  const four = () => new Float64Array(4);

  it('depend on seed, stream, step and index alone, above 32 bits too', () => {
    const seen = new Set<string>();
    const inputs: [number, Stream, number, number][] = [];
    for (const seed of [0, 1, 2 ** 32, 2 ** 40 + 1])
      for (const stream of Object.values(STREAM))
        for (const step of [0, 1, 2 ** 32, 2 ** 33 + 7])
          for (const index of [0, 1, 99]) inputs.push([seed, stream, step, index]);
    for (const input of inputs) seen.add(uniforms(...input, four()).join());
    expect(seen.size).toBe(inputs.length);
    for (const input of inputs.toReversed()) expect(seen).toContain(uniforms(...input, four()).join());
  });

  it('are uniform in (0, 1)', () => {
    const bins = new Int32Array(20);
    const out = four();
    for (let i = 0; i < 50_000; i++)
      for (const u of uniforms(3, STREAM.rattle, 5, i, out)) bins[Math.floor(20 * u)]++;
    const chi2 = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi2).toBeLessThan(43.8);
    expect(chi2).toBeGreaterThan(4);
  });

  it('have the moments of a standard normal, and do not know of each other', () => {
    const N = 100_000;
    const moments = new Float64Array(5);
    const products = { within: 0, sameRadius: 0, nextIndex: 0, nextStep: 0 };
    const [out, atom, step] = [four(), four(), four()];
    for (let i = 0; i < N; i++) {
      normals(11, STREAM.velocities, 2, i, out);
      normals(11, STREAM.velocities, 2, i + 1, atom);
      normals(11, STREAM.velocities, 3, i, step);
      for (const z of out) for (let m = 1; m <= 4; m++) moments[m] += z ** m / (4 * N);
      products.within += (out[0] * out[2]) / N;
      products.sameRadius += (out[0] * out[1]) / N;
      products.nextIndex += (out[0] * atom[0]) / N;
      products.nextStep += (out[1] * step[1]) / N;
    }
    const sigmas = 4.5;
    const error = (variance: number) => sigmas * Math.sqrt(variance / (4 * N));
    expect(Math.abs(moments[1])).toBeLessThan(error(1));
    expect(Math.abs(moments[2] - 1)).toBeLessThan(error(2));
    expect(Math.abs(moments[3])).toBeLessThan(error(15));
    expect(Math.abs(moments[4] - 3)).toBeLessThan(error(96));
    for (const product of Object.values(products))
      expect(Math.abs(product)).toBeLessThan(sigmas / Math.sqrt(N));
  });
});
