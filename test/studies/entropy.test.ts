import { describe, expect, it } from 'vitest';
import { studies } from '../../src/studies/registry.ts';

interface Cycle {
  readonly labels: number;
  readonly entropy: number;
  readonly energyRmse: number;
  readonly values: readonly Float64Array[];
}

const SURFACE = 2;

describe('the study of entropy-guided learning', () => {
  it('lowers the entropy and brings properties to the reference', { timeout: 180_000 }, async () => {
    const study = studies.create(studies.schema.parse({ kind: 'entropy' }));
    const found = await study.run({
      short: true,
      data: undefined,
      progress: () => {},
      signal: new AbortController().signal,
    });
    const { guided, reference } = found.numbers as { guided: Cycle[]; reference: Float64Array };
    const [first, last] = [guided[0], guided[guided.length - 1]];
    expect(last.labels).toBe(first.labels + 3 * (guided.length - 1));
    expect(last.entropy).toBeLessThan(first.entropy - 0.5);
    expect(last.energyRmse).toBeLessThan(0.1 * first.energyRmse);
    const off = (c: Cycle, q: number) => Math.abs(c.values[0][q] / reference[q] - 1);
    expect(off(first, SURFACE)).toBeGreaterThan(0.5);
    expect(off(last, SURFACE)).toBeLessThan(0.1);
    expect(found.figures.length).toBe(7);
  });
});
