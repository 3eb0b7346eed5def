import { describe, expect, it } from 'vitest';
import { studies } from '../../src/studies/registry.ts';

describe('the study of information matching', () => {
  it('settles five properties of silicon with a few labels', { timeout: 120_000 }, async () => {
    const study = studies.create(studies.schema.parse({ kind: 'information' }));
    const found = await study.run({
      short: true,
      data: undefined,
      progress: () => {},
      signal: new AbortController().signal,
    });
    const [properties, labels] = found.tables;
    expect(properties.rows).toHaveLength(5);
    for (const [, published, fitted, wanted, promised, refitted] of properties.rows) {
      expect(Math.abs(Number(fitted) / Number(published) - 1)).toBeLessThan(2e-3);
      expect(Number(promised)).toBeLessThan(1.02 * Number(wanted));
      expect(Number(refitted)).toBeGreaterThan(0);
      expect(Number(refitted)).toBeLessThan(3 * Number(wanted));
    }
    expect(labels.rows.length).toBeLessThan(10);
    expect(labels.rows.length).toBeGreaterThan(0);
  });
});
