import { describe, expect, it } from 'vitest';
import { studies } from '../../src/studies/registry.ts';

describe('the study of ensembles', () => {
  it('compares all kinds before and after calibration, on known and on novel kinds', {
    timeout: 60_000,
  }, async () => {
    const study = studies.create(studies.schema.parse({ kind: 'ensembles' }));
    const found = await study.run({
      short: true,
      data: undefined,
      progress: () => {},
      signal: new AbortController().signal,
    });
    const [same, novel] = found.tables;
    expect(same.rows.map(([name]) => name)).toEqual([
      'σ, bootstrap',
      'σ, posterior',
      'σ, pops',
      'σ, randomBasis',
      'γ',
    ]);
    expect(novel.heads).toHaveLength(2 + 2);
    const { same: numbers } = found.numbers as {
      same: { conformal: number; scale: number; stated: number }[];
    };
    for (const { conformal } of numbers) {
      // Of ten frames of five kinds: not more than a hint of the 90 % that are stated.
      expect(conformal).toBeGreaterThan(0.7);
      expect(conformal).toBeLessThan(1);
    }
    // Posterior draws miss that the model cannot fit: they state far too little.
    expect(numbers[1].scale).toBeGreaterThan(2);
    expect(found.figures.map((f) => f.id)).toEqual(['reliability', 'sharpness']);
  });
});
