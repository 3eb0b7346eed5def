import { describe, expect, it } from 'vitest';
import { strategies } from '../../src/select/registry.ts';
import { studies } from '../../src/studies/registry.ts';

describe('the study of selection', () => {
  it('pairs every strategy with choice by lot', { timeout: 60_000 }, async () => {
    const study = studies.create(studies.schema.parse({ kind: 'selection' }));
    const found = await study.run({
      short: true,
      data: undefined,
      progress: () => {},
      signal: new AbortController().signal,
    });
    const [savings, , errors] = found.tables;
    const kinds = strategies.entries.map((e) => e.kind).filter((kind) => kind !== 'informationMatching');
    expect(savings.heads.map((h) => h.text)).toEqual(['pool', ...kinds.filter((k) => k !== 'random')]);
    expect(errors.rows).toHaveLength(1);
    const [, labels, ...meV] = errors.rows[0];
    expect(labels).toBe(12);
    expect(meV).toHaveLength(kinds.length);
    for (const error of meV) expect(error).toBeGreaterThan(5);
    for (const error of meV) expect(error).toBeLessThan(200);
    expect(found.figures).toHaveLength(1);
  });
});
