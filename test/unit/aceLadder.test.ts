import { describe, expect, it } from 'vitest';
import { aceRequestSchema, createAce } from '../../potentials/ace/createAce.ts';
import { ladder } from '../../potentials/ace/ladder.ts';

const degree = ({ ns, ls }: { ns: readonly number[]; ls: readonly number[] }) =>
  ns.length === 1 ? 0 : ns.reduce((sum, n, t) => sum + 3 * n + ls[t] + 3, 0);

describe('the ladder of functions', () => {
  it('takes as many as asked for, and none rougher than one it leaves out', () => {
    const [small] = ladder(['Si'], 100);
    const [large] = ladder(['Si'], 400);
    expect(small.functions).toHaveLength(100);
    expect(large.functions).toHaveLength(400);
    const key = (f: object) => JSON.stringify(f);
    const taken = new Set(small.functions.map(key));
    const left = large.functions.filter((f) => !taken.has(key(f))).map(degree);
    expect(left).toHaveLength(300);
    expect(Math.min(...left)).toBeGreaterThanOrEqual(Math.max(...small.functions.map(degree)));
  });

  it('gives every element its share of several', () => {
    const p = createAce(aceRequestSchema.parse({ elements: ['Ni', 'Al'], cutoff: '5 Å', ladder: 80 }));
    expect([...p.functionOffsets]).toEqual([0, 80, 160]);
  });

  it('is not mixed with limits by rank', () => {
    const request = aceRequestSchema.parse({ elements: ['Si'], cutoff: '5 Å', ladder: 80, nradmax: [3] });
    expect(() => createAce(request)).toThrow(/model.nradmax: got 3 beside model.ladder, must be one/);
  });
});
