import { describe, expect, it } from 'vitest';
import { studies } from '../../src/studies/registry.ts';

interface Said {
  readonly values: Float64Array;
  readonly curve: readonly { readonly strain: number; readonly stress: number }[];
}

describe('the study of strength', () => {
  it('predicts what nothing was matched to, with a bar', { timeout: 180_000 }, async () => {
    const study = studies.create(studies.schema.parse({ kind: 'strength' }));
    const found = await study.run({
      short: true,
      data: undefined,
      progress: () => {},
      signal: new AbortController().signal,
    });
    const { reference, found: predicted } = found.numbers as {
      reference: Said;
      found: Record<string, Said[][]>;
    };
    const strength = 4;
    expect(reference.values[strength]).toBeGreaterThan(9);
    expect(reference.values[strength]).toBeLessThan(11);
    const [mean, ...members] = predicted.informationMatching[0];
    expect(Math.abs(mean.values[strength] / reference.values[strength] - 1)).toBeLessThan(0.25);
    expect(members).toHaveLength(8);
    expect(new Set(members.map((m) => m.values[strength])).size).toBeGreaterThan(1);
    expect(found.figures).toHaveLength(1);
  });
});
