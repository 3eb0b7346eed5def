import { describe, expect, it } from 'vitest';
import { type BasisRequest, bondSize, buildBasis } from '../../potentials/ace/basis.ts';
import { allowedLints, clebschGordan, fullCoupling, halfCoupling } from '../../potentials/ace/coupling.ts';
import { haveReference, referenceText } from '../physics/aceReference.ts';

interface Case {
  readonly elements: readonly string[];
  readonly request: Readonly<Record<string, unknown>>;
  readonly blocks: readonly {
    readonly speciesblock: string;
    readonly functions: readonly (readonly [string[], number[], number[], number[]])[];
    readonly nradmaxi?: number;
    readonly lmaxi?: number;
    readonly nradbaseij?: number;
  }[];
}

describe.skipIf(!haveReference())('basis construction', () => {
  const { cases } = JSON.parse(referenceText('basis_construction.json')) as { cases: Case[] };
  it.each(cases.map((c, k) => [`${k}: ${c.elements.join(' ')}`, c] as const))(
    'reproduces case %s function by function',
    (_, c) => {
      const { number_of_functions_per_element: limit, ...classes } = c.request;
      const request: BasisRequest = {
        elements: c.elements,
        functions: Object.fromEntries(
          Object.entries(classes).map(([key, value]) => {
            const lists = value as { nradmax_by_orders?: number[]; lmax_by_orders?: number[] };
            return [
              key,
              {
                ...(lists.nradmax_by_orders && { nradmax: lists.nradmax_by_orders }),
                ...(lists.lmax_by_orders && { lmax: lists.lmax_by_orders }),
              },
            ];
          }),
        ),
        functionsPerElement: limit as number | undefined,
      };
      const blocks = buildBasis(request);
      expect(blocks.map((b) => b.elements.join(' '))).toEqual(c.blocks.map((b) => b.speciesblock));
      blocks.forEach((block, k) => {
        expect(block.functions.map((f) => [f.mus, f.ns, f.ls, f.lint])).toEqual(c.blocks[k].functions);
        const { nradmaxi, lmaxi, nradbaseij } = c.blocks[k];
        if (nradmaxi === undefined) return;
        const [a, b = a] = block.elements;
        expect(bondSize(blocks, limit !== undefined, a, b)).toEqual({
          nradmax: nradmaxi,
          lmax: lmaxi,
          nradbase: nradbaseij,
        });
      });
    },
  );
});

describe('coupling coefficients', () => {
  it('are orthonormal: Σ_m (j1 m1 j2 m2|J M)² = 1 for every J, M', () => {
    for (const [j1, j2] of [
      [1, 1],
      [3, 2],
      [6, 5],
      [10, 10],
    ])
      for (let J = Math.abs(j1 - j2); J <= j1 + j2; J++)
        for (const M of [-J, 0, J]) {
          let sum = 0;
          for (let m = -j1; m <= j1; m++)
            if (Math.abs(M - m) <= j2) sum += clebschGordan(j1, m, j2, M - m, J, M) ** 2;
          expect(sum).toBeCloseTo(1, 14);
        }
  });

  it('have the textbook values and exact zeros', () => {
    expect(clebschGordan(1, 1, 1, -1, 2, 0)).toBe(Math.sqrt(1 / 6));
    expect(clebschGordan(2, 0, 2, 0, 2, 0)).toBe(-Math.sqrt(2 / 7));
    expect(clebschGordan(1, 0, 1, 0, 1, 0)).toBe(0);
    expect(clebschGordan(3, 2, 3, -2, 2, 0)).toBe(0);
  });

  it.each([[[1, 1]], [[1, 2, 3]], [[2, 2, 2, 2]], [[1, 1, 1, 2, 1]], [[1, 1, 1, 1, 1, 1]]])(
    'couplings of l = %j to zero are orthonormal and even in m',
    (ls) => {
      const lints = allowedLints(ls);
      expect(lints.length).toBeGreaterThan(0);
      const vectors = lints.map((lint) => {
        const { ms, weights } = fullCoupling(ls, lint);
        return new Map(ms.map((m, k) => [m.join(), weights[k]]));
      });
      vectors.forEach((a, p) => {
        vectors.forEach((b, q) => {
          const dot = [...a].reduce((s, [m, c]) => s + c * (b.get(m) ?? 0), 0);
          expect(dot).toBeCloseTo(p === q ? 1 : 0, 12);
        });
        for (const [m, c] of a) {
          const minus = m.split(',').map((x) => 0 - Number(x));
          expect(a.get(minus.join())).toBeCloseTo(c * (-1) ** ls.reduce((s, l) => s + l, 0), 14);
        }
      });
    },
  );

  it('the half sum holds each pair m, −m once, with double weight', () => {
    const half = halfCoupling([2, 1, 1], [1]);
    const full = fullCoupling([2, 1, 1], [1]);
    expect(half.ms.length).toBe((full.ms.length + 1) / 2);
    expect(half.weights.reduce((s, w) => s + w, 0)).toBeCloseTo(
      full.weights.reduce((s, w) => s + w, 0),
      14,
    );
  });
});
